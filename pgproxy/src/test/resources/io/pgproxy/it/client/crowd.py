"""crowd.py DSN COUNT: opens COUNT sessions one after another and keeps those that it gets until TERM. A line of JSON
for each: the server that it is on, or the error."""

import json
import signal
import sys
import threading

import psycopg

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
kept = []
for number in range(int(sys.argv[2])):
    line = {"number": number, "server": "", "error": ""}
    try:
        kept.append(psycopg.connect(sys.argv[1] + " connect_timeout=60", autocommit=True))
        line["server"] = kept[-1].execute("select host(inet_server_addr())").fetchone()[0]
    except psycopg.Error as error:
        line["error"] = str(error).strip() or repr(error)
    print(json.dumps(line), flush=True)
while not stop.wait(0.1):
    pass
for connection in kept:
    connection.close()

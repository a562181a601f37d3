"""sessions.py DSN COUNT: opens COUNT sessions and keeps them busy, a query every 100 ms, until TERM or until all have
ended. A line of JSON for each that is open, and one when it ends; after TERM one for each that is still well."""

import json
import signal
import sys
import threading

import psycopg

WHO = "select pid, backend_start::text, host(inet_server_addr()) from pg_stat_activity where pid = pg_backend_pid()"

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())


def say(**line):
    print(json.dumps(line) + "\n", end="", flush=True)


def keep(number, dsn):
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            pid, start, server = connection.execute(WHO).fetchone()
            say(number=number, event="open", pid=pid, start=start, server=server)
            while not stop.wait(0.1):
                connection.execute("select 1")
            pid, start, server = connection.execute(WHO).fetchone()
            say(number=number, event="well", pid=pid, start=start, server=server)
    except psycopg.Error as error:
        say(number=number, event="ended", error=str(error).strip())


threads = [
    threading.Thread(target=keep, args=(number, sys.argv[1] + " connect_timeout=100")) for number in range(int(sys.argv[2]))
]
for thread in threads:
    thread.start()
for thread in threads:
    # In slices, so that the signal's handler gets its turn.
    while thread.is_alive():
        thread.join(0.1)

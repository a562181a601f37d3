"""greedy.py DSN COUNT: opens COUNT sessions that ask for a large result and read none of it, until TERM or until the
other side is gone."""

import signal
import sys
import threading

import psycopg

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
kept = []
for _ in range(int(sys.argv[2])):
    try:
        connection = psycopg.connect(sys.argv[1] + " connect_timeout=10", autocommit=True)
        connection.pgconn.send_query(b"copy (select repeat('x', 1000) from generate_series(1, 100000)) to stdout")
        connection.pgconn.flush()
        kept.append(connection)
    except psycopg.Error:
        break
print(f"{len(kept)} ask", flush=True)
stop.wait()

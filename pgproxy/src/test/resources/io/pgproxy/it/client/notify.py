"""notify.py DSN: one session listens, another notifies."""

import sys

import psycopg

listener = psycopg.connect(sys.argv[1], autocommit=True)
listener.execute("listen news")
with psycopg.connect(sys.argv[1], autocommit=True) as speaker:
    speaker.execute("notify news, 'through the proxy'")
print("heard:", next(listener.notifies()).payload)

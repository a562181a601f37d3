"""cancel.py DSN: cancels a long query with PQcancel, once PostgreSQL says that it runs."""

import sys
import threading

import psycopg

connection = psycopg.connect(sys.argv[1], autocommit=True)
watcher = psycopg.connect(sys.argv[1], autocommit=True)
pid = connection.info.backend_pid


def cancel():
    running = "select 1 from pg_stat_activity where pid = %s and wait_event = 'PgSleep'"
    while watcher.execute(running, [pid]).fetchone() is None:
        pass
    connection.cancel()


thread = threading.Thread(target=cancel)
thread.start()
try:
    connection.execute("select pg_sleep(60)")
    sys.exit("the query was not cancelled")
except psycopg.errors.QueryCanceled as error:
    text = str(error).strip()
thread.join()
print(f"{text}; the session goes on: {connection.execute('select pg_backend_pid()').fetchone()[0] == pid}")

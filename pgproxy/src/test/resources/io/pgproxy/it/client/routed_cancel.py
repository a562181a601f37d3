"""routed_cancel.py DSN: cancels a long query with PQcancel, once the node that runs it says so. It is asked directly,
since a second connection through a proxy may lead to another node. Prints the node, and what became of the query."""

import sys
import threading

import psycopg

connection = psycopg.connect(sys.argv[1], autocommit=True)
server, pid = connection.execute("select host(inet_server_addr()), pg_backend_pid()").fetchone()
watcher = psycopg.connect(f"host={server} sslmode=disable", autocommit=True)


def cancel():
    running = "select 1 from pg_stat_activity where pid = %s and wait_event = 'PgSleep'"
    while watcher.execute(running, [pid]).fetchone() is None:
        watcher.execute("select pg_sleep(0.05)")
    connection.cancel()


thread = threading.Thread(target=cancel, daemon=True)
thread.start()
try:
    connection.execute("select pg_sleep(20)")
    print(server, "not cancelled")
except psycopg.errors.QueryCanceled:
    print(server, "cancelled")

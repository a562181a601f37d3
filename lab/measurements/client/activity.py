"""Asks one PostgreSQL server directly, past every proxy, which of the clients' sessions it has."""
import time

import psycopg2

from journal import Journal, now
from lab import connect_directly

PERIOD_SECONDS = 0.100
QUERY = ("select pid, application_name, extract(epoch from backend_start)::float8 from pg_stat_activity"
         " where application_name ~ '^(write|idle|held)-'")


def sample(folder, node, stop):
    """Writes a session down when it is over: when the server says it began, and when it was last seen."""
    journal, sessions, connection = Journal(folder, "activity-" + node), {}, None
    while not stop.is_set():
        try:
            connection = connection or connect_directly(node)
            seen = _sessions(connection)
        except psycopg2.Error:
            connection, seen = None, {}
        _note(journal, sessions, seen)
        stop.wait(PERIOD_SECONDS if connection else 0.5)
    _note(journal, sessions, {}, stopped=True)


def _sessions(connection):
    # The server's clock is the wall's; all hosts of the lab share it, and this difference leads to ours.
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        rows, offset = cursor.fetchall(), time.time() - now()
    return {(pid, began - offset): name for pid, name, began in rows}


def _note(journal, sessions, seen, stopped=False):
    """Two sessions are the same if they have the process and, within a clock's trembling, the beginning."""
    at = now()
    known = {pid: begin for pid, begin in sessions}
    for (pid, began), name in seen.items():
        key = (pid, known[pid]) if pid in known and abs(known[pid] - began) < 0.5 else (pid, began)
        sessions[key] = {"client": name, "pid": pid, "began": key[1], "last_seen": at}
    for key in [key for key, session in sessions.items() if session["last_seen"] < at or stopped]:
        session = sessions.pop(key)
        if stopped:
            session["stopped"] = True
        journal.write(session)

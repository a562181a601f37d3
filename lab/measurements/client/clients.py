"""The clients of a proxy: one that comes and goes, one that stays and waits, one that stays and writes; and, when it
is wanted, a crowd that comes and goes in place of the first.

Each is a process of its own. What it did is written down when it is over: connected, which node answered, what
was acknowledged, how it ended. A client never tries the same row twice, so a row tells which attempt made it.
"""
import os
import select

import psycopg2
import psycopg2.extensions

from journal import Journal, now
from lab import CROWD, CROWD_FILE, PROXIES, SINGLE_FILE, node_names

# A client that was refused tries again after this, without back-off.
RETRY_SECONDS = 0.010
# A client that was served comes again after this: more would only load the machine that is measured.
PAUSE_SECONDS = 0.050
# A client that only waits is no measure of how fast one can come back.
IDLE_RETRY_SECONDS = 0.100
# One of a crowd leaves the machine to the others: 60 of them are a connection every 17 ms.
CROWD_PAUSE_SECONDS = 1.0
CROWD_RETRY_SECONDS = 0.2
# How often a client that is not wanted now looks whether it is.
LOOK_SECONDS = 0.2
# Longer than any proxy holds a client; an operation that takes longer is given up, and counts as failed.
DEADLINE_SECONDS = 100

WHO_ARE_YOU = ("select host(inet_server_addr()), pg_is_in_recovery(),"
               " case when not pg_is_in_recovery() then"
               " ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end")
WRITE = ("insert into measured (client, n, proxy, node, timeline)"
         " values (%s, %s, %s, host(inet_server_addr()),"
         " ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int) returning node, timeline")

# With this warning PostgreSQL confirms a row that no other node may have.
NOT_REPLICATED = "canceling wait for synchronous replication"


class Unwanted(Exception):
    pass


class Deadline(psycopg2.OperationalError):
    pass


class Stopped(psycopg2.OperationalError):
    pass


class Client:
    """One session at a time through one proxy with one sslmode. Confined to its process."""

    def __init__(self, name, folder, proxy, sslmode, stop):
        self.name = name
        self.proxy, self.stop = proxy, stop
        self.journal = Journal(folder, self.name)
        self.names = node_names()
        self.dsn = (f"host={PROXIES[proxy]} port=5432 user=app password=lab dbname=app sslmode={sslmode}"
                    f" application_name={self.name}")
        self.deadline = 0
        self.n = 0
        # Makes libpq's waiting ours, so that it ends at a deadline and at the end of the measurement.
        psycopg2.extensions.set_wait_callback(self._wait)

    def _wait(self, connection):
        while True:
            state = connection.poll()
            if state == psycopg2.extensions.POLL_OK:
                return
            if self.stop.is_set():
                raise Stopped("the measurement ended")
            if now() > self.deadline:
                raise Deadline(f"nothing for {DEADLINE_SECONDS} s")
            reads = [connection] if state == psycopg2.extensions.POLL_READ else []
            writes = [connection] if state == psycopg2.extensions.POLL_WRITE else []
            select.select(reads, writes, [], 0.2)

    def connect(self, record):
        self.deadline = now() + DEADLINE_SECONDS
        record["start"] = now()
        connection = psycopg2.connect(self.dsn)
        record["connected"] = now()
        connection.autocommit = True
        return connection

    def open(self, record):
        """A new session, with what is known of it put into the record."""
        connection = self.connect(record)
        try:
            self.ask_where(connection, record)
        except psycopg2.Error:
            connection.close()
            raise
        return connection

    def ask_where(self, connection, record):
        node, recovery, timeline = self.ask(connection, WHO_ARE_YOU)
        record.update(node=self.names.get(node, node), recovery=recovery, timeline=timeline)

    def write(self, connection, record):
        """One row; acknowledged when this returns."""
        self.n += 1
        record.update(n=self.n, sent=now())
        node, timeline = self.ask(connection, WRITE, (self.name, self.n, self.proxy))
        record.update(acked=now(), wrote=self.names.get(node, node), wrote_timeline=timeline)
        if any(NOT_REPLICATED in notice for notice in connection.notices):
            record["unknown"] = True
        del connection.notices[:]

    def ask(self, connection, sql, values=None):
        self.deadline = now() + DEADLINE_SECONDS
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()

    def finish(self, record, error=None):
        """Times come before this; an operation cut off by the end of the measurement says so."""
        if isinstance(error, Stopped):
            record["stopped"] = True
        elif error is not None:
            record["error"] = " ".join(str(error).split()) or type(error).__name__
        self.journal.write(record)

    def visit(self):
        """Connects, writes a row, leaves; whether that succeeded. The row tells where it was; a server that refused the
        row is asked, and one that is gone has no answer."""
        record, error, connection = {}, None, None
        try:
            connection = self.connect(record)
            self.write(connection, record)
            record.update(node=record["wrote"], timeline=record["wrote_timeline"])
        except psycopg2.Error as failure:
            error = failure
            self._ask_who_refused(connection, record, failure)
        if connection is not None:
            connection.close()
        record["end"] = now()
        self.finish(record, error)
        return error is None

    def _ask_who_refused(self, connection, record, failure):
        if connection is None or connection.closed or failure.pgcode is None:
            return
        try:
            self.ask_where(connection, record)
        except psycopg2.Error:
            pass


def come_and_go(folder, proxy, sslmode, stop):
    """Connects, writes a row, leaves, all the time."""
    client = Client(f"write-{proxy}-{sslmode}", folder, proxy, sslmode, stop)
    while not stop.is_set():
        if os.path.exists(CROWD_FILE):
            stop.wait(LOOK_SECONDS)
            continue
        stop.wait(PAUSE_SECONDS if client.visit() else RETRY_SECONDS)


def come_in_a_crowd(folder, proxy, sslmode, number, stop):
    """One of many, each of which connects, writes a row and leaves, once in a while."""
    client = Client(f"crowd-{proxy}-{sslmode}-{number}", folder, proxy, sslmode, stop)
    comes = False
    while not stop.is_set():
        if not os.path.exists(CROWD_FILE):
            comes = False
            stop.wait(LOOK_SECONDS)
            continue
        if not comes:
            # Not all at once: each has its place in the pause of the others.
            comes = True
            stop.wait(number * CROWD_PAUSE_SECONDS / CROWD)
        stop.wait(CROWD_PAUSE_SECONDS if client.visit() else CROWD_RETRY_SECONDS)


def leave_if_unwanted():
    if os.path.exists(SINGLE_FILE):
        raise Unwanted


def stay(folder, proxy, sslmode, stop):
    """Holds one session and does nothing with it; the socket tells when it is over."""
    client = Client(f"idle-{proxy}-{sslmode}", folder, proxy, sslmode, stop)

    def until_it_ends(connection, record):
        poller = select.poll()
        poller.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        while not stop.is_set():
            leave_if_unwanted()
            if not poller.poll(200):
                continue
            record["end"] = now()
            # Something came: a last word, or only a notice. An answer tells which.
            client.ask(connection, "select 1")
            del record["end"]

    _hold(client, stop, until_it_ends, IDLE_RETRY_SECONDS)


def stay_and_write(folder, proxy, sslmode, stop):
    """Holds one session and writes rows over it, each one a record of its own."""
    client = Client(f"held-{proxy}-{sslmode}", folder, proxy, sslmode, stop)

    def until_it_ends(connection, record):
        while not stop.is_set():
            leave_if_unwanted()
            row = {"of": record["connected"]}
            try:
                client.write(connection, row)
            except psycopg2.Error:
                row["failed"] = now()
                client.journal.write(row)
                raise
            client.journal.write(row)
            stop.wait(PAUSE_SECONDS)

    _hold(client, stop, until_it_ends, RETRY_SECONDS)


def _hold(client, stop, until_it_ends, retry_seconds):
    """Opens a session, stays until it ends, opens the next."""
    while not stop.is_set():
        if os.path.exists(SINGLE_FILE):
            stop.wait(LOOK_SECONDS)
            continue
        record, error, connection = {"session": True}, None, None
        try:
            connection = client.open(record)
            # So that a session still open is known while it lasts; the record at its end replaces this one.
            client.journal.write({"opened": record["connected"], "node": record["node"]})
            until_it_ends(connection, record)
        except psycopg2.Error as failure:
            error = failure
        except Unwanted:
            pass
        record.setdefault("end", now())
        if connection is not None:
            connection.close()
        if error is None:
            record["stopped"] = True
        client.finish(record, error)
        if error:
            stop.wait(retry_seconds)

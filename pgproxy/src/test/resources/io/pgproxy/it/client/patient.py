"""patient.py DSN SECONDS: three clients of the slow kind at once. One reads the beginning of a large result, then
nothing for SECONDS, then the rest. One sends a COPY which soon has to wait, for SECONDS, for another session's
lock on a key. One does nothing for SECONDS. Each says whether it got everything and was not ended."""

import hashlib
import sys
import threading
import time

import psycopg

DSN, SECONDS = sys.argv[1], float(sys.argv[2])
ROWS = 300_000
LINE = b"%d\t" + b"x" * 500 + b"\n"


def connect():
    return psycopg.connect(DSN, autocommit=True)


def rows():
    for n in range(ROWS):
        yield LINE % n


def digest(parts):
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return whole.hexdigest()


def stops_reading():
    with connect() as connection:
        cursor = connection.cursor()
        query = f"copy (select n, repeat('x', 500) from generate_series(0, {ROWS - 1}) n) to stdout"
        with cursor.copy(query) as copy:
            first = bytes(copy.read())
            time.sleep(SECONDS)
            return digest([first, *map(bytes, copy)]) == digest(rows())


def waits_for_a_lock():
    with connect() as owner, connect() as sender, connect() as holder:
        owner.execute("create unlogged table awaited (n int primary key, filling text)")
        holder.execute("begin")
        holder.execute("insert into awaited values (5000)")
        release = threading.Timer(SECONDS, lambda: holder.execute("rollback"))
        release.start()
        start = time.monotonic()
        with sender.cursor().copy("copy awaited from stdin") as copy:
            for line in rows():
                copy.write(line)
        waited = time.monotonic() - start
        release.join()
        count = owner.execute("select count(*), sum(length(filling)) from awaited").fetchone()
        owner.execute("drop table awaited")
        return waited >= SECONDS * 0.9 and count == (ROWS, ROWS * 500)


def is_idle():
    with connect() as connection:
        before = connection.execute("select pg_backend_pid()").fetchone()
        time.sleep(SECONDS)
        return connection.execute("select pg_backend_pid()").fetchone() == before


def run(client):
    try:
        print(f"{client.__name__}: {client()}\n", end="", flush=True)
    except Exception as error:
        print(f"{client.__name__}: {error!r}\n", end="", flush=True)


threads = [threading.Thread(target=run, args=(client,)) for client in (stops_reading, waits_for_a_lock, is_idle)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

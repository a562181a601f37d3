"""What the conductor outside asks of the client host: one subcommand each, so that one clock times everything.

    prepare                        the table that clients write to
    primary                        prints the name of the node that is it
    mark WHAT [KEY=VALUE...]       notes that something is about to be done, or was done, now
    candidate OLD                  prints who can follow it: its synchronous standby, if it has one, or the next node
    switchover FROM TO NUMBER [KIND]   asks FROM's Patroni for it; returns when Patroni says that it is done
    new-primary OLD SECONDS        waits until another node says yes, and prints its name
    next-primary OLD SECONDS       waits until OLD says yes no more, then until a node does, which may be OLD, and
                                   prints its name
    served NODE SECONDS PROXY...   waits until all clients that come and go were served there for a while; the crowd,
                                   while it is wanted
    pools-served NODE SECONDS NUMBER   the same of the threads with pools, of which there are so many
    connected SECONDS PERIOD_MS    waits until the client of the virtual address, which comes every PERIOD_MS, is served at
                                   every attempt for a while
    rows [NODE...]                 copies the table as each node has it, once all have what the primary has
    history SECONDS                copies Patroni's history, as soon as it has the end of the last timeline
    synchronous NODE               succeeds if NODE has a synchronous standby
"""
import glob
import json
import os
import sys
import time
import urllib.request

import journal
import lab
import ledger

# Clients count as served again after this long without a failed operation.
STREAK_SECONDS = 2.0
# To read the journals of a crowd costs the machine something, and those whose proxy still makes them wait share it.
LOOK_SECONDS = 0.5
# A node that is busy may miss one question; the conductor would give a round up for it.
PRIMARY_SECONDS = 10
# How long a replica may take for what the primary had written when the clients had gone.
REPLAY_SECONDS = 30


def prepare():
    with lab.connect_directly(_primary(), user="app") as connection, connection.cursor() as cursor:
        cursor.execute("create table measured (client text, n bigint, proxy text, node text, timeline int,"
                       " primary key (client, n))")


def primary():
    print(_primary())


def _primary():
    node = _until(lambda: next((node for node in lab.NODES if _says_yes(node)), None), PRIMARY_SECONDS)
    return node or sys.exit("no node says that it is the primary")


def _says_yes(node):
    try:
        status, body = lab.ask(node, 2)
    except (OSError, ValueError, IndexError):
        return False
    return ledger.verdict({"status": status, **body}) == ledger.YES


def mark(what, *pairs):
    # The wall's clock for what servers wrote into their logs.
    record = {"t": journal.now(), "wall": time.time(), "what": what, **dict(pair.split("=", 1) for pair in pairs)}
    journal.Journal(lab.FOLDER, "events").write(record)


def candidate(old):
    standby = _synchronous_standby(old)
    print(standby or lab.NODES[(lab.NODES.index(old) + 1) % len(lab.NODES)])


def _synchronous_standby(primary_node):
    _, body = lab.ask(primary_node, 2)
    states = {one.get("application_name"): one.get("sync_state") for one in body.get("replication", [])}
    return next((node for node in lab.NODES if states.get(node) in ("sync", "quorum")), None)


def synchronous(node):
    if not _synchronous_standby(node):
        sys.exit(f"{node} has no synchronous standby")


def switchover(old, new, number, kind="switchover"):
    body = json.dumps({"leader": old, "candidate": new}).encode()
    request = urllib.request.Request(f"http://{lab.address(old)}:8008/switchover", data=body, method="POST")
    mark("fault", f"kind={kind}", f"number={number}", f"from={old}", f"to={new}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read().decode().strip()
    mark("answer", f"number={number}", f"text={text}")
    print(text)


def new_primary(old, seconds):
    def found():
        return next((node for node in lab.NODES if node != old and _says_yes(node)), None)
    node = _until(found, float(seconds))
    if not node:
        sys.exit(f"no other node became primary within {seconds} s")
    print(node)


def next_primary(old, seconds):
    deadline = time.monotonic() + float(seconds)
    if not _until(lambda: not _says_yes(old), float(seconds)):
        sys.exit(f"{old} says yes for {seconds} s")
    node = _until(lambda: next((node for node in lab.NODES if _says_yes(node)), None), deadline - time.monotonic())
    if not node:
        sys.exit(f"no node became primary within {seconds} s")
    print(node)


def served(node, seconds, *proxies):
    writers = [f"write-{proxy}-{sslmode}" for proxy in proxies for sslmode in lab.SSLMODES]
    if os.path.exists(lab.CROWD_FILE):
        writers = [f"crowd-{proxy}-{sslmode}-{number}" for proxy in proxies for sslmode in lab.SSLMODES
                   for number in range(lab.CROWD)]
    _wait_for(writers, node, seconds)


def pools_served(node, seconds, number):
    def writers():
        return [os.path.basename(path)[:-len(".jsonl")] for path in glob.glob(os.path.join(lab.FOLDER, "pool-*.jsonl"))]
    deadline = time.monotonic() + float(seconds)
    if not _until(lambda: len(writers()) >= int(number), float(seconds), LOOK_SECONDS):
        sys.exit(f"{len(writers())} of {number} threads with pools")
    _wait_for(writers(), node, deadline - time.monotonic())


def _wait_for(writers, node, seconds):
    if not _until(lambda: all(_is_served(writer, node) for writer in writers), float(seconds), LOOK_SECONDS):
        late = [writer for writer in writers if not _is_served(writer, node)]
        sys.exit(f"not served by {node} for {STREAK_SECONDS} s running, after {seconds} s: {', '.join(late)}")


def _is_served(writer, node):
    # Two seconds of the quickest of them.
    records = journal.tail(os.path.join(lab.FOLDER, writer + ".jsonl"),
                           200_000 if writer.startswith("write-") else 20_000)
    since = journal.now() - STREAK_SECONDS
    recent = [record for record in records if record["end"] > since]
    before = [record for record in records if record["end"] <= since]
    return bool(recent and before) and all(record.get("wrote") == node for record in recent + before[-1:])


def connected(seconds, period_ms):
    if not _until(lambda: _all_connect(float(period_ms) / 1000), float(seconds)):
        sys.exit(f"no {STREAK_SECONDS} s in which every attempt was served, after {seconds} s")


def _all_connect(period_seconds):
    attempts = journal.tail(os.path.join(lab.FOLDER, "attempts.jsonl"))
    recent = [outcome for start, _, outcome in attempts if start > journal.now() - STREAK_SECONDS]
    # The last few are still on their way.
    return len(recent) > STREAK_SECONDS / period_seconds * 0.9 and set(recent) == {"ok"}


def rows(*nodes):
    _wait_for_replay(nodes or lab.NODES)
    for node in nodes or lab.NODES:
        out = journal.Journal(lab.FOLDER, "rows-" + node)
        with lab.connect_directly(node) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("select client, n, proxy, node, timeline from measured order by client, n")
            names = lab.node_names()
            for client, n, proxy, wrote, timeline in cursor:
                out.write([client, n, proxy, names.get(wrote, wrote), timeline])


def _wait_for_replay(nodes):
    with lab.connect_directly(_primary()) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_current_wal_lsn()")
        written = cursor.fetchone()[0]

    def replayed(node):
        with lab.connect_directly(node) as connection, connection.cursor() as cursor:
            cursor.execute("select not pg_is_in_recovery() or pg_last_wal_replay_lsn() >= %s", (written,))
            return cursor.fetchone()[0]
    _until(lambda: all(replayed(node) for node in nodes), REPLAY_SECONDS)


def history(seconds):
    node = _primary()
    _, body = lab.ask(node, 2)
    wanted = body["timeline"] - 1

    def complete():
        lines = lab.ask(node, 2, "/history")[1]
        return lines if any(line[0] == wanted for line in lines) or wanted == 0 else None
    out = journal.Journal(lab.FOLDER, "history")
    for line in _until(complete, float(seconds)) or lab.ask(node, 2, "/history")[1]:
        out.write(line)


def _until(condition, seconds, look_seconds=0.1):
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result or time.monotonic() > deadline:
            return result
        time.sleep(look_seconds)


COMMANDS = {"prepare": prepare, "primary": primary, "mark": mark, "switchover": switchover,
            "new-primary": new_primary, "next-primary": next_primary, "candidate": candidate,
            "synchronous": synchronous, "served": served, "pools-served": pools_served, "connected": connected,
            "rows": rows, "history": history}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])

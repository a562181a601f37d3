"""report_failover.py MODE WANTED PROXY...: the page and the checks of `lab/measure failover`.
report_failover.py round PROXY...: a line on the last fault, while the measurement goes on.

MODE is how Patroni replicates, async or sync; WANTED is how many faults of each kind were to be measured
(crowd=10,kill=5).
"""
import collections
import math
import sys

import ledger
import report
from failover_records import (KINDS, NAMES, PLANNED, UNPLANNED, Event, Losses, at_least_0, failed_connects, failures,
                              firsts, own_times, stopwatch)
from lab import CROWD, SSLMODES
from report import milliseconds, table, worst_of

# From the new primary's yes to the first write, median.
PLANNED_MS = {"pgproxy": 50, "polling": 150}
UNPLANNED_MS = 100

WHAT = f"""## What was measured

From the new primary's own answer becoming 200 with role primary (`GET /primary` to its Patroni, straight, every
25 ms, by a watcher of its own for each node) to the first write that a client got confirmed through the proxy. All
three proxies serve in the same runs: pgproxy with etcd watches Patroni's keys, pgproxy without has the list of nodes
and nothing else, HAProxy has Patroni's template. Every client and every watcher is a process of its own on one host,
and all times are of that host's CLOCK_MONOTONIC. Patroni has its default ttl (30), loop_wait (10) and retry_timeout
(10).

The clients of each proxy, one half with sslmode=disable and the other with sslmode=require:

- {2 * CROWD} that connect, write one row and leave, each again 1 s after a success and 0.2 s after a failure; they come
  in the first series of planned switchovers only;
- in all other series 2 that connect, write one row and leave, again 50 ms after a success and 10 ms after a failure,
  without back-off;
- 2 that hold a session and do nothing, and 2 that hold one and write a row over it every 50 ms; but in the second
  series of planned switchovers nobody holds a session, so each client there is the only one of its kind.

| fault | how |
| --- | --- |
| planned switchover | `POST /switchover` to the primary's Patroni, 20 s after the last one at the soonest |
| primary's host killed | its network goes silent, then its processes die, so that no peer gets a goodbye |
| primary's postmaster killed | `kill -9` of the postmaster alone; Patroni starts PostgreSQL again on the same host |
| primary cut off | every packet from and to it is dropped until its successor has served everybody for 5 s |

A host is started, or heard, again after the clients were served, and the next fault waits until the cluster is whole.
A write that was confirmed before the watcher had its answer counts as 0, with the difference in brackets. The
watcher's own uncertainty, from its last question without a yes to the first yes, is in the table of events. The write
outage less Patroni's own part (from the last confirmed write to the new primary's yes) is the same time, from that yes
to the first write.

The bounds of the first write are asked of single clients. A crowd's first write is in the same table and is not judged:
the two pgproxies let {4 * CROWD} clients in at once, PostgreSQL starts a server for each, and all of that shares the
processors of this one machine with the database that they write to. What of it was the proxies' own is said below the
table, by their own stopwatches.

An operation failed to connect, or its statement was in flight when PostgreSQL ended it in its own words (`terminating
connection due to ...`), or it failed otherwise. A failed connect through pgproxy with etcd in a planned switchover
counts whoever it was, also a client that comes back because its held session had ended. The longest wait of one client
is from its first attempt to its confirmed write, failed attempts between them included."""

SYNCHRONOUS = """

Patroni had `synchronous_mode` and `synchronous_mode_strict`. The times include what PostgreSQL itself waits for the new
standby before it confirms a write, so they are not judged; what is judged is that nothing confirmed is lost."""


def summary(recording, events):
    rows = []
    for kind, words in KINDS.items():
        some = [event for event in events if event.kind == kind and event.measured]
        for proxy in recording.proxies:
            for sslmode in SSLMODES:
                if some:
                    rows.append((words, NAMES[proxy], sslmode, *cells(some, (proxy, sslmode))))
    return table(["fault", "through", "sslmode", "faults", "first write after the yes, median / worst, ms",
                  "last client served, median / worst, ms", "no write for, median / worst, s",
                  "longest wait of one client, s", "failed: connect / ended by PostgreSQL / otherwise",
                  "a held session's client, median / worst, ms"], rows)


def cells(events, key):
    costs = [event.costs[key] for event in events if event.costs[key]]
    gaps = [cost["gap"] for cost in costs if not math.isnan(cost["gap"])]
    failed = [sum(cost["failed"][sort] for cost in costs) for sort in ledger.FAILURES]
    held = [at_least_0(event.held[key]["after_yes"]) for event in events if event.held[key]]
    return (len(costs), both([event.after_yes(key) for event in events]), both([event.served[key] for event in events]),
            f"{ledger.median(gaps):.2f} / {worst_of(gaps):.2f}",
            f"{worst_of([event.waits[key] for event in events]):.2f}", " / ".join(map(str, failed)), both(held))


def both(seconds):
    found = [at_least_0(number) for number in seconds if number is not None]
    return f"{milliseconds(ledger.median(found))} / {milliseconds(worst_of(found))}"


def raw(recording, events):
    keys = [(proxy, sslmode) for proxy in recording.proxies for sslmode in SSLMODES]
    rows = []
    for number, event in enumerate(events, 1):
        if not event.measured:
            rows.append((number, event.kind, event.old, "nobody", "", "", "", "") + ("none",) * len(keys))
            continue
        rows.append((number, event.kind, f"{event.old} → {event.new}", event.timeline, proof(recording, event),
                     logged(recording, event), f"{event.yes['answered'] - event.begin:.2f}",
                     milliseconds(event.uncertain),
                     *(raw_cell(event.costs[key]) for key in keys)))
    return table(["", "fault", "primary", "timeline", "in Patroni's history", "in its log, s after the fault",
                  "yes after the fault, s", "uncertain by, ms",
                  *(f"{NAMES[proxy]}, {sslmode}" for proxy, sslmode in keys)], rows)


def raw_cell(cost):
    if cost is None:
        return "none"
    return f"{milliseconds(cost['after_yes'])} / {cost['gap']:.2f} / {sum(cost['failed'].values())}"


def proof(recording, event):
    line = ledger.in_history(recording.history, event.timeline, event.new)
    return line[3] if line else "NONE" if event.promoted else "not promoted"


def logged(recording, event):
    """When the new primary's Patroni wrote that it promoted."""
    at = report.promoted_in_log(recording.promotions, event)
    if at is None:
        return "NONE" if event.promoted else "not promoted"
    return f"{at - event.fault['wall']:.2f}"


def own_part(recording, events):
    """What the pgproxies say themselves of each kind of fault."""
    rows = []
    for kind, words in KINDS.items():
        for proxy in (one for one in recording.proxies if one in PLANNED_MS):
            times = own_times(events, stopwatch(proxy), (kind,))
            if times:
                rows.append((words, NAMES[proxy], len(times), both(times)))
    return table(["fault", "through", "changes", "from the verified primary to the first byte to a client, by the proxy's"
                  " own stopwatch, median / worst, ms"], rows)


def in_short(recording, event):
    """What one fault cost, in short."""
    if not event.measured:
        return f"{event.kind}: no new primary was seen"
    parts = []
    for proxy in recording.proxies:
        costs = [event.costs[proxy, sslmode] for sslmode in SSLMODES]
        first = " and ".join(milliseconds(event.after_yes((proxy, sslmode))) for sslmode in SSLMODES)
        parts.append(f"{NAMES[proxy]} {first} ms, {sum(sum(cost['failed'].values()) for cost in costs if cost)} failed")
    return f"{event.kind}: yes after {event.yes['answered'] - event.begin:.2f} s; " + "; ".join(parts)


def texts(recording, events):
    """What failed operations of the clients that come and go said, most frequent first."""
    rows = []
    for proxy in recording.proxies:
        failed = [record for records in recording.of_proxy(proxy, ("write", "crowd")).values() for record in records
                  if "error" in record]
        counted = collections.Counter((kind_at(events, record["end"]), ledger.failure(record),
                                       report.plain(record["error"])) for record in failed)
        rows += [(NAMES[proxy], *what, number) for what, number in counted.most_common(12)]
    return table(["through", "after", "what failed", "text", "times"], rows)


def kind_at(events, at):
    return next((event.kind for event in events if event.begin <= at < event.end), "the start")


def check(recording, events, wanted, synchronous):
    checks = report.Checks()
    for kind, number in wanted.items():
        complete = sum(1 for event in events if event.kind == kind and event.complete)
        if number:
            checks.add(complete == number, f"{KINDS[kind]}: every client was served again", f"{complete} of {number}")
    fault_checks(checks, recording, events)
    for proxy in (one for one in recording.proxies if one in PLANNED_MS):
        if not synchronous:
            figure_checks(checks, recording, events, proxy)
        report.ledger_checks(checks, recording, proxy, NAMES[proxy])
    report.recorder_check(checks, recording)
    report.database_checks(checks, recording)
    loss_checks(checks, recording, Losses(recording, events), synchronous)
    return checks


def fault_checks(checks, recording, events):
    """That the faults were what the page says."""
    measured = [event for event in events if event.measured]
    changed = [event for event in measured if event.promoted]
    named = sum(1 for event in changed if ledger.in_history(recording.history, event.timeline, event.new))
    checks.add(named == len(changed), "Patroni's own history names each promotion", f"{named} of {len(changed)}")
    logs = sum(1 for event in changed if report.promoted_in_log(recording.promotions, event))
    checks.add(logs == len(changed), "the new primary's Patroni wrote each promotion into its log",
               f"{logs} of {len(changed)}")
    cut = [event for event in measured if event.kind == "partition"]
    silent = sum(1 for event in cut if recording.cluster.nodes[event.old].silent_throughout(
        event.fault["t"] + 1, recording.mended(event.fault)))
    if cut:
        checks.add(silent == len(cut), "who was cut off answered nobody until the end of it", f"{silent} of {len(cut)}")


def figure_checks(checks, recording, events, proxy):
    name, kinds = NAMES[proxy], {event.kind for event in events}
    if proxy == "pgproxy" and kinds & set(PLANNED):
        connects, failed = failed_connects(recording, events, proxy, PLANNED), failures(events, proxy, PLANNED)
        checks.add(connects == 0, f"{name}: no client fails to connect in a planned switchover", f"{connects} attempts")
        checks.add(failed[ledger.OTHER] == 0, f"{name}: no statement fails in a planned switchover but those that"
                   " PostgreSQL ended", f"{failed[ledger.OTHER]}, beside {failed[ledger.ENDED]} that it ended")
    # Not of a crowd: the page says why.
    for kind in KINDS:
        if kind in kinds and kind != "crowd":
            times = firsts(events, proxy, (kind,))
            limit = PLANNED_MS[proxy] if kind in PLANNED else UNPLANNED_MS
            checks.at_most(f"{name}: {KINDS[kind]}: first write after the yes, median of {len(times)}",
                           ledger.median(times), limit, "ms")


def loss_checks(checks, recording, losses, synchronous):
    for proxy in (one for one in recording.proxies if one in PLANNED_MS):
        planned = losses.number(proxy, PLANNED)
        checks.add(planned == 0, f"{NAMES[proxy]}: no confirmed row is lost by a planned switchover", f"{planned} rows")
        if synchronous:
            lost = losses.number(proxy, (*KINDS, None))
            checks.add(lost == 0, f"{NAMES[proxy]}: no confirmed row is lost at all", f"{lost} rows")
        else:
            wrongly = losses.wrongly(proxy)
            checks.add(wrongly == 0, f"{NAMES[proxy]}: no confirmed row is lost but by asynchronous replication",
                       f"{wrongly} rows, beside {losses.number(proxy, UNPLANNED) - wrongly} that it lost"
                       if wrongly == 0 else f"{wrongly} rows")


def tell_last():
    recording = report.Recording(sys.argv[2:])
    print("  " + in_short(recording, Event(recording, *recording.faults()[-1])))
    return 0


def main():
    if sys.argv[1] == "round":
        return tell_last()
    synchronous = sys.argv[1] == "sync"
    wanted = {kind: int(number) for kind, number in (pair.split("=") for pair in sys.argv[2].split(","))}
    recording = report.Recording(sys.argv[3:])
    events = [Event(recording, fault, end) for fault, end in recording.faults()]
    checks = check(recording, events, wanted, synchronous)
    losses = Losses(recording, events)
    title = "Failover that clients do not see" + (", with synchronous replication" if synchronous else "")
    report.write_page(report.page(recording, title, [
        WHAT + (SYNCHRONOUS if synchronous else ""), "", "## Figures", "", summary(recording, events), "",
        "Failed operations are those of the clients that come and go, all faults of the row together.",
        f"The new primary's yes was known within {both([event.uncertain for event in events if event.measured])} ms"
        " (median / worst).", "", own_part(recording, events), "",
        "## Checks", "", checks.table(), "",
        "The ledger of all proxies:", "", report.ledger_table(recording, NAMES), "",
        "Confirmed rows, and those that the databases did not have in the end:", "", losses.table(recording), "",
        "## Events", "", "For each proxy and sslmode: first write after the yes in ms / no write for, in s / failed"
        " operations.", "", raw(recording, events), "",
        "## What failed operations said", "", texts(recording, events)]))
    checks.tell()
    return 0 if checks.passed else 1


if __name__ == "__main__":
    sys.exit(main())

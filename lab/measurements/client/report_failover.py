"""report_failover.py SWITCHOVERS KILLS PROXY...: the page and the checks of `lab/measure failover`."""
import math
import sys

import ledger
import report
from report import milliseconds, table, worst_of

MEDIAN_MS, WORST_MS = 150, 500
KINDS = {"switchover": "planned switchover", "kill": "primary's host killed"}

WHAT = """## What was measured

From the new primary's own answer becoming 200 with role primary (`GET /primary` to its Patroni, straight, every
25 ms, by a watcher of its own for each node) to the first write that a client got confirmed through the proxy. For
each proxy, with sslmode=disable and with sslmode=require, there is a client that connects, writes one row and
leaves, again 50 ms after a success and 10 ms after a failure, without back-off; one that holds a session and does
nothing; and one that holds a session and writes a row over it every 50 ms. Every client and every watcher is a
process of its own on one host, and all times are of that host's CLOCK_MONOTONIC. Patroni has its default ttl (30),
loop_wait (10) and retry_timeout (10); pgproxy has the list of nodes and no etcd; HAProxy has Patroni's template.
Both proxies serve in the same runs. A host is killed as a lack of power would: its network goes silent and then its
processes die, so that no peer gets a goodbye. It is started again after the clients were served, and the next fault
waits until the cluster is whole.

A write that was confirmed before the watcher had its answer counts as 0, with the difference in brackets. The
watcher's own uncertainty, from its last question without a yes to the first yes, is in the table of events."""


class Event:
    """One fault, and what it cost each client."""

    def __init__(self, recording, fault, end):
        self.fault, self.kind, self.old = fault, fault["kind"], fault["from"]
        found = ledger.promotion(recording.cluster, self.old, fault["t"], end)
        self.measured = found is not None
        if not self.measured:
            return
        self.yes, self.uncertain, self.new = found
        self.costs = {}
        for kind in ("write", "held"):
            for _, _, client in report.clients_of(recording.proxies, kind):
                records = recording.of_proxy(None, (kind,))[client]
                self.costs[client] = ledger.cost(records, self.new, self.yes["answered"], fault["t"], end)

    def after_yes(self, client):
        """Never below 0; None without a write."""
        cost = self.costs[client] if self.measured else None
        return None if cost is None else max(0.0, cost["after_yes"])


def figures(events, client, key=None):
    """One number of each event in which there is one; without a key, the seconds after the yes."""
    if key is None:
        found = [event.after_yes(client) for event in events]
    else:
        found = [event.costs[client][key] for event in events if event.measured and event.costs[client]]
    return [number for number in found if number is not None and not math.isnan(number)]


def summary(recording, events):
    rows = []
    for kind, words in [*KINDS.items(), (None, "both")]:
        some = [event for event in events if kind in (None, event.kind)]
        for proxy, sslmode, client in report.clients_of(recording.proxies, "write"):
            after, gaps = figures(some, client), figures(some, client, "gap")
            failed, held = figures(some, client, "failed"), figures(some, client.replace("write", "held"))
            if not after:
                continue
            rows.append((words, proxy, sslmode, len(after), milliseconds(ledger.median(after)),
                         milliseconds(worst_of(after)), f"{ledger.median(gaps):.2f} / {worst_of(gaps):.2f}",
                         f"{ledger.median(failed):.0f} / {worst_of(failed):.0f}",
                         f"{milliseconds(ledger.median(held))} / {milliseconds(worst_of(held))}"))
    return table(["fault", "through", "sslmode", "faults", "first write after the yes, median, ms", "worst, ms",
                  "no write for, median / worst, s", "failed operations, median / worst",
                  "client with a held session: first write after the yes, median / worst, ms"], rows)


def raw(recording, events):
    clients = report.clients_of(recording.proxies, "write")
    rows = []
    for number, event in enumerate(events, 1):
        if not event.measured:
            rows.append((number, event.kind, event.old, "nobody", "", "") + ("none",) * len(clients))
            continue
        cells = []
        for _, _, client in clients:
            cost = event.costs[client]
            cells.append("none" if cost is None else
                         f"{milliseconds(cost['after_yes'])} / {cost['gap']:.2f} / {cost['failed']}")
        rows.append((number, event.kind, f"{event.old} → {event.new}", event.yes["timeline"],
                     f"{event.yes['answered'] - event.fault['t']:.2f}", milliseconds(event.uncertain), *cells))
    return table(["", "fault", "primary", "timeline", "yes after the fault, s", "uncertain by, ms",
                  *(f"{proxy}, {sslmode}" for proxy, sslmode, _ in clients)], rows)


def lost_rows(recording, events):
    """Kind of fault to the number of confirmed rows that its new primary did not have."""
    kept, lost = report.kept_rows(recording), {kind: 0 for kind in KINDS}
    for _, row in ledger.lost(recording.acked(), kept):
        # A row belongs to the fault that ended its timeline.
        event = next((one for one in events if one.measured and one.yes["timeline"] > row["wrote_timeline"]), None)
        kind = event.kind if event else "switchover"
        lost[kind] += 1
    return lost


def check(recording, events, wanted):
    checks = report.Checks()
    for kind, number in wanted.items():
        complete = sum(1 for event in events if event.kind == kind and event.measured and all(event.costs.values()))
        checks.add(complete == number, f"{KINDS[kind]}: every client was served again", f"{complete} of {number}")
    if "pgproxy" in recording.proxies:
        for proxy, sslmode, client in report.clients_of(["pgproxy"], "write"):
            after = [number * 1000 for number in figures(events, client)]
            checks.at_most(f"{proxy}, sslmode={sslmode}: first write after the yes, median of {len(after)}",
                           ledger.median(after), MEDIAN_MS, "ms")
            checks.at_most(f"{proxy}, sslmode={sslmode}: the same, worst", worst_of(after), WORST_MS, "ms")
        report.ledger_checks(checks, recording, "pgproxy")
    report.database_checks(checks, recording)
    lost = lost_rows(recording, events)
    checks.add(lost["switchover"] == 0, "no confirmed row is lost by a planned switchover", f"{lost['switchover']} rows")
    return checks, lost


def main():
    wanted = {"switchover": int(sys.argv[1]), "kill": int(sys.argv[2])}
    recording = report.Recording(sys.argv[3:])
    events = [Event(recording, fault, end) for fault, end in recording.faults()]
    checks, lost = check(recording, events, wanted)
    losses = (f"Confirmed rows that the new primary did not have, because replication is asynchronous: "
              f"{lost['switchover']} in planned switchovers, {lost['kill']} in kills.")
    report.write_page(report.page(recording, "From a new primary to the first write", [
        WHAT, "", "## Figures", "", summary(recording, events), "", "## Checks", "", checks.table(), "",
        "The ledger of both proxies:", "", report.ledger_table(recording), "", losses, "",
        "## Events", "", "For each client: first write after the yes in ms / no write for, in s / failed operations.",
        "", raw(recording, events), "", "## What failed operations said", "", report.errors_table(recording)]))
    checks.tell()
    print(losses)
    return 0 if checks.passed else 1


sys.exit(main())

"""What the records of a failover say: each fault with what it cost the clients of each proxy, and what was lost."""
import datetime
import json
import math
import os

import ledger
import report
from lab import CROWD, FOLDER, PROXIES, SSLMODES
from report import table, worst_of

NAMES = {"pgproxy": "pgproxy with etcd", "polling": "pgproxy, polling alone", "haproxy": "HAProxy"}
KINDS = {"crowd": f"planned switchover, {2 * CROWD} clients", "switchover": "planned switchover, single clients",
         "kill": "primary's host killed", "postmaster": "primary's postmaster killed",
         "partition": "primary cut off from everyone"}
PLANNED, UNPLANNED = ("crowd", "switchover"), ("kill", "postmaster", "partition")


class Event:
    """One fault, and what it cost the clients of each proxy, by proxy and sslmode."""

    def __init__(self, recording, fault, end):
        self.fault, self.kind, self.old, self.begin, self.end = fault, fault["kind"], fault["from"], fault["t"], end
        self.wall_end = recording.wall_end(fault)
        found = ledger.promotion(recording.cluster, self.old, self.begin, end, may_return=self.kind == "postmaster")
        self.measured = found is not None
        self.costs, self.held, self.served, self.waits = {}, {}, {}, {}
        if not self.measured:
            return
        self.yes, self.uncertain, self.new = found
        self.timeline = self.yes["timeline"]
        self.timeline_before = recording.cluster.nodes[self.old].timeline_at(self.begin)
        self.since = -math.inf
        if self.new == self.old:
            self.since = recording.cluster.nodes[self.old].first_denial(self.begin, end)
        for proxy in recording.proxies:
            for sslmode in SSLMODES:
                self._see(recording, proxy, sslmode)

    def _see(self, recording, proxy, sslmode):
        key, kind = (proxy, sslmode), "crowd" if self.kind == "crowd" else "write"
        visitors = [records for name, records in recording.clients[kind].items()
                    if name == f"{proxy}-{sslmode}" or name.startswith(f"{proxy}-{sslmode}-")]
        alone = [self._cost(records) for records in visitors]
        self.costs[key] = self._cost(ledger.together(visitors))
        self.held[key] = self._cost(recording.clients["held"].get(f"{proxy}-{sslmode}", []))
        # The last of them is served when all are.
        self.served[key] = max(cost["after_yes"] for cost in alone) if alone and all(alone) else None
        self.waits[key] = worst_of([ledger.longest_wait(records, self.begin, self.end) for records in visitors])

    def _cost(self, records):
        return ledger.cost(records, self.new, self.yes["answered"], self.begin, self.end, self.since)

    @property
    def promoted(self):
        """PostgreSQL that is started again may go on with its timeline, and then no history has it."""
        return self.new != self.old or self.timeline != self.timeline_before

    @property
    def complete(self):
        """Whether every client of every proxy was served by the new primary; single ones hold no sessions."""
        held = self.kind == "switchover" or all(self.held.values())
        return self.measured and held and all(one is not None for one in self.served.values())

    def after_yes(self, key):
        """Never below 0; None without a write."""
        return at_least_0(self.costs[key]["after_yes"]) if self.measured and self.costs[key] else None


def at_least_0(number):
    return None if number is None else max(0.0, number)


def firsts(events, proxy, kinds):
    """The time after the yes of each event of these kinds, for each sslmode, in ms."""
    found = [event.after_yes((proxy, sslmode)) for event in events if event.kind in kinds for sslmode in SSLMODES]
    return [number * 1000 for number in found if number is not None]


def failures(events, proxy, kinds):
    """How many operations failed of each sort, of the clients that come and go."""
    costs = [event.costs[proxy, sslmode] for event in events if event.kind in kinds and event.measured
             for sslmode in SSLMODES]
    return {sort: sum(cost["failed"][sort] for cost in costs if cost) for sort in ledger.FAILURES}


def failed_connects(recording, events, proxy, kinds):
    """How often anybody failed to connect, also those that come back because their session had ended."""
    times = [(event.begin, event.end) for event in events if event.kind in kinds]
    return sum(1 for records in recording.of_proxy(proxy).values() for record in records
               if "error" in record and ledger.failure(record) == ledger.CONNECT
               and any(begin <= record["end"] < end for begin, end in times))


def own_times(events, stopwatch, kinds):
    """How long, by a pgproxy's own stopwatch, it took from the verified primary to the first byte to a client, in
    seconds, of its changes that began within these faults."""
    times = [(event.fault["wall"], event.wall_end) for event in events if event.kind in kinds]
    found = []
    for one in stopwatch:
        began = datetime.datetime.fromisoformat(one["began"].replace("Z", "+00:00")).timestamp()
        at = {phase["phase"]: phase["seconds"] for phase in one["phases"]}
        if {"verified", "first_byte"} <= set(at) and any(begin <= began < end for begin, end in times):
            found.append(at["first_byte"] - at["verified"])
    return found


def stopwatch(proxy):
    """What that pgproxy recorded of its changes of the primary; nothing if it was not asked."""
    try:
        with open(os.path.join(FOLDER, f"failovers-{PROXIES[proxy]}.json"), encoding="utf-8") as file:
            return json.load(file)["failovers"]
    except (FileNotFoundError, ValueError):
        return []


class Losses:
    """Confirmed rows that are not in the databases, by proxy and by the kind of fault that ended their timeline."""

    def __init__(self, recording, events):
        acked, kept = recording.acked(), report.kept_rows(recording)
        promotions = [(event.kind, event.timeline) for event in events if event.measured]
        self.lost = [(client, row, ledger.fault_of(row, promotions)) for client, row in ledger.lost(acked, kept)]
        gone = [(client, row) for client, row, _ in self.lost]
        self.unexplained = ledger.unexplained(gone, acked, kept)

    def number(self, proxy, kinds):
        return sum(1 for client, _, kind in self.lost if client.split("-")[1] == proxy and kind in kinds)

    def wrongly(self, proxy):
        """Those that even asynchronous replication cannot have lost: of no unplanned fault, or not at the end of their
        timeline."""
        odd = {(client, row["n"]) for client, row in self.unexplained}
        return sum(1 for client, row, kind in self.lost if client.split("-")[1] == proxy
                   and (kind not in UNPLANNED or (client, row["n"]) in odd))

    def table(self, recording):
        rows = []
        for proxy in recording.proxies:
            names = recording.of_proxy(proxy, ("write", "crowd", "held"))
            unsure = sum(len(ledger.unknown(records)) for records in names.values())
            rows.append((NAMES[proxy], len(recording.acked_rows(proxy)), unsure,
                         *(self.number(proxy, (kind,)) for kind in KINDS), self.wrongly(proxy)))
        return table(["through", "confirmed", "unknown", *(f"lost, {words}" for words in KINDS.values()),
                      "of these not explained by asynchronous replication"], rows)

"""report_pool.py WANTED SETTINGS WORKERS PROXY...: the page and the checks of `lab/measure pool`.
report_pool.py round SETTINGS PROXY...: a line on the last fault, while the measurement goes on.

WANTED is how many faults of each kind were to be measured (switchover=10,kill=2); SETTINGS are the names of the
applications' settings, by commas; WORKERS is how many threads each of their pools has.
"""
import collections
import os
import sys

import journal
import ledger
import report
from lab import FOLDER
from report import milliseconds, table, worst_of

NAMES = {"pgproxy": "pgproxy", "haproxy": "HAProxy"}
KINDS = {"switchover": "planned switchover", "kill": "primary's host killed"}

WHAT = """## What was measured

Applications with a pool, HikariCP with pgjdbc, under steady load: the threads of each take a connection from their
pool, write one row and give it back, every 100 ms, and never try a row twice. What fails is what the application sees.
There is an application for each of the settings, with a pool for each proxy, and all of them run at once, through the
same faults. `sslmode` is the driver's own (prefer), so every session has TLS.

HikariCP asks a connection whether it is alive before it hands it out, but not one that was used within the last 500 ms
(`com.zaxxer.hikari.aliveBypassWindowMs`, a system property). So a pool under load hands out connections that PostgreSQL
has just ended.

An error belongs to the fault before it. The longest wait is from the request for a connection to the confirmed row, or
to the error. The first row counts from the new primary's own 200 with role primary, asked straight every 25 ms."""


class Pools:
    """What the applications wrote down: (settings, proxy) to the records of each of its threads."""

    def __init__(self, journals, names):
        self.records = collections.defaultdict(dict)
        for name, records in journals.items():
            settings, proxy, worker = name.split("-")
            self.records[settings, proxy]["pool-" + name] = records
        self.keys = [key for key in self.records if key[0] in names]

    def of(self, key):
        return ledger.together(self.records[key].values())

    def acked(self, proxy):
        return {name: ledger.acknowledged(records) for key, workers in self.records.items() if key[1] == proxy
                for name, records in workers.items()}


def sort(record):
    """What failed: to get a connection, or the statement over it."""
    return "statement" if "got" in record else "connection"


class Event:
    """One fault, and what it cost each pool."""

    def __init__(self, recording, pools, fault, end):
        self.kind, self.begin, self.end, self.old = fault["kind"], fault["t"], end, fault["from"]
        self.fault, self.wall_end = fault, recording.wall_end(fault)
        found = ledger.promotion(recording.cluster, self.old, self.begin, end)
        self.measured, self.costs = found is not None, {}
        if self.measured:
            self.yes, self.uncertain, self.new = found
            self.timeline = self.yes["timeline"]
            self.costs = {key: self._cost(pools.of(key)) for key in pools.keys}

    def _cost(self, records):
        mine = [record for record in records if self.begin <= record["end"] < self.end]
        failed = [sort(record) for record in mine if "error" in record]
        first = min((record["acked"] for record in mine if record.get("wrote") == self.new and "acked" in record),
                    default=None)
        return {"connection": failed.count("connection"), "statement": failed.count("statement"),
                "wait": worst_of([record["end"] - record["start"] for record in mine]),
                "after_yes": None if first is None else max(0.0, first - self.yes["answered"])}


def summary(events, pools, proxies):
    rows = []
    for kind, words in KINDS.items():
        some = [event for event in events if event.kind == kind and event.measured]
        for proxy in proxies if some else ():
            for settings in [name for name, of in pools.keys if of == proxy]:
                costs = [event.costs[settings, proxy] for event in some]
                errors = [cost["connection"] + cost["statement"] for cost in costs]
                after = [cost["after_yes"] for cost in costs if cost["after_yes"] is not None]
                rows.append((words, NAMES[proxy], settings, len(costs), sum(errors),
                             f"{ledger.median(errors):.0f} / {worst_of(errors):.0f}",
                             sum(cost["connection"] for cost in costs), sum(cost["statement"] for cost in costs),
                             f"{worst_of([cost['wait'] for cost in costs]):.2f}",
                             f"{milliseconds(ledger.median(after))} / {milliseconds(worst_of(after))}"))
    return table(["fault", "through", "settings", "faults", "errors in all", "of one fault, median / worst",
                  "no connection", "statement failed", "longest wait, s",
                  "first row after the yes, median / worst, ms"], rows)


def texts(pools, proxies):
    rows = []
    for proxy in proxies:
        for settings in [name for name, of in pools.keys if of == proxy]:
            counted = collections.Counter((sort(record), record["sqlstate"], report.plain(record["error"]))
                                          for record in pools.of((settings, proxy)) if "error" in record)
            rows += [(NAMES[proxy], settings, *what, number) for what, number in counted.most_common(5)]
    return table(["through", "settings", "what failed", "SQLSTATE", "text", "times"], rows)


def check(events, pools, recording, kept, wanted, threads):
    checks = report.Checks()
    there = sum(map(len, pools.records.values()))
    checks.add(there == threads, "every application had its threads", f"{there} of {threads}")
    report.recorder_check(checks, recording)
    for kind, number in wanted.items():
        complete = sum(1 for event in events if event.kind == kind and event.measured
                       and all(cost["after_yes"] is not None for cost in event.costs.values()))
        checks.add(complete == number, f"{KINDS[kind]}: every pool wrote again", f"{complete} of {number}")
    measured = [event for event in events if event.measured]
    named = sum(1 for event in measured if ledger.in_history(recording.history, event.timeline, event.new))
    checks.add(named == len(measured), "Patroni's own history names each promotion",
               f"{named} of {len(measured)}")
    logs = sum(1 for event in measured if report.promoted_in_log(recording.promotions, event))
    checks.add(logs == len(measured), "the new primary's Patroni wrote each promotion into its log",
               f"{logs} of {len(measured)}")
    if any(proxy == "pgproxy" for _, proxy in pools.keys):
        acked = pools.acked("pgproxy")
        gone = ledger.lost(acked, kept)
        promotions = [(event.kind, event.timeline) for event in measured]
        wrongly = ledger.unexplained(gone, acked, kept) + [
            one for one in gone if ledger.fault_of(one[1], promotions) != "kill"]
        checks.add(not wrongly, "pgproxy: no confirmed row is lost but by asynchronous replication",
                   f"{len(wrongly)} of {sum(map(len, acked.values()))} rows")
    return checks


def settings_table(names):
    with open(os.path.join(FOLDER, "settings"), encoding="utf-8") as file:
        told = dict(line.rstrip("\n").split("\t") for line in file)
    return table(["settings", "which"], [(name, f"`{told[name]}`" if told[name] else "none") for name in names])


def in_short(event, proxies):
    """What one fault cost, in short."""
    if not event.measured:
        return f"{event.kind}: no new primary was seen"
    parts = [f"{NAMES[proxy]}, {settings} {cost['connection'] + cost['statement']}" for proxy in proxies
             for (settings, of), cost in event.costs.items() if of == proxy]
    return f"{event.kind}: yes after {event.yes['answered'] - event.begin:.2f} s; errors: " + "; ".join(parts)


def tell_last():
    proxies = sys.argv[3:]
    recording = report.Recording(proxies)
    pools = Pools(journal.read_all(FOLDER, "pool-"), sys.argv[2].split(","))
    print("  " + in_short(Event(recording, pools, *recording.faults()[-1]), proxies))
    return 0


def main():
    if sys.argv[1] == "round":
        return tell_last()
    wanted = {kind: int(number) for kind, number in (pair.split("=") for pair in sys.argv[1].split(","))}
    names, workers, proxies = sys.argv[2].split(","), int(sys.argv[3]), sys.argv[4:]
    recording = report.Recording(proxies)
    pools = Pools(journal.read_all(FOLDER, "pool-"), names)
    events = [Event(recording, pools, fault, end) for fault, end in recording.faults()]
    checks = check(events, pools, recording, report.kept_rows(recording), wanted, len(names) * len(proxies) * workers)
    total = {key: len(pools.of(key)) for key in pools.keys}
    report.write_page(report.page(recording, "A pool of connections through failovers", [
        WHAT, "", settings_table(names), "", "## Figures", "", summary(events, pools, proxies), "",
        f"Rows that were tried by each pool: {min(total.values(), default=0)} to {max(total.values(), default=0)}.", "",
        "## Checks", "", checks.table(), "", "## What failed operations said", "", texts(pools, proxies)]))
    checks.tell()
    return 0 if checks.passed else 1


if __name__ == "__main__":
    sys.exit(main())

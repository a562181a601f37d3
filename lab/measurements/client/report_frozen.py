"""report_frozen.py FREEZES PROXY...: the page and the checks of `lab/measure frozen-patroni`."""
import math
import sys

import ledger
import report
from report import table

WHAT = """## What was measured

A PostgreSQL that outlives its role. Patroni on the primary is stopped with SIGSTOP for 90 s: its PostgreSQL runs on,
accepts sessions and confirms writes, Patroni's port takes connections and answers nothing, the lock in etcd expires
(ttl 30), and another node is promoted. All times count from the new primary's own first yes (`GET /primary` = 200,
role primary, asked straight every 25 ms); negative is before it. The clients are those of the failover measurement,
with sslmode disable and require through each proxy: one that comes and goes, one that holds a session and does
nothing, one that holds a session and writes. Sessions are counted twice: as the clients saw them, and as the old
PostgreSQL itself listed them in pg_stat_activity (asked straight every 100 ms; their beginning is the server's).

What is counted ends with the reign of the new primary, at the next fault or when its own answer ceases to be a yes.
That happens when the old Patroni wakes up, still believes what it knew 90 s ago, and writes its name over the new
leader's in etcd without asking whose the key is (until 3.0.2; mended by Patroni pull request 2689): the new primary
then steps down, the old timeline goes on, and every row of the new one is lost. A proxy has no part in it; those rows
are counted by themselves."""

HEAD = ["", "primary", "yes after the freeze, s", "through", "last new session on the old one, s",
        "the same, after the freeze, s", "end of the last session there, client, s", "the same, server, s",
        "last write confirmed there, s", "first write by the new one, s", "no write by any client for, s",
        "rows confirmed by the old one and lost", "the new one's reign, s", "rows confirmed by it and lost"]


class Freeze:
    """One freeze, as one proxy and the servers saw it. Times are relative to the new primary's yes."""

    def __init__(self, recording, proxy, fault, end):
        self.proxy, self.old, self.begin, self.end = proxy, fault["from"], fault["t"], end
        found = ledger.promotion(recording.cluster, self.old, self.begin, end)
        self.measured = found is not None
        if not self.measured:
            return
        self.yes, _, self.new = found
        self.at = self.yes["answered"]
        self.until = min(end, recording.cluster.nodes[self.new].certain_until(self.at))
        self._sessions(recording)
        self._writes(recording)

    def _sessions(self, recording):
        there = [one for one in recording.sessions(self.proxy)
                 if one["node"] == self.old and self.begin <= one["end"] and one["connected"] < self.until]
        listed = [one for one in recording.on_server(self.proxy, self.old)
                  if self.begin <= one["last_seen"] and one["began"] < self.until]
        self.last_end_client = self._latest(one["end"] for one in there)
        self.last_end_server = self._latest(one["last_seen"] for one in listed)
        # Whoever saw it later: a client that was cut off before it knew where it was is in the server's list.
        self.last_new = max(self._latest(one["connected"] for one in there),
                            self._latest(one["began"] for one in listed))

    def _writes(self, recording):
        rows = [row for row in recording.acked_rows(self.proxy) if self.begin <= row["acked"] < self.until]
        first = min((row["acked"] for row in recording.acked_rows()
                     if row["wrote"] == self.new and self.begin <= row["acked"] < self.until), default=math.inf)
        self.behind = max((row["acked"] - first for row in rows if row["wrote"] == self.old), default=-math.inf)
        self.last_write = self._latest(row["acked"] for row in rows if row["wrote"] == self.old)
        acks = sorted(row["acked"] for row in rows)
        self.gap = max((later - earlier for earlier, later in zip(acks, acks[1:])), default=math.nan)
        lost = [row for _, row in ledger.lost(recording.acked(self.proxy), report.kept_rows(recording))
                if self.begin <= row["acked"] < self.end]
        self.lost = sum(1 for row in lost if row["wrote"] == self.old)
        self.lost_by_new = sum(1 for row in lost if row["wrote"] == self.new)
        costs = [ledger.cost(recording.of_proxy(self.proxy)[client], self.new, self.at, self.begin, self.end)
                 for _, _, client in report.clients_of([self.proxy], "write")]
        self.served = all(costs)
        # The first of all clients is not enough: each sslmode must come back.
        self.first_write = max((cost["after_yes"] for cost in costs if cost), default=math.nan)

    def _latest(self, times):
        return max((at - self.at for at in times), default=-math.inf)

    def row(self, number):
        if not self.measured:
            return [number, f"{self.old} → nobody", "", self.proxy] + [""] * (len(HEAD) - 4)
        to_yes = self.at - self.begin
        return [number, f"{self.old} → {self.new}", f"{to_yes:.2f}", self.proxy, _seconds(self.last_new),
                _seconds(self.last_new + to_yes), _seconds(self.last_end_client), _seconds(self.last_end_server),
                _seconds(self.last_write), _seconds(self.first_write), _seconds(self.gap), self.lost,
                "to the next fault or the end" if math.isinf(self.until) or self.until == self.end else _seconds(self.until - self.at), self.lost_by_new]


def _seconds(value):
    return "none" if math.isinf(value) or math.isnan(value) else f"{value:.2f}"


def summary(freezes, proxies):
    rows = []
    for proxy in proxies:
        some = [one for one in freezes if one.proxy == proxy and one.measured]
        rows.append([proxy, len(some)] + [_seconds(max((getattr(one, key) for one in some), default=math.nan)) for key in
                    ("last_new", "last_end_client", "last_end_server", "last_write", "first_write", "gap")]
                    + [sum(one.lost for one in some)])
    return table(["through", "freezes", "last new session on the old one, s", "end of the last session there, client, s",
                  "the same, server, s", "last write confirmed there, s", "first write by the new one, s",
                  "no write by any client for, s", "rows confirmed by the old one and lost, all together"], rows)


def check(recording, freezes, wanted):
    checks = report.Checks()
    for proxy in recording.proxies:
        complete = sum(1 for one in freezes if one.proxy == proxy and one.measured and one.served)
        checks.add(complete == wanted, f"{proxy}: every client was served again", f"{complete} of {wanted}")
    judged = [one for one in freezes if one.proxy == "pgproxy" and one.measured]
    if "pgproxy" in recording.proxies:
        _check_pgproxy(checks, recording, judged)
    report.database_checks(checks, recording)
    return checks


def _check_pgproxy(checks, recording, judged):
    def worst(key):
        return max((getattr(one, key) for one in judged), default=math.nan)
    checks.at_most("pgproxy: a new session on the old primary after its successor's yes", worst("last_new"), 0, "s")
    checks.at_most("pgproxy: end of the last session on the old primary after that yes, as clients saw it",
                   worst("last_end_client"), report.INTERVAL_SECONDS, "s")
    checks.at_most("pgproxy: the same, as the old primary listed it", worst("last_end_server"),
                   report.INTERVAL_SECONDS, "s")
    checks.at_most("pgproxy: a write confirmed by the old primary after one by its successor, whoever's", worst("behind"),
                   0, "s")


def main():
    wanted = int(sys.argv[1])
    recording = report.Recording(sys.argv[2:])
    freezes = [Freeze(recording, proxy, fault, end) for fault, end in recording.faults()
               for proxy in recording.proxies]
    checks = check(recording, freezes, wanted)
    raw = table(HEAD, [one.row(index // len(recording.proxies) + 1) for index, one in enumerate(freezes)])
    report.write_page(report.page(recording, "A PostgreSQL that outlives its role", [
        WHAT, "", "## Figures", "", "The worst of all freezes:", "", summary(freezes, recording.proxies), "",
        "## Checks", "", checks.table(), "", "## Events", "", raw, "", "## What failed operations said", "",
        report.errors_table(recording)]))
    checks.tell()
    return 0 if checks.passed else 1


sys.exit(main())

"""report_pair.py ROUNDS FAULTS PRODUCT...: the page and the checks of `lab/measure pair`."""
import collections
import math
import os
import sys
from types import SimpleNamespace

import journal
import pair_ledger
import report
from lab import FOLDER, address
from report import table

FAULTS = {
    "nothing": "nothing at all",
    "stop": "clean stop",
    "move": "handed over on purpose",
    "start": "both started at the same instant",
    "kill": "process killed with -9",
    "kill-main": "its first process alone killed with -9",
    "freeze": "frozen",
    "cable": "cable pulled",
    "cut": "frames lost both ways, carrier up",
    "cut-out": "what it sends is lost",
    "cut-in": "what it should receive is lost",
    "split": "the two hosts do not hear each other",
    "etcd": "whole etcd cluster gone for a minute",
    "etcd-leader": "etcd's leader killed",
    "etcd-split": "whole etcd cluster gone, and the two hosts do not hear each other",
    "pauses": "both JVMs under memory pressure, with long pauses",
}
# Seconds that a fault may cost pgproxy's clients: median and worst.
TAKEN_OVER = (4.0, 4.5)
# The command that hands over is a second JVM, which takes its time of the same cores; a stop needs none.
BOUNDS = {"stop": (0.25, 0.25), "move": (0.5, 0.5), "kill": (1.0, 1.0), "freeze": TAKEN_OVER, "cable": TAKEN_OVER,
          "cut": TAKEN_OVER, "cut-out": TAKEN_OVER, "cut-in": TAKEN_OVER}
# These may cost nobody anything: no attempt fails, the address is always somewhere, and no wait is much longer than the
# machine makes one, as the rounds without a fault show.
NOT_INTERRUPTED = ("nothing", "split", "etcd", "etcd-leader")
NO_INTERRUPTION_SECONDS = 0.3
# A client on a busy machine notes the end of its session so much later than it came.
NOTED_LATE_SECONDS = 0.05
NOT_FOR = {"keepalived": ("move", "etcd", "etcd-leader", "etcd-split", "pauses"), "pgproxy": ("kill-main",)}
# Those after which nobody may have the address, until they are over.
LET_GO = ("etcd-split",)
# After these somebody is still there who takes the address off, and may be quicker than a look at it: keepalived needs
# some milliseconds to see that the carrier is gone.
TAKEN_OFF = ("stop", "move", "start", "kill-main", "cable", "pauses")
# The lease of the measured configuration, in seconds: a shorter pause takes nothing from anybody.
LEASE_SECONDS = 3
# Nobody has it before.
FROM_NOTHING = ("start",)
# What a recorder may be late by, in seconds, before its figures are worth nothing. The watcher's order of events holds
# however late it is.
LATE_SECONDS, BLIND_SECONDS = 0.05, 0.1

WHAT = """## What was measured

Two hosts share one virtual address, first as they are without pgproxy (keepalived, and HAProxy with Patroni's template),
then with pgproxy, in front of the same cluster, one after the other. A fault meets the host that has the address; it
lasts for the time in the table and is then mended, and the next one waits until one host has the address, its clients
are served and the other host is ready.

A client opens a connection to the address every 5 ms (or as often as the command says), whatever became of those
before, and is served when PostgreSQL itself, behind the proxy, asks it for the password. An attempt ends after 0.9 s,
before the kernel repeats a SYN that nobody answered, so that it can only be served by whoever got its first one. The
outage is the longest time between two attempts that were served, by their starts or by their ends, whichever is longer,
from the last one before the fault to when it was mended; so one in which all wait and are then served counts too. Rounds
without any fault say what the machine costs by itself.

Who had the address is read from the kernel's own address events in the network namespaces of both hosts, by one process
that runs outside of them and compares what it knows with the kernel's whole list five times a second. The events of both
come through one socket in the order in which they happened, so 0 s on both hosts is 0, however busy the machine. All
times are of one CLOCK_MONOTONIC, since the hosts are containers on one machine. Time on both hosts after the mending is
what a host does that comes back.

Stopped: TERM, as systemctl does it. Handed over: by pgproxy's command for it. Both started: at the same instant after
both were stopped, so the outage has the time that they were down in it too. Killed: every process of the service at once
with -9, and what its unit does next may happen: Debian's unit of keepalived has no Restart=, pgproxy's has. keepalived's
child is told by the kernel when its first process is killed alone, and takes the address off. Frozen: the whole container
(docker pause). Cable pulled: the carrier of the host's only interface is gone. Frames lost: dropped in the bridge, of
every protocol. Patroni has failsafe_mode, so that PostgreSQL outlives etcd.

Everything shares the machine's processors, of which real hosts have their own. So the host on which the service starts
again after a stop or a kill, whichever product's, has an eighth of the share of every other host until both are ready
and for five seconds more: what starts is not to keep the clients from being served by PostgreSQL, which forks a process
for each of them. The next fault waits for that."""


class Product:
    def __init__(self, name):
        folder = os.path.join(FOLDER, name)
        self.name = name
        self.events = journal.read(os.path.join(folder, "events.jsonl"))
        self.addresses = journal.read(os.path.join(folder, "addresses.jsonl"))
        self.holdings = pair_ledger.Holdings(self.addresses, address("pgproxy"))
        own = {host: pair_ledger.Holdings(self.addresses, address(host)) for host in self.holdings.hosts}
        over = self.holdings.seen_to
        self.rounds = pair_ledger.rounds(
            self.events, self.holdings, pair_ledger.Attempts(journal.read(os.path.join(folder, "attempts.jsonl"))),
            journal.read(os.path.join(folder, "held.jsonl")), own, over)
        self.pauses = {host: self.pauses_of(os.path.join(folder, host + ".log")) for host in self.holdings.hosts}

    @staticmethod
    def pauses_of(log):
        with open(log, encoding="utf-8", errors="replace") as lines:
            return pair_ledger.pauses(lines)

    def of(self, kind):
        return [one for one in self.rounds if one.kind == kind]

    def kinds(self):
        return [kind for kind in FAULTS if self.of(kind)]


# --- the tables ------------------------------------------------------------------------------------------------

def seconds(value):
    return "none" if value is None else "for good" if value == math.inf else f"{value:.3f}"


def pair_of(numbers):
    """Median and worst, as one cell."""
    known = [number for number in numbers if number is not None]
    if not known:
        return "none"
    return " / ".join(map(seconds, pair_ledger.median_and_worst(known)))


def outage(one):
    """As a cell: what had not ended when the fault was mended is told apart."""
    return seconds(one.outage) if one.served_again else f"not over after {seconds(one.outage)}"


def outages(rounds):
    open_ended = sum(not one.served_again for one in rounds)
    text = pair_of([one.outage for one in rounds])
    return f"{text}; {open_ended} not over when mended" if open_ended else text


def figures(products):
    rows = []
    for kind, words in FAULTS.items():
        for product in products:
            some = product.of(kind)
            if not some:
                continue
            rows.append((words, product.name, len(some), outages(some),
                         "{:.0f} / {:.0f}".format(*pair_ledger.median_and_worst([len(one.failed) for one in some])),
                         pair_of([one.together for one in some]), pair_of([one.together_after for one in some]),
                         pair_of([one.nowhere for one in some]), pair_of([one.outage_after for one in some])))
    return table(["fault", "through", "rounds", "outage, s", "attempts that failed", "on both hosts, s",
                  "on both after the mending, s", "on no host, s", "outage by the mending, s"], rows)


def held_table(products):
    rows = []
    for product in products:
        for kind in product.kinds():
            some = product.of(kind)
            rows.append((FAULTS[kind], product.name, pair_of([one.heard for one in some]),
                         pair_of([one.heard_before_gone for one in some])))
    return table(["fault", "through", "a session held through the address ended after, s",
                  "that is after the address had gone, s (below 0: before)"], rows)


def pauses_table(products):
    rows = [(host, len(pauses), sum(one > LEASE_SECONDS for one in pauses), seconds(max(pauses, default=0)),
             seconds(sum(pauses)))
            for product in products if product.of("pauses") for host, pauses in sorted(product.pauses.items())]
    return table(["host", "pauses of its JVM", f"longer than the lease of {LEASE_SECONDS} s", "longest, s", "all, s"],
                 rows) + "\n" if rows else ""


def raw(products):
    rows = [(product.name, FAULTS[one.kind], one.number, one.active, f"{one.mended - one.begin:.1f}", outage(one),
             seconds(one.first_failed), len(one.failed), seconds(one.together), seconds(one.nowhere),
             seconds(None if one.gone is None else one.gone - one.begin), " and ".join(one.holders) or "nobody",
             seconds(one.together_after), f"{one.late * 1000:.1f}", f"{one.blind * 1000:.0f}")
            for product in products for one in product.rounds]
    return table(["through", "fault", "", "had the address", "lasted, s", "outage, s",
                  "first failed to first served, s", "failed", "on both, s", "on none, s",
                  "gone from the first after, s", "had it when mended", "on both after, s",
                  "watcher late by, ms", "client blind for, ms"], rows)


def errors_table(products):
    rows = []
    for product in products:
        for kind in product.kinds():
            outcomes = [outcome for one in product.of(kind) for _, _, outcome in one.failed]
            texts = collections.Counter(map(report.plain, outcomes))
            rows += [(FAULTS[kind], product.name, number, text) for text, number in texts.most_common(4)]
    return table(["fault", "through", "attempts", "ended with"], rows)


# --- the checks ------------------------------------------------------------------------------------------------

def check_recording(checks, product, wanted):
    """Whether the figures are worth anything, whoever's they are."""
    name = product.name
    for kind, number in wanted.items():
        seen = len(product.of(kind))
        checks.add(seen == number, f"{name}: {FAULTS[kind]}: rounds", f"{seen} of {number}")
    checks.add(not product.holdings.errors, f"{name}: the watcher missed nothing",
               "; ".join(product.holdings.errors) or "no difference between the events and the kernel's list")
    canary = next((event for event in product.events if event["what"] == "canary"), None)
    seen = pair_ledger.canary_seen(canary, product.addresses) if canary else math.nan
    checks.add(canary and canary["at_least"] * 0.9 <= seen <= canary["end"] - canary["t"],
               f"{name}: it saw an address that was put on both hosts on purpose",
               f"for {seen:.3f} s" if canary else "it was not put there")
    checks.at_most(f"{name}: it was late", worst(one.late for one in product.rounds), LATE_SECONDS, "s")
    judged = [one.blind for one in product.rounds if one.kind in BOUNDS or one.kind in NOT_INTERRUPTED]
    if judged:
        checks.at_most(f"{name}: the client let time pass without an attempt", worst(judged), BLIND_SECONDS, "s")
    missed = [f"{one.kind} {one.number}" for one in product.rounds if one.held_before == (one.kind in FROM_NOTHING)]
    checks.add(product.rounds and not missed, f"{name}: each fault met the host that had the address",
               ", ".join(missed) or f"{len(product.rounds)} of {len(product.rounds)}")
    gone = [f"{one.kind} {one.number}" for one in product.rounds if one.kind not in TAKEN_OFF and not one.still_there]
    checks.add(not gone, f"{name}: where nobody was left to take it off, it was still there just after the fault",
               ", ".join(gone) or "each time")
    fallen = [f"{one.kind} {one.number}" for one in product.rounds if not one.host_stands]
    checks.add(not fallen, f"{name}: the host that was hit kept its own address all the time",
               ", ".join(fallen) or "each time")


def worst(numbers):
    return max(numbers, default=math.inf)


def check_pgproxy(checks, product):
    for kind in product.kinds():
        some, words = product.of(kind), FAULTS[kind]
        if kind in BOUNDS:
            median, most = pair_ledger.median_and_worst([one.outage if one.served_again else math.inf for one in some])
            checks.at_most(f"{words}: outage, median", median, BOUNDS[kind][0], "s")
            checks.at_most(f"{words}: outage, worst", most, BOUNDS[kind][1], "s")
        if kind in NOT_INTERRUPTED:
            checks.add(all(not one.failed and one.nowhere == 0 for one in some), f"{words}: no interruption",
                       f"{sum(len(one.failed) for one in some)} attempts failed, on no host for "
                       f"{worst(one.nowhere for one in some):.3f} s")
            checks.at_most(f"{words}: the longest in which nobody was served", worst(one.outage for one in some),
                           NO_INTERRUPTION_SECONDS, "s")
        checks.add(all(one.together == one.together_after == 0 for one in some), f"{words}: on both hosts",
                   f"{worst(one.together for one in some) * 1000:.3f} ms, and after the mending "
                   f"{worst(one.together_after for one in some) * 1000:.3f} ms, 0 allowed")
        if kind in LET_GO:
            checks.add(all(not one.holders for one in some), f"{words}: nobody has it in the end",
                       "; ".join(" and ".join(one.holders) or "nobody" for one in some))
        if kind in FROM_NOTHING:
            checks.add(all(len(one.holders) == 1 for one in some), f"{words}: one has it in the end",
                       f"{sum(len(one.holders) == 1 for one in some)} of {len(some)}")
        if kind == "pauses":
            for host, pauses in sorted(product.pauses.items()):
                long = sum(one > LEASE_SECONDS for one in pauses)
                checks.add(long > 0, f"{words}: {host} had pauses longer than the lease", f"{long} of {len(pauses)}")
        if kind in ("stop", "move"):
            heard = [math.inf if one.heard_before_gone is None else one.heard_before_gone for one in some]
            checks.add(worst(heard) <= NOTED_LATE_SECONDS, f"{words}: a held session has heard of it by the time the address goes",
                       f"{pair_of(heard)} s; a client may note it {NOTED_LATE_SECONDS} s late")


def main():
    number, faults = int(sys.argv[1]), sys.argv[2].split(",")
    products = [Product(name) for name in sys.argv[3:]]
    checks = report.Checks()
    for product in products:
        wanted = {kind: number * 2 if kind == "etcd-leader" else number for kind in faults
                  if kind not in NOT_FOR[product.name]}
        check_recording(checks, product, wanted)
        if product.name == "pgproxy":
            check_pgproxy(checks, product)
    report.write_page(report.page(SimpleNamespace(machine=report.machine()), "The pair: one address, two hosts", [
        WHAT, "", "## Figures", "",
        "Median / worst. What a fault cost is counted until it was mended, so \"on both hosts\" is as long as the fault "
        "where nobody ever let go.", "", figures(products), "", held_table(products), "", pauses_table(products), "## Checks", "",
        checks.table(), "", "## Rounds", "", raw(products), "", "## What failed attempts ended with", "",
        errors_table(products)]))
    checks.tell()
    print(figures(products))
    return 0 if checks.passed else 1


sys.exit(main())

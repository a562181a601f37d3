"""The page, the chart and the checks of `lab/measure soak`.

    report_soak.py SECONDS SAMPLE-SECONDS SWITCHOVER-SECONDS LEAK-DETECTION CHART PROXY...
"""
import json
import os
import statistics
import sys
from types import SimpleNamespace

import journal
import report
from lab import FOLDER
from report import table

MEGABYTE = 1 << 20
# Key, name, unit of it in the figures, and by how many of these its middle may have grown from early to late.
FIGURES = [("sessions", "sessions", 1, None), ("descriptors", "descriptors", 1, 10), ("threads", "threads", 1, 1),
           ("rss", "resident memory, MB", MEGABYTE, 16), ("direct", "direct buffers, MB", MEGABYTE, 8),
           ("heap", "heap after a collection, MB", MEGABYTE, 4)]
# The recorder may miss one while the machine is busy; a recording with holes proves nothing.
LEAST_SHARE_OF_SAMPLES = 0.8
# Less than half of what the clients ask for a minute, which switchovers and a busy machine may take from them.
LEAST_PER_MINUTE = {"transactions": 1600, "short sessions": 400, "bytes read slowly": 200_000_000}
# Patroni may refuse one, as while a replica is still catching up.
LEAST_SHARE_OF_SWITCHOVERS = 0.8

WHAT = """## What was measured

Everyday life in fast motion, through both proxies at once: pgbench with writes (four sessions, 60 transactions a
second, started anew every 15 s); three who connect, fetch 20 kB, leave and come again 150 ms later; four slow readers
who take 40 MB at 2 MB a second, every second one of whom drops the connection after a third of it; and a planned
switchover every minute, which ends every session. Both proxies are looked at every {every} s, after a collection of
the garbage where there is any, so that what is seen is what is held.

It must be flat: the median of the last fifth of the time may not exceed that of the second fifth by more than is said
below, and when all clients have gone, descriptors and threads must be what they were before the first one came
(after 20 s of the same clients, which load and compile what is needed). The JVM has all of its heap from the start,
so that what the process grows by is not the heap's room."""

LEAKS = """

pgproxy ran with Netty's paranoid leak detection, which follows every buffer and costs memory and time, so these are
no figures to compare. A buffer that was never given back would be told in the log, with `LEAK`, after a collection."""


class Soak:
    """What was recorded of each proxy."""

    def __init__(self, samples, start, end, done, log):
        self.samples, self.start, self.end, self.done = samples, start, end, done
        self.log = log.splitlines()
        self.leaks = sum(1 for line in self.log if "LEAK" in line)

    def fifth(self, proxy, which):
        """The samples of one fifth of the time, the first of which is number 0."""
        samples = self.samples[proxy]
        begun, ended = samples[0]["t"], samples[-1]["t"]
        length = (ended - begun) / 5
        return [one for one in samples if begun + which * length <= one["t"] <= begun + (which + 1) * length]

    def middle(self, proxy, which, key):
        return statistics.median(one[key] for one in self.fifth(proxy, which))


class Plan:
    """What was meant to happen."""

    def __init__(self, seconds, sample_seconds, switchover_seconds):
        self.minutes, self.samples = seconds / 60, seconds // sample_seconds
        self.switchovers = seconds // switchover_seconds


def happened(events):
    """The moments of switchovers after which another node was the primary. What was only asked for is no switchover."""
    return [event["t"] for event in events if event["what"] == "switched" and event["to"] not in ("", event["from"])]


def check(soak, proxy, plan, switchovers, leak_detection):
    checks = report.Checks()
    for name, least in LEAST_PER_MINUTE.items():
        done = soak.done[proxy].get(name, 0) / plan.minutes
        checks.add(done >= least, f"{proxy} had work: {name} a minute", f"{done:,.0f}, at least {least:,} wanted")
    checks.add(len(switchovers) >= max(1, plan.switchovers * LEAST_SHARE_OF_SWITCHOVERS), "the primary changed",
               f"{len(switchovers)} times of {plan.switchovers}")
    processes = {one["pid"] for one in [soak.start[proxy], *soak.samples[proxy], soak.end[proxy]]}
    checks.add(len(processes) == 1, f"{proxy} was one process all the time", f"{len(processes)}")
    number = len(soak.samples[proxy])
    checks.add(number >= plan.samples * LEAST_SHARE_OF_SAMPLES, f"{proxy} was looked at all the time",
               f"{number} samples, {plan.samples} expected")
    missing = [name for key, name, _, _ in FIGURES if not all(key in one for one in soak.samples[proxy])]
    if proxy == "pgproxy":
        checks.add(not missing, "every figure is known", f"not {', not '.join(missing)}" if missing else "yes")
    for key, name, unit, allowed in FIGURES if number >= 10 else []:
        if allowed is not None and name not in missing:
            grown = (soak.middle(proxy, 4, key) - soak.middle(proxy, 1, key)) / unit
            checks.add(grown <= allowed, f"{name}: growth from the second fifth to the last",
                       f"{grown:.1f}, at most {allowed} allowed")
    start, end = soak.start[proxy], soak.end[proxy]
    for key in ("descriptors", "threads"):
        checks.add(end[key] <= start[key], f"{key} when all clients had gone", f"{end[key]}, before them {start[key]}")
    if leak_detection:
        checks.add(soak.log and soak.leaks == 0, "buffers that were never given back",
                   f"{soak.leaks} in {len(soak.log)} lines of the log")
    return checks


def figures_table(soak):
    rows = []
    for proxy, samples in soak.samples.items():
        for key, name, unit, _ in FIGURES:
            if key in samples[0]:
                numbers = [soak.start[proxy][key], soak.middle(proxy, 1, key), soak.middle(proxy, 4, key),
                           max(one[key] for one in samples), soak.end[proxy][key]]
                rows.append([proxy, name, *(f"{number / unit:.{0 if unit == 1 else 1}f}" for number in numbers)])
    return table(["proxy", "what", "before", "second fifth, median", "last fifth, median", "most",
                  "when all had gone"], rows)


def charts(soak, switchovers):
    # Only here: what judges runs, and is tried, without it.
    import chart

    begun = min(samples[0]["t"] for samples in soak.samples.values())
    marks = [(at - begun) / 60 for at in switchovers]

    def lines(key, unit):
        return {proxy: [((one["t"] - begun) / 60, one[key] / unit) for one in samples]
                for proxy, samples in soak.samples.items() if key in samples[0]}
    drawn = [chart.chart(f"{name}, over minutes", lines(key, unit), marks) for key, name, unit, _ in FIGURES
             if lines(key, unit)]
    return chart.below_each_other(drawn)


def clients_table(done):
    keys = list(next(iter(done.values())))
    return table(["through", *keys], [[proxy, *(f"{found[key]:,}" for key in keys)] for proxy, found in done.items()])


def load(name):
    with open(os.path.join(FOLDER, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


def main():
    seconds, every, switchover_seconds = (int(text) for text in sys.argv[1:4])
    leak_detection, picture, proxies = sys.argv[4] == "yes", sys.argv[5], sys.argv[6:]
    with open(os.path.join(FOLDER, "pgproxy.log"), encoding="utf-8", errors="replace") as file:
        log = file.read()
    soak = Soak({proxy: journal.read(os.path.join(FOLDER, f"vitals-{proxy}.jsonl")) for proxy in proxies},
                {proxy: load(f"start-{proxy}") for proxy in proxies}, {proxy: load(f"end-{proxy}") for proxy in proxies},
                load("clients"), log)
    switchovers = happened(journal.read(os.path.join(FOLDER, "events.jsonl")))
    checks = check(soak, proxies[0], Plan(seconds, every, switchover_seconds), switchovers, leak_detection)
    with open(os.path.join(FOLDER, "result.svg"), "w", encoding="utf-8") as out:
        out.write(charts(soak, switchovers))
    parts = [WHAT.format(every=every) + (LEAKS if leak_detection else ""), "", "## Figures", "",
             f"![Each figure over time]({picture})", "", figures_table(soak), "",
             f"The clients, with {len(switchovers)} switchovers meanwhile:", "", clients_table(soak.done), "",
             "## Checks", "", checks.table()]
    report.write_page(report.page(SimpleNamespace(machine=report.machine()), "A long day, in minutes", parts))
    checks.tell()
    return 0 if checks.passed else 1


if __name__ == "__main__":
    sys.exit(main())

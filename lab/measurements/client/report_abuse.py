"""report_abuse.py SECONDS RULES PROXY...: the page of `lab/measure abuse`; yes for RULES: pgproxy had some."""
import math
import statistics
import sys
from types import SimpleNamespace

import report
from abuse_checks import MEGABYTE, check
from abuse_records import KINDS, Recorded, load
from report import table

WHAT = """## What was measured

What those who mean no good cost the others. A host of its own, with ten addresses, abuses one proxy and then the
other. Clients on another host go on through both proxies all the time: pgbench (select only, prepared, eight sessions
that are older than the abuse, 400 transactions a second; a latency counts from the moment at which a transaction was
due), and newcomers, two at a time, who connect, ask one question and leave, five times a second each, and go on after
a failure. So each proxy is seen in three situations: all quiet, itself abused, and the other one abused, which tells
what the abuse costs the machine and PostgreSQL that both share. Before each abuse is a quiet time of the same length;
whoever is put out comes back a second later. Afterwards the proxy is looked at until it has no more descriptors and
threads than before the first abuse; its garbage is collected then, so that what is used is what is held.

HAProxy has Patroni's template, with its limit of sessions raised from 100 to pgproxy's (9,900 here, from the 20,000
descriptors that a process may have). PostgreSQL has room for 300 sessions. Everything runs on one machine: the abuser
takes processor time from those whom it abuses. The figures are medians over the rounds, the worst round in
brackets."""


def usual_and_worst(numbers, digits, worst=max):
    known = [number for number in numbers if not math.isnan(number)]
    if not known:
        return "none"
    usual = f"{statistics.median(known):.{digits}f}"
    extreme = f"{worst(known):.{digits}f}"
    return usual if usual == extreme else f"{usual} ({extreme})"


def clients_table(recorded, kind):
    rows = []
    for proxy in recorded.proxies:
        for abused in [None, proxy] + [other for other in recorded.proxies if other != proxy]:
            phases = recorded.phases(kind, proxy, abused)
            if phases:
                rows.append([proxy, "all quiet" if abused is None else f"{abused} abused", *figures(phases)])
    return table(["through", "meanwhile", "transactions a second", "median, ms", "p99, ms", "slowest, ms", "failed",
                  "newcomers served", "refused or given up", "their median, ms", "their p95, ms"], rows)


def figures(phases):
    def of(key, digits=1, worst=max):
        return usual_and_worst([getattr(phase, key) for phase in phases], digits, worst)
    return [of("rate", 0, min), of("median"), of("p99"), of("worst", 0), sum(phase.failed for phase in phases),
            sum(phase.served for phase in phases), sum(phase.refused for phase in phases), of("new_median"),
            of("new_p95")]


def abuser_table(recorded):
    rows = []
    for kind in recorded.kinds:
        for proxy in recorded.proxies:
            did = recorded.of_rounds(kind, proxy, "abuse")
            if did:
                rows.append([KINDS[kind], proxy, *abuser_figures(did)])
    return table(["abuse", "against", "connects tried a second", "established a second", "open, median",
                  "put out a second", "first answers"], rows)


def abuser_figures(did):
    def a_second(key):
        return f"{statistics.median(one[key] / one['seconds'] for one in did):,.0f}"
    answers = {}
    for one in did:
        for text, number in one["answers"].items():
            answers[text] = answers.get(text, 0) + number
    told = "; ".join(f"{NAMES.get(text, text)}: {number}" for text, number in sorted(answers.items()))
    return [a_second("tried"), a_second("established"), f"{statistics.median(one['held'] for one in did):,.0f}",
            a_second("put_out"), told.replace("|", "\\|") or "none"]


NAMES = {"R": "a request for authentication", "S": "yes to encryption", "N": "no to encryption"}


def vitals_table(recorded):
    rows = []
    for proxy in recorded.proxies:
        start = recorded.files[f"start-{proxy}"]
        rows.append([proxy, "before all", "", *vital_figures([start])])
        for kind in recorded.kinds:
            after = recorded.of_rounds(kind, proxy, "after")
            if after:
                waited = max(one["waited"] for one in after)
                rows.append([proxy, kind, f"{waited:.1f}" if all(one["settled"] for one in after)
                             else f"not within {waited:.0f}", *vital_figures(after)])
    return table(["proxy", "after", "back after, s", "descriptors", "threads", "resident, MB", "direct buffers, MB",
                  "heap after a collection, MB"], rows)


def vital_figures(samples):
    def most(key):
        return max(one[key] for one in samples)

    def megabytes(key):
        return f"{most(key) / MEGABYTE:.1f}" if key in samples[0] else ""
    return [most("descriptors"), most("threads"), megabytes("rss"), megabytes("direct"), megabytes("heap")]


def refusals_table(recorded):
    """What newcomers were told, most frequent first."""
    counts = {}
    for name, seen in recorded.files.items():
        if name.endswith(("-abused", "-quiet")):
            _, kind, abused, _ = name.split("-")
            for proxy in recorded.proxies:
                for _, _, error in seen[proxy]["newcomers"]:
                    if error:
                        meanwhile = f"{kind} against {abused}" if name.endswith("-abused") else "all quiet"
                        key = proxy, meanwhile, report.plain(error)
                        counts[key] = counts.get(key, 0) + 1
    rows = [(proxy, kind, number, text) for (proxy, kind, text), number
            in sorted(counts.items(), key=lambda item: (item[0][0], -item[1]))]
    return table(["through", "meanwhile", "times", "text"], rows[:30])


def main():
    recorded = Recorded(load(), float(sys.argv[1]), sys.argv[3:])
    checks = check(recorded, rules=sys.argv[2] == "yes")
    parts = [WHAT, ""]
    for kind in recorded.kinds:
        parts += [f"## {KINDS[kind][0].upper()}{KINDS[kind][1:]}", "", clients_table(recorded, kind), ""]
    parts += ["## What the abuser did", "", abuser_table(recorded), "", "## What was left afterwards", "",
              "The most of all rounds.", "", vitals_table(recorded), "", "## Checks", "", checks.table(), "",
              "## What newcomers were told", "", refusals_table(recorded)]
    report.write_page(report.page(SimpleNamespace(machine=report.machine()), "What abuse costs the others", parts))
    checks.tell()
    return 0 if checks.passed else 1


if __name__ == "__main__":
    sys.exit(main())

"""What must hold of an abuse: that there was one, that it harmed nobody, and that it left nothing behind."""
import math

import report
from abuse_records import KINDS
from abuser import SIZES

# Who means to stay is there, or was put out for it: not all of them on a busy machine, but nearly.
LEAST_SHARE_OF_CROWD = 0.9
# A byte a second of each is meant; the abuser has one processor at most.
LEAST_BYTES_PER_SECOND = 0.5
# Established a second by those who leave at once. Far below what was ever seen: 140 and 3,500 on two busy cores.
LEAST_PER_SECOND = {"hammer": 50, "connects": 1000}
# A transaction that waits until the abuse is over has not failed; without this, a standstill would pass.
LEAST_SHARE_OF_RATE = 0.5
# p99 of the sessions that are there, against the quiet time just before. The abuser and its work in PostgreSQL take
# the processors too, so it is wide; the neighbours through the other proxy have the same machine at the same time,
# so that bound is narrower. Below the floor nobody would call it harm.
MOST_OF_QUIET, MOST_OF_NEIGHBOURS, FLOOR_MS = 50, 10, 100
# With rules no newcomer is refused, and that many of those who come when all is quiet get through. Without them a
# proxy cannot tell who is who, and newcomers must be served half as often as HAProxy's own under the same abuse.
LEAST_SHARE_OF_QUIET, LEAST_SHARE_OF_HAPROXY = 0.1, 0.5
# What a process may have grown by when the abuse is over. The heap's own room is the JVM's to use, so the bound of
# the whole process is wider than those of what is really held.
BOUNDS_MB = {"rss": 64, "direct": 16, "heap": 16}
MEGABYTE = 1 << 20


def check(recorded, rules):
    """`rules`: whether pgproxy was told to tell its sources apart."""
    checks = report.Checks()
    for kind in KINDS:
        for proxy in recorded.proxies:
            check_abuse(checks, recorded, kind, proxy)
        if "pgproxy" in recorded.proxies:
            check_sessions(checks, recorded, kind)
            check_newcomers(checks, recorded, kind, rules)
    if "pgproxy" in recorded.proxies:
        check_vitals(checks, recorded)
    return checks


def check_abuse(checks, recorded, kind, proxy):
    did = recorded.of_rounds(kind, proxy, "abuse")
    share, seen = min((abuse_of(kind, one) for one in did), default=(0, "nothing"))
    checks.add(did and len(did) == len(recorded.rounds) and share >= 1, f"{kind}: {proxy} was abused", seen)


def abuse_of(kind, did):
    """How much of the least that must be there was there, and the words for it."""
    if kind in LEAST_PER_SECOND:
        rate, least = did["established"] / did["seconds"], LEAST_PER_SECOND[kind]
        return rate / least, f"{rate:,.0f} established a second, at least {least:,} wanted"
    least = SIZES[kind] * LEAST_SHARE_OF_CROWD
    counts = {"came": did["established"], "stayed or were put out": did["held"] + did["put_out"]}
    if kind == "ssl":
        counts["were answered or put out"] = sum(did["answers"].values()) + did["put_out"]
    share = min(counts.values()) / least
    seen = ", ".join(f"{count:,.0f} {what}" for what, count in counts.items()) + f", at least {least:,.0f} wanted"
    if kind == "drip":
        bytes_wanted = did["held"] * did["seconds"] * LEAST_BYTES_PER_SECOND
        share = min(share, did["said"] / max(1, bytes_wanted))
        seen += f"; {did['said']:,} bytes, at least {bytes_wanted:,.0f} wanted"
    return share, seen


def check_sessions(checks, recorded, kind):
    abused, quiet = recorded.phases(kind, "pgproxy", "pgproxy"), recorded.quiet_before(kind, "pgproxy")
    beside = [phase for other in recorded.others("pgproxy") for phase in recorded.phases(kind, other, "pgproxy")]
    failed = sum(phase.failed for phase in abused)
    checks.add(abused and failed == 0, f"{kind}: no transaction of a session that was there failed",
               f"{failed} of {sum(phase.rate for phase in abused) * recorded.seconds:.0f}")
    share = worst_ratio(quiet, abused, lambda before, now: before.rate / now.rate if now.rate else math.inf)
    checks.add(share <= 1 / LEAST_SHARE_OF_RATE, f"{kind}: they did not stand still",
               f"{min((phase.rate for phase in abused), default=0):.0f} a second, at least "
               f"{LEAST_SHARE_OF_RATE * 100:.0f}% of before wanted")
    for others, name, most in ((quiet, "before", MOST_OF_QUIET), (beside, "of their neighbours", MOST_OF_NEIGHBOURS)):
        slow = worst_ratio(abused, others, lambda now, other: now.p99 / max(other.p99, FLOOR_MS / most))
        checks.add(slow <= most, f"{kind}: their p99 against that {name}",
                   f"{figures_of(abused)} against {figures_of(others)} ms, at most {most} times as long allowed, or "
                   f"{FLOOR_MS} ms")


def worst_ratio(phases, others, ratio):
    """Of the rounds; one that is missing, or without a figure, is the worst."""
    if not phases or len(phases) != len(others):
        return math.inf
    ratios = [ratio(one, other) for one, other in zip(phases, others)]
    return math.inf if any(math.isnan(one) for one in ratios) else max(ratios)


def figures_of(phases):
    return ", ".join(f"{phase.p99:.1f}" for phase in phases) or "nothing"


def check_newcomers(checks, recorded, kind, rules):
    abused = recorded.phases(kind, "pgproxy", "pgproxy")
    served, refused = sum(phase.served for phase in abused), sum(phase.refused for phase in abused)
    if rules:
        checks.add(abused and refused == 0, f"{kind}: no newcomer was refused or gave up", f"{refused}")
        usual = sum(phase.served for phase in recorded.quiet_before(kind, "pgproxy"))
        least = usual * LEAST_SHARE_OF_QUIET
    else:
        least = LEAST_SHARE_OF_HAPROXY * sum(phase.served for phase in recorded.phases(kind, "haproxy", "haproxy"))
    least = max(1, math.ceil(least))
    checks.add(served >= least, f"{kind}: newcomers were served", f"{served}, at least {least} wanted")


def check_vitals(checks, recorded):
    start = recorded.files["start-pgproxy"]
    after = [(kind, one) for kind in KINDS for one in recorded.of_rounds(kind, "pgproxy", "after")]
    processes = {one["pid"] for one in [start, *(one for _, one in after)]}
    checks.add(len(processes) == 1, "pgproxy was one process all the time", f"{len(processes)}")
    late = sorted({kind for kind, one in after if not one["settled"]})
    checks.add(after and not late, "descriptors and threads are back to what they were before the first abuse",
               f"not after: {', '.join(late)}" if late else f"after each of {len(after)}, in at most "
               f"{max((one['waited'] for _, one in after), default=0):.1f} s")
    for key, name in (("rss", "resident memory"), ("direct", "direct buffers"), ("heap", "heap after a collection")):
        grown = max((one[key] - start[key] for _, one in after), default=math.inf) / MEGABYTE
        checks.at_most(f"growth of {name}", grown, BOUNDS_MB[key], "MB")

"""What the records of the pair prove. Pure: records in, numbers out; no clock, no socket, no file."""
import math
import re

import ledger

# If nobody was served for so long up to the end of a time, then the outage was not over. A machine that is busy keeps
# attempts waiting for less.
STILL_SERVED_SECONDS = 0.5


# --- who had the address ---------------------------------------------------------------------------------------

class Holdings:
    """When each host had one address, from the watcher's records."""

    def __init__(self, records, address):
        self.address = address
        self.hosts = sorted({record["host"] for record in records if "host" in record})
        self.spans = {host: list(self._spans_of(host, records)) for host in self.hosts}
        self.errors = [record["error"] for record in records if "error" in record]
        self._late = [(record["t"], record["late"]) for record in records if "late" in record]
        self.seen_from = min((record["t"] for record in records), default=math.inf)
        self.seen_to = max((record["t"] for record in records), default=-math.inf)

    def _spans_of(self, host, records):
        begin = None
        for record in records:
            if record.get("host") != host:
                continue
            there = self._there_after(record)
            if there and begin is None:
                begin = record["t"]
            elif there is False and begin is not None:
                yield begin, record["t"]
                begin = None
        if begin is not None:
            yield begin, math.inf

    def _there_after(self, record):
        """None if the record is about another address."""
        if record["change"] == "start":
            return self.address in record["addresses"]
        return record["change"] == "new" if record["address"] == self.address else None

    def at(self, time):
        """The hosts that had it at that moment."""
        return [host for host in self.hosts if any(begin <= time < end for begin, end in self.spans[host])]

    def together(self, begin, end):
        """Seconds in which more than one host had it."""
        return self._seconds(begin, end, lambda number: number > 1)

    def nowhere(self, begin, end):
        """Seconds in which no host had it."""
        return self._seconds(begin, end, lambda number: number == 0)

    def _seconds(self, begin, end, wanted):
        moments = sorted({begin, end, *(time for spans in self.spans.values() for span in spans for time in span
                                        if begin < time < end)})
        return sum(later - earlier for earlier, later in zip(moments, moments[1:]) if wanted(len(self.at(earlier))))

    def gone(self, host, begin, end):
        """When that host lost it in this time, first; None if it never did."""
        return min((over for _, over in self.spans[host] if begin <= over < end), default=None)

    def came(self, host, begin, end):
        """When that host got it in this time, first; None if it never did."""
        return min((since for since, _ in self.spans[host] if begin <= since < end), default=None)

    def late(self, begin, end):
        """The longest time in which the watcher slept too long; infinite if it was not there all the time."""
        if not (self.seen_from <= begin and end <= self.seen_to):
            return math.inf
        # Each of its records is about the second before it.
        return max((late for at, late in self._late if begin <= at and at - 2 <= end), default=math.inf)


# --- what the clients had of it --------------------------------------------------------------------------------

class Attempts:
    """All attempts of the client that comes every 5 ms, as [start, end, outcome]."""

    def __init__(self, records):
        self.all = sorted(records)
        self.served = [one for one in self.all if one[2] == "ok"]

    def outage(self, begin, end):
        """(seconds, over) of the longest time in which nobody was served: between two attempts that succeeded, by
        their starts or by their ends, whichever is longer. By the ends alone, attempts that are all kept waiting and
        then served count too; by the starts alone, one slow attempt does not hide those after it. The last one before
        the fault counts, so nothing of what it cost is cut off, and so does the end of the time. It is not over if
        nobody was served any more at that end."""
        seconds, over = 0.0, True
        for which in (0, 1):
            times = [one[which] for one in self.served]
            moments = [max((at for at in times if at < begin), default=begin),
                       *sorted(at for at in times if begin <= at < end), end]
            seconds = max(seconds, *(later - earlier for earlier, later in zip(moments, moments[1:])))
            over = over and moments[-1] - moments[-2] <= STILL_SERVED_SECONDS
        return seconds, over

    def failed(self, begin, end):
        return [one for one in self.all if begin <= one[0] < end and one[2] != "ok"]

    def first_failed_to_served(self, begin, end):
        """Seconds from the start of the first attempt that failed to that of the first one after it that succeeded;
        0 if none failed, infinite if none succeeded."""
        failed = self.failed(begin, end)
        if not failed:
            return 0.0
        return next((start for start, _, _ in self.served if failed[0][0] < start < end), math.inf) - failed[0][0]

    def longest_pause(self, begin, end):
        """The longest time between two starts of any attempts: what the client itself could not have seen."""
        starts = [start for start, _, _ in self.all if begin - 1 <= start < end]
        return max((later - earlier for earlier, later in zip(starts, starts[1:])), default=math.inf)


def heard(held, begin, end):
    """Seconds after the fault at which the session that was held then ended by itself; infinite if it never did, None
    if none was held."""
    ends = {record["connected"]: record["ended"] for record in held if "ended" in record}
    before = [record["connected"] for record in held if record["connected"] < begin]
    if not before or ends.get(before[-1], math.inf) < begin:
        return None
    over = ends.get(before[-1], math.inf)
    return over - begin if over < end else math.inf


# --- one round -------------------------------------------------------------------------------------------------

class Round:
    """One fault: what it cost until it was mended, and what mending it cost until the next."""

    def __init__(self, fault, mend, end, holdings, attempts, held, own):
        self.kind, self.number, self.active = fault["kind"], int(fault["number"]), fault["active"]
        self.begin, self.mended = fault["t"], mend["t"]
        vip = holdings.address
        self.held_before = fault["held"]
        self.still_there = vip in fault["after"]
        self.host_stands = (own[self.active].address in fault["after"]
                            and own[self.active].gone(self.active, self.begin, end) is None)
        self.outage, self.served_again = attempts.outage(self.begin, self.mended)
        self.first_failed = attempts.first_failed_to_served(self.begin, self.mended)
        self.failed = attempts.failed(self.begin, self.mended)
        self.together = holdings.together(self.begin, self.mended)
        self.nowhere = holdings.nowhere(self.begin, self.mended)
        self.holders = holdings.at(self.mended)
        self.together_after = holdings.together(self.mended, end)
        self.outage_after = attempts.outage(self.mended, end)[0]
        self.gone = holdings.gone(self.active, self.begin, self.mended)
        self.heard = heard(held, self.begin, self.mended)
        self.heard_before_gone = (None if self.heard is None or self.gone is None
                                  else self.begin + self.heard - self.gone)
        self.late = holdings.late(self.begin, end)
        self.blind = attempts.longest_pause(self.begin, self.mended)


def rounds(events, holdings, attempts, held, own, over):
    """Each fault with its mending, up to the next fault or the end of the recording. `own`: the Holdings of each host's
    own address, by its name."""
    found, faults = [], [event for event in events if event["what"] == "fault"]
    ends = [event["t"] for event in faults[1:]] + [over]
    for fault, end in zip(faults, ends):
        mend = next((event for event in events if event["what"] == "mend" and fault["t"] < event["t"] <= end), None)
        if mend:
            found.append(Round(fault, mend, end, holdings, attempts, held, own))
    return found


def canary_seen(canary, records):
    """Seconds of an address that was put on both hosts on purpose, as the watcher saw it on both."""
    return Holdings(records, canary["address"]).together(canary["t"], canary["end"] + 1)


def median_and_worst(numbers):
    return ledger.median(numbers), max(numbers, default=math.nan)


_PAUSE = re.compile(r"^\[[0-9.]+s\] GC\([0-9]+\) Pause .* ([0-9.]+)ms$")


def pauses(lines):
    """Seconds of each pause for a garbage collection, from a JVM's own log (-Xlog:gc:stdout:uptime)."""
    return [float(found.group(1)) / 1000 for found in map(_PAUSE.match, map(str.rstrip, lines)) if found]

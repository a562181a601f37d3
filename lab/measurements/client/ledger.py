"""What the records prove. Pure: records in, numbers out; no clock, no socket, no file.

Wherever the records leave something open, it is counted against the proxy, with one exception that has to be: a
node's answer says what was true at some moment between question and answer, so "it was not a yes" is only known
up to the question of the last answer that was none.
"""
import bisect
import math

YES, NOT_NOW, NO, SILENCE = "yes", "not now", "no", "silence"
PRIMARY_ROLES = ("primary", "master")


def verdict(record):
    """What one answer of a node says of it as a primary."""
    status, role = record.get("status"), record.get("role")
    if status == 200 and role in PRIMARY_ROLES and record.get("state") == "running":
        return YES
    if status == 200 or (status == 503 and role in PRIMARY_ROLES):
        return NOT_NOW
    return NO if status == 503 else SILENCE


def _known_at(record):
    """An answer counts from when it was there, silence from the question that it met."""
    return record["sent"] if verdict(record) == SILENCE else record["answered"]


class Node:
    """What one node said of itself over the whole time."""

    def __init__(self, name, records):
        self.name = name
        self.records = records
        self.spans = list(self._spans_without_yes())
        self._span_begins = [begin for begin, _ in self.spans]
        self._noes = [record for record in records if verdict(record) == NO]
        self._no_sent = [record["sent"] for record in self._noes]

    def _spans_without_yes(self):
        begin = end = None
        for record in self.records:
            if verdict(record) == YES:
                if begin is not None and end >= begin:
                    yield begin, end
                begin = None
            else:
                begin = _known_at(record) if begin is None else begin
                end = record["sent"]
        if begin is not None:
            yield begin, math.inf

    def time_without_yes(self, at):
        """For how long, at that time, its answer had not been a yes any more."""
        index = bisect.bisect_right(self._span_begins, at) - 1
        if index < 0 or at > self.spans[index][1]:
            return 0.0
        return at - self.spans[index][0]

    def first_no_asked_after(self, at):
        index = bisect.bisect_left(self._no_sent, at)
        return self._noes[index]["answered"] if index < len(self._noes) else math.inf

    def certain_until(self, at):
        """Until when, from a yes at that time on, it is known to have said nothing else; silence says nothing."""
        last_yes = at
        for record in self.records:
            if record["answered"] <= at:
                continue
            if verdict(record) == YES:
                last_yes = max(at, record["sent"])
            elif verdict(record) != SILENCE:
                return last_yes
        return math.inf

    def first_denial(self, begin, end):
        """When in this time it first answered anything but a yes; silence is no answer. None if it never did."""
        return next((record["answered"] for record in self.records if begin <= record["sent"] < end
                     and verdict(record) in (NOT_NOW, NO)), None)

    def timeline_at(self, at):
        """By its last yes before that; None if it never said one."""
        return next((record["timeline"] for record in reversed(self.records) if record["answered"] <= at
                     and verdict(record) == YES), None)

    def silent_throughout(self, begin, end):
        """Whether no question of this time was answered in it, and there was one."""
        asked = [record for record in self.records if begin <= record["sent"] < end]
        return bool(asked) and all(verdict(record) == SILENCE or record["answered"] > end for record in asked)

    def first_yes(self, begin, end):
        """The first yes to a question asked in this time, and for how long at most it may have been true before."""
        before = None
        for record in self.records:
            if record["sent"] >= end:
                break
            if record["sent"] >= begin and verdict(record) == YES:
                return record, record["answered"] - (before["sent"] if before else record["sent"])
            before = record
        return None


class Cluster:
    """All nodes together: what one says can make another's claim void."""

    def __init__(self, watches):
        self.nodes = {name: Node(name, records) for name, records in watches.items()}
        self._promotions = sorted(self._first_yes_of_each_timeline())

    def _first_yes_of_each_timeline(self):
        for node in self.nodes.values():
            seen = set()
            for record in node.records:
                if verdict(record) == YES and record["timeline"] not in seen:
                    seen.add(record["timeline"])
                    yield record["answered"], record["timeline"], node.name

    def void_since(self, node, timeline, connected):
        """When a session's node was known to be no primary any more: by its own no, or by a yes on a higher
        timeline elsewhere."""
        own = self.nodes[node].first_no_asked_after(connected)
        elsewhere = min((at for at, higher, name in self._promotions
                         if name != node and timeline is not None and higher > timeline), default=math.inf)
        return max(connected, min(own, elsewhere))


# --- what clients did --------------------------------------------------------------------------------------

def sessions_of(records):
    """Every session of one client that was established: connected, end, node, timeline; the node is None if the
    session ended before it said who it was."""
    for record in records:
        if "connected" in record and "end" in record:
            yield {"connected": record["connected"], "end": record["end"], "node": record.get("node"),
                   "timeline": record.get("timeline")}


def acknowledged(records):
    """Every row of one client whose commit was confirmed; one that came with a warning which takes half of it back is
    none."""
    return [record for record in records if "acked" in record and "unknown" not in record]


def unknown(records):
    """Rows of which PostgreSQL itself said that they may not be on any other node."""
    return [record for record in records if "unknown" in record]


def worst_new_session(cluster, sessions):
    """(seconds, session): the longest time that a node's answer had not been a yes when a session was
    established on it."""
    return max(((cluster.nodes[one["node"]].time_without_yes(one["connected"]), one) for one in sessions
                if one["node"]), key=lambda pair: pair[0], default=(0.0, None))


def worst_outliving(cluster, sessions):
    """(seconds, session): the longest time that a session outlived its node's no."""
    def outlived(one):
        return max(0.0, one["end"] - cluster.void_since(one["node"], one["timeline"], one["connected"]))
    return max(((outlived(one), one) for one in sessions if one["node"]), key=lambda pair: pair[0],
               default=(0.0, None))


def worst_old_write(rows, all_rows):
    """(seconds, row): for how long after the first confirmed write on a higher timeline a row was still confirmed
    on a lower one. `rows` are judged, `all_rows` say when the first was."""
    first = {}
    for row in all_rows:
        timeline = row["wrote_timeline"]
        first[timeline] = min(first.get(timeline, math.inf), row["acked"])
    worst = (0.0, None)
    for row in rows:
        since = min((at for timeline, at in first.items() if timeline > row["wrote_timeline"]), default=math.inf)
        worst = max(worst, (row["acked"] - since, row), key=lambda pair: pair[0])
    return worst


def nodes_of_timelines(pairs):
    """Timeline to the set of nodes that took writes on it, from pairs of node and timeline."""
    found = {}
    for node, timeline in pairs:
        found.setdefault(timeline, set()).add(node)
    return found


# --- what a fault cost -------------------------------------------------------------------------------------

def promotion(cluster, old, begin, end, may_return=False):
    """(record, uncertainty, node) of the first yes of another node than the old primary; with may_return also of the
    old one itself, after it had answered something else."""
    found = []
    for node in cluster.nodes.values():
        since = begin
        if node.name == old:
            since = node.first_denial(begin, end) if may_return else None
        yes = node.first_yes(since, end) if since is not None else None
        if yes:
            found.append((*yes, node.name))
    return min(found, key=lambda one: one[0]["answered"], default=None)


def together(clients):
    """The records of several clients as if one had made them, in the order in which they were over."""
    return sorted((record for records in clients for record in records), key=_over)


def cost(records, new, yes_at, begin, end, since=-math.inf):
    """What one client, or several together, saw of one fault between begin and end; None if none of them wrote to the
    new primary. Where that is the old one, started again, only sessions of after `since` are its new ones."""
    acks = sorted(acknowledged(records), key=lambda row: row["acked"])
    first = next((row for row in acks if row["wrote"] == new and begin <= row["acked"] < end
                  and row.get("of", row.get("connected", math.inf)) > since), None)
    if first is None:
        return None
    before = [row["acked"] for row in acks if row["acked"] < first["acked"]]
    failed = [failure(record) for record in records if "error" in record and begin <= _over(record) < end]
    return {"after_yes": first["acked"] - yes_at,
            "gap": first["acked"] - before[-1] if before else math.nan,
            "failed": {kind: failed.count(kind) for kind in FAILURES}}


def longest_wait(records, begin, end):
    """The longest time that one client, which comes and goes, took from its first attempt to its confirmed write."""
    worst, since = 0.0, None
    for record in records:
        since = record["start"] if since is None else since
        if "acked" in record:
            if begin <= record["acked"] < end:
                worst = max(worst, record["acked"] - since)
            since = None
    return worst


CONNECT, ENDED, OTHER = FAILURES = ("connect", "ended", "other")
# What PostgreSQL says to a session that it ends; nobody else says it so.
_LAST_WORDS = ("terminating connection due to administrator command",
               "terminating connection due to unexpected postmaster exit",
               "terminating connection because of crash of another server process")


def failure(record):
    """What failed of an operation: to connect, or a statement that PostgreSQL itself ended in its own words, or
    anything else."""
    if "connected" not in record:
        return CONNECT
    error = record["error"]
    return ENDED if "pgproxy:" not in error and any(words in error for words in _LAST_WORDS) else OTHER


def _over(record):
    """When an operation was over: a session of its own by its end, a row over a held one by its confirmation."""
    return record.get("end", record.get("failed", record.get("acked", 0)))


def median(numbers):
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if not ordered:
        return math.nan
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


# --- what is in the databases ------------------------------------------------------------------------------

def lost(acked_rows, kept):
    """Confirmed rows, as (client, row), that are not there; kept is a set of (client, n)."""
    return [(client, row) for client, rows in acked_rows.items() for row in rows if (client, row["n"]) not in kept]


def unexplained(gone, acked_rows, kept):
    """Those of the lost rows, as `lost` gives them, that asynchronous replication cannot lose: what it loses is the
    end of a timeline, so a row is not lost by it if one that was sent after its confirmation, on the same timeline, is
    kept."""
    last_kept = {}
    for client, rows in acked_rows.items():
        for row in rows:
            if (client, row["n"]) in kept:
                timeline = row["wrote_timeline"]
                last_kept[timeline] = max(last_kept.get(timeline, -math.inf), row["sent"])
    return [(client, row) for client, row in gone
            if row["acked"] < last_kept.get(row["wrote_timeline"], -math.inf)]


def fault_of(row, promotions):
    """The kind of the fault that ended the timeline of that row, of pairs of kind and the timeline that began then, in
    order of time; None if none did."""
    return next((kind for kind, timeline in promotions if timeline > row["wrote_timeline"]), None)


# --- what Patroni says ---------------------------------------------------------------------------------------

def in_history(history, timeline, node):
    """What Patroni's history says of the end of the timeline before that one, if it names the node as the one that
    went on: [timeline, position, reason, time, node]; None otherwise."""
    return next((line for line in history if line[0] == timeline - 1 and len(line) > 4 and line[4] == node), None)

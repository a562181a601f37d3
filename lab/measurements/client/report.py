"""What every result has: the recording, the checks, the page."""
import collections
import datetime
import json
import math
import os
import re

import journal
import ledger
from lab import FOLDER, NODES, SSLMODES

# One poll of pgproxy, in seconds: the time within which a no of a node must have had its effect.
INTERVAL_SECONDS = 1.0


class Recording:
    """Everything that was written down, by name."""

    def __init__(self, proxies):
        self.proxies = proxies
        self.events = journal.read(os.path.join(FOLDER, "events.jsonl"))
        self.cluster = ledger.Cluster(journal.read_all(FOLDER, "watch-"))
        self.clients = {kind: journal.read_all(FOLDER, kind + "-") for kind in ("write", "crowd", "idle", "held")}
        self.activity = journal.read_all(FOLDER, "activity-")
        self.rows = {node: [tuple(row) for row in rows] for node, rows in journal.read_all(FOLDER, "rows-").items()}
        self.history = journal.read(os.path.join(FOLDER, "history.jsonl"))
        self.promotions, self.ended = promotions(), ended()

    @property
    def machine(self):
        return machine()

    def faults(self):
        """Each fault, with the time at which it is over: the next one, or the end."""
        faults = [event for event in self.events if event["what"] == "fault"]
        ends = [event["t"] for event in faults[1:]] + [math.inf]
        return list(zip(faults, ends))

    def wall_end(self, fault):
        """The end of that fault's time by the wall's clock, which is of servers' logs."""
        return min((event["wall"] for event in self.events if event["what"] == "fault" and event["t"] > fault["t"]),
                   default=math.inf)

    def mended(self, fault):
        """When what that fault broke was mended; never, if nobody said so."""
        return next((event["t"] for event in self.events if event["what"] == "mend" and event["kind"] == fault["kind"]
                     and event["number"] == fault["number"]), math.inf)

    def of_proxy(self, proxy=None, kinds=("write", "crowd", "idle", "held")):
        """Client name to records, of one proxy or of all."""
        return {f"{kind}-{name}": records for kind in kinds for name, records in self.clients[kind].items()
                if proxy in (None, name.split("-")[0])}

    def sessions(self, proxy):
        return [one for records in self.of_proxy(proxy).values() for one in ledger.sessions_of(records)]

    def acked(self, proxy=None):
        """Client name to confirmed rows, of one proxy or of all."""
        names = self.of_proxy(proxy, ("write", "crowd", "held"))
        return {name: ledger.acknowledged(records) for name, records in names.items()}

    def acked_rows(self, proxy=None):
        return [row for rows in self.acked(proxy).values() for row in rows]

    def on_server(self, proxy, node):
        """Sessions of one proxy as the server itself listed them."""
        return [one for one in self.activity.get(node, []) if one["client"].split("-")[1] == proxy]


class Checks:
    """Each says what must hold, the worst that was seen, and whether it holds."""

    def __init__(self):
        self.lines = []

    def at_most(self, what, worst, limit, unit):
        good = worst <= limit
        self.add(good, what, f"{_number(worst, unit)} {unit}, at most {limit} {unit} allowed")

    def add(self, good, what, seen):
        self.lines.append(("PASS" if good else "FAIL", what, seen))

    @property
    def passed(self):
        return bool(self.lines) and all(verdict == "PASS" for verdict, _, _ in self.lines)

    def table(self):
        return table(["", "check", "worst seen"], self.lines)

    def tell(self):
        for verdict, what, seen in self.lines:
            print(f"{verdict}  {what}: {seen}")


def ledger_checks(checks, recording, proxy, shown=None):
    """What the ledger must prove of one proxy, in whatever measurement."""
    shown = shown or proxy
    sessions = recording.sessions(proxy)
    late, _ = ledger.worst_new_session(recording.cluster, sessions)
    checks.at_most(f"{shown}: no new session on a node whose own answer had stopped being a yes"
                   f" ({len(sessions)} sessions)", late, INTERVAL_SECONDS, "s")
    outlived, _ = ledger.worst_outliving(recording.cluster, sessions)
    checks.at_most(f"{shown}: no session outlives its node's no", outlived, INTERVAL_SECONDS, "s")
    rows = recording.acked_rows(proxy)
    old, _ = ledger.worst_old_write(rows, recording.acked_rows())
    checks.at_most(f"{shown}: no write confirmed by an old primary after one by its successor ({len(rows)} writes)",
                   old, 0, "s")


def recorder_check(checks, recording):
    checks.add(recording.ended == "good", "everything that records did so to the end", recording.ended)


def database_checks(checks, recording):
    """What the databases themselves must show at the end."""
    kept = [frozenset(rows) for rows in recording.rows.values()]
    checks.add(len(kept) == len(NODES) and len(set(kept)) == 1, "all nodes have the same rows at the end",
               ", ".join(f"{node} {len(rows)}" for node, rows in recording.rows.items()))
    in_table = [(row[3], row[4]) for row in next(iter(recording.rows.values()), [])]
    confirmed = [(row["wrote"], row["wrote_timeline"]) for row in recording.acked_rows()]
    nodes = ledger.nodes_of_timelines(in_table + confirmed)
    most = max((len(names) for names in nodes.values()), default=0)
    checks.add(most == 1, "each timeline was written by one node, in the table and in what clients were told",
               f"{most} on one of {len(nodes)} timelines")


def kept_rows(recording):
    return {(row[0], row[1]) for row in next(iter(recording.rows.values()), [])}


def beside(recording, proxy):
    """The same numbers for the other proxy, not judged."""
    late, _ = ledger.worst_new_session(recording.cluster, recording.sessions(proxy))
    outlived, _ = ledger.worst_outliving(recording.cluster, recording.sessions(proxy))
    old, _ = ledger.worst_old_write(recording.acked_rows(proxy), recording.acked_rows())
    unnamed = sum(1 for one in recording.sessions(proxy) if not one["node"])
    return [proxy, len(recording.sessions(proxy)), f"{late:.2f} s", f"{outlived:.2f} s", f"{max(0, old):.2f} s", unnamed]


def ledger_table(recording, names=None):
    """`names`: how proxies are called on the page, where it is not by their own names."""
    lines = [beside(recording, proxy) for proxy in recording.proxies]
    return table(["proxy", "sessions", "latest new session after its node's last yes",
                  "longest that a session outlived its node's no", "latest write by an old primary",
                  "sessions that ended before they said where they were"],
                 [[(names or {}).get(proxy, proxy), *rest] for proxy, *rest in lines])


def machine():
    with open(os.path.join(FOLDER, "machine.json"), encoding="utf-8") as file:
        return json.load(file)


def ended():
    """What the recorder said when it ended."""
    try:
        with open(os.path.join(FOLDER, "ended"), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return "it did not end"


def promotions():
    """Node to the times, of the wall's clock, at which its Patroni wrote into its log that it promoted PostgreSQL."""
    return {node: [at for at in map(_logged, _lines(f"promotions-{node}.log")) if at is not None] for node in NODES}


def _lines(name):
    try:
        with open(os.path.join(FOLDER, name), encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def _logged(line):
    """The time that a line begins with, in UTC as the lab's hosts have it; None if it begins with none."""
    try:
        at = datetime.datetime.strptime(line[:23], "%Y-%m-%d %H:%M:%S,%f")
    except ValueError:
        return None
    return at.replace(tzinfo=datetime.timezone.utc).timestamp()


def promoted_in_log(times, event):
    """The time at which the new primary's Patroni wrote that it promoted, in the time of this fault; None if it did
    not."""
    return next((at for at in times.get(event.new, ()) if event.fault["wall"] <= at < event.wall_end), None)


# --- the page ----------------------------------------------------------------------------------------------

def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def page(recording, title, parts):
    setting = [f"Measured on {recording.machine['date']} with `{recording.machine['command']}`.", "",
               table(["what", "which"], [(key, value) for key, value in recording.machine["facts"].items()])]
    return "\n".join([f"# {title}", "", *setting, "", *parts, ""])


def errors_table(recording):
    """What failed operations said, most frequent first, without names and numbers that differ each time."""
    rows = []
    for proxy in recording.proxies:
        texts = collections.Counter(
            plain(record["error"]) for records in recording.of_proxy(proxy).values() for record in records
            if "error" in record)
        rows += [(proxy, number, text) for text, number in texts.most_common(6)]
    return table(["through", "times", "text"], rows)


def plain(text):
    text = re.sub(r'connection to server at "[^"]*" \([^)]*\), port \d+ failed: ', "", text)
    text = re.sub(r"\d+\.\d+\.\d+\.\d+", "ADDRESS", text)
    return re.sub(r"\d+(\.\d+)?", "N", text)[:160].replace("|", "\\|")


def milliseconds(seconds):
    """A client may be served before the watcher has its answer: that is 0, and the sign stays to be seen."""
    if seconds is None or math.isnan(seconds):
        return "none"
    shown = round(seconds * 1000)
    return str(shown) if shown >= 0 else f"0 ({shown})"


def worst_of(numbers):
    return max(numbers, default=math.nan)


def _number(value, unit):
    if isinstance(value, float) and (math.isnan(value) or math.isinf(value)):
        return "no figure"
    return f"{value:.0f}" if unit == "ms" else f"{value:.2f}"


def write_page(text):
    with open(os.path.join(FOLDER, "result.md"), "w", encoding="utf-8") as out:
        out.write(text)


def clients_of(proxies, kind):
    """Proxy, sslmode and the client's name, in the order of the tables."""
    return [(proxy, sslmode, f"{kind}-{proxy}-{sslmode}") for proxy in proxies for sslmode in SSLMODES]

"""Asks one node's own REST API, again and again, what it is."""
from journal import Journal, now
from lab import address, ask

PERIOD_SECONDS = 0.025
# Long enough for a Patroni that is busy promoting; a dead host costs one request a second.
TIMEOUT_SECONDS = 1.0


def watch(folder, node, stop):
    """At most one request in flight; an answer that takes longer than a period skips beats."""
    journal, host = Journal(folder, "watch-" + node), address(node)
    beat = now()
    while not stop.is_set():
        journal.write(_question(host))
        beat = max(beat + PERIOD_SECONDS, now())
        stop.wait(beat - now())


def _question(host):
    record = {"sent": now()}
    try:
        status, body = ask(host, TIMEOUT_SECONDS)
        record.update(status=status, role=body.get("role"), state=body.get("state"), timeline=body.get("timeline"))
    except (OSError, ValueError, IndexError) as error:
        record["error"] = type(error).__name__
    record["answered"] = now()
    return record

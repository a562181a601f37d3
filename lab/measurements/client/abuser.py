"""One who means no good, against one proxy. Runs on a host of its own with several addresses.

    abuser.py KIND HOST START SECONDS SOURCES

    silent    5,000 connections that say nothing
    drip      5,000 that send a byte a second of a startup packet
    ssl       1,000 that ask for encryption and then say nothing
    hammer    one source, 128 connections at a time: startup packet, first answer, leave, again, as fast as it can
    connects  20,000 connects a second: connect and leave, every second one with a reset

Begins at START (of the machine's clock), and prints what it really did as one JSON line. Whoever of the first three
is put out comes back a second later. SOURCES: addresses of this host, by commas.
"""
import collections
import json
import multiprocessing
import socket
import struct
import sys
import time

from crowd import RETURN_SECONDS, Crowd, Sources, Tally

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_PARAMETERS = b"user\0app\0database\0app\0application_name\0abuser of a quiet evening\0\0"
STARTUP = struct.pack("!ii", len(_PARAMETERS) + 8, 196608) + _PARAMETERS

# A kernel's queue of new connections is as long as its backlog; who comes faster waits for a retransmission.
RAMP_PER_SECOND = 2500
STAY_SECONDS = 0.02
OUTSTANDING = 128
CONNECTORS = 2
CONNECTS_PER_SECOND = 20_000


# Of those who mean to stay.
SIZES = {"silent": 5000, "drip": 5000, "ssl": 1000}


def note(crowd, _number, answer):
    crowd.tally.answers[_plain(answer)] += 1


def _plain(answer):
    """An ErrorResponse by its text, anything else by its type."""
    if answer[:1] != b"E":
        return answer[:1].decode("latin-1")
    fields = answer[5:].split(b"\0")
    return next((field[1:].decode("utf-8", "replace") for field in fields if field[:1] == b"M"), "E")


def note_and_leave(crowd, number, answer):
    note(crowd, number, answer)
    crowd.leave(number)


class Drip:
    """A byte a second from everyone, at different moments."""

    def __init__(self):
        self.sent = {}

    def tick(self, crowd, now):
        # With the moment in the key, for a number is soon another connection's.
        self.sent = {key: self.sent.get(key, 0) for key in crowd.connected.items()}
        for (number, since), count in self.sent.items():
            if now - since >= count < len(STARTUP) - 1:
                crowd.say(number, STARTUP[count:count + 1])
                self.sent[number, since] = count + 1


def stay(size, first=b"", drip=False):
    def run(sources, end, tally):
        crowd = Crowd(sources, size, RAMP_PER_SECOND, RETURN_SECONDS, tally)
        crowd.run(end, first, note, Drip().tick if drip else lambda crowd, now: None)
    return run


def hammer(sources, end, tally):
    sources.addresses = sources.addresses[:1]
    Crowd(sources, OUTSTANDING, RAMP_PER_SECOND, 0.0, tally).run(end, STARTUP, note_and_leave)


def connects(sources, end, tally):
    """As many as are due at each turn. A process that is behind makes up for it, as far as it can."""
    begun = time.time()
    rate = CONNECTS_PER_SECOND / CONNECTORS
    leaving = collections.deque()
    while (now := time.time()) < end:
        for _ in range(min(200, int((now - begun) * rate) - tally.tried)):
            tally.tried += 1
            try:
                leaving.append((now + STAY_SECONDS, sources.connect()))
            except OSError as e:
                tally.fail(e.errno)
        while leaving and leaving[0][0] <= now:
            _part(leaving.popleft()[1], tally)
        time.sleep(0.0005)
    for _, one in leaving:
        _part(one, tally)


def _part(one, tally):
    try:
        one.getpeername()
        tally.established += 1
    except OSError as e:
        tally.fail(e.errno)
    if tally.established % 2:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    one.close()


KINDS = {"silent": stay(SIZES["silent"]), "drip": stay(SIZES["drip"], drip=True),
         "ssl": stay(SIZES["ssl"], SSL_REQUEST), "hammer": hammer, "connects": connects}


def work(kind, host, start, seconds, addresses, results):
    tally = Tally()
    time.sleep(max(0.0, start - time.time()))
    KINDS[kind](Sources(host, addresses), start + seconds, tally)
    results.put(tally.as_dict())


def together(found, seconds):
    """The sum of what several processes did."""
    total = {key: sum(one[key] for one in found) for key in ("tried", "established", "put_out", "held", "said")}
    for key in ("answers", "failed"):
        total[key] = dict(sum((collections.Counter(one[key]) for one in found), collections.Counter()))
    return {**total, "seconds": seconds}


def main():
    kind, host, start, seconds, addresses = sys.argv[1:6]
    results = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=work, args=(kind, socket.gethostbyname(host), float(start),
                                                            float(seconds), addresses.split(","), results))
                 for _ in range(CONNECTORS if kind == "connects" else 1)]
    for process in processes:
        process.start()
    found = [results.get(timeout=float(seconds) + 120) for _ in processes]
    for process in processes:
        process.join(10)
    print(json.dumps(together(found, float(seconds))))


if __name__ == "__main__":
    main()

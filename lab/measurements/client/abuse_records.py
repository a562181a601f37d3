"""What was recorded of an abuse: files by round, kind and proxy, and what they say of the clients."""
import glob
import json
import math
import os

from lab import FOLDER

KINDS = {"silent": "5,000 connections that say nothing",
         "drip": "5,000 that send a byte a second of a startup packet",
         "ssl": "1,000 that ask for encryption and say nothing more",
         "hammer": "one source that connects, sends its startup packet and leaves at the answer, 128 at a time,"
                   " as fast as it can",
         "connects": "20,000 connects a second, each closed or reset at once"}


class Phase:
    """What one proxy's clients saw in one stretch of time."""

    def __init__(self, seen, seconds):
        bench, self.newcomers = seen["established"], seen["newcomers"]
        self.failed, self.text = bench["failed"], bench["text"]
        self.rate = bench["completed"] / seconds
        self.median, self.p99, self.worst = (percentile(bench["ms"], share) for share in (50, 99, 100))
        served = [took * 1000 for _, took, error in self.newcomers if not error]
        self.served, self.refused = len(served), len(self.newcomers) - len(served)
        self.new_median, self.new_p95 = percentile(served, 50), percentile(served, 95)


def percentile(numbers, share):
    if not numbers:
        return math.nan
    return sorted(numbers)[min(len(numbers) - 1, math.ceil(len(numbers) * share / 100) - 1)]


class Recorded:
    """The files of the measurement, by round, kind and proxy."""

    def __init__(self, files, seconds, proxies):
        self.files, self.seconds, self.proxies = files, seconds, proxies
        self.rounds = sorted({int(name.split("-")[0]) for name in self.files if name.endswith("-abused")})
        self.kinds = [kind for kind in KINDS if any(f"-{kind}-" in name for name in self.files)]

    def phases(self, kind, proxy, abused):
        """Of one proxy's clients; `abused` is None (quiet), or the proxy that was abused."""
        names = ([f"{number}-{kind}-{other}-quiet" for number in self.rounds for other in self.proxies]
                 if abused is None else [f"{number}-{kind}-{abused}-abused" for number in self.rounds])
        return [Phase(self.files[name][proxy], self.seconds) for name in names if name in self.files]

    def quiet_before(self, kind, proxy):
        """The quiet time just before each abuse of that proxy."""
        return [Phase(seen[proxy], self.seconds) for seen in self.of_rounds(kind, proxy, "quiet")]

    def others(self, proxy):
        return [other for other in self.proxies if other != proxy]

    def of_rounds(self, kind, proxy, what):
        return [self.files[name] for number in self.rounds
                if (name := f"{number}-{kind}-{proxy}-{what}") in self.files]


def load():
    files = {}
    for path in glob.glob(os.path.join(FOLDER, "*.json")):
        with open(path, encoding="utf-8") as file:
            files[os.path.basename(path)[:-len(".json")]] = json.load(file)
    return files

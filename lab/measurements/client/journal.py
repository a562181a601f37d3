"""What every process of a measurement writes down, and the clock that it writes by."""
import glob
import json
import os
import time

# CLOCK_MONOTONIC of this host. Every time in a journal is of this clock, whoever wrote it.
now = time.monotonic


class Journal:
    """One file of JSON lines with one writer; a line is there as soon as it is written."""

    def __init__(self, folder, name):
        self._file = open(os.path.join(folder, name + ".jsonl"), "a", buffering=1, encoding="utf-8")

    def write(self, record):
        self._file.write(json.dumps(record, separators=(",", ":")) + "\n")


def read(path):
    """All records of one file; a last line that was cut off by a kill is left out."""
    records = []
    try:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n"):
                    records.append(json.loads(line))
    except FileNotFoundError:
        pass
    return records


def read_all(folder, prefix):
    """Name (without prefix and suffix) to records, for every journal that begins with the prefix."""
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, prefix + "*.jsonl"))):
        found[os.path.basename(path)[len(prefix):-len(".jsonl")]] = read(path)
    return found


def tail(path, size=200_000):
    """The last records of a file that is still being written."""
    try:
        with open(path, "rb") as file:
            file.seek(0, os.SEEK_END)
            begin = max(0, file.tell() - size)
            file.seek(begin)
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    lines = text[:text.rfind("\n") + 1].splitlines()
    return [json.loads(line) for line in (lines[1:] if begin else lines)]

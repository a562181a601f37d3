"""Everyday clients of each proxy, for a while.

    soak_clients.py SECONDS NAME PROXY...

pgbench with its writes, started anew when it has ended; those who come, ask and leave; and slow readers, who take
their rows at two megabytes a second, every second one of whom leaves in the middle. Switchovers end sessions: that is
counted, and no client stops for it. What was done goes into the record of that name.
"""
import contextlib
import json
import multiprocessing
import os
import re
import subprocess
import sys
import time

import psycopg2

from lab import FOLDER, PROXIES

BENCH_SECONDS, BENCH_SESSIONS, BENCH_RATE = 15, 4, 60
COMERS, PAUSE_SECONDS = 3, 0.15
READERS = 4
ROW_BYTES, ROWS = 8000, 5000
PAUSE_AFTER_ROW_SECONDS = ROW_BYTES / 2e6
RETRY_SECONDS = 0.2
ANSWER = "select repeat('x', 20000)"
ROWS_OUT = f"copy (select repeat('x', {ROW_BYTES}) from generate_series(1, {ROWS})) to stdout"


def dsn(proxy):
    return f"host={PROXIES[proxy]} user=app password=lab dbname=app connect_timeout=70"


def bench(proxy, end, found):
    while (left := end - time.monotonic()) > 1:
        command = ["pgbench", "-h", PROXIES[proxy], "-U", "app", "-n", "-N", "-M", "prepared",
                   "-c", str(BENCH_SESSIONS), "-R", str(BENCH_RATE), "-T", str(max(1, round(min(BENCH_SECONDS, left)))),
                   "app"]
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        done = re.search(r"actually processed: (\d+)", ended.stdout)
        found["transactions"] += int(done.group(1)) if done else 0
        found["runs of pgbench"] += 1
        found["of them cut short"] += 1 if ended.returncode else 0
        time.sleep(RETRY_SECONDS if ended.returncode else 0)


def come_and_go(proxy, end, found):
    while time.monotonic() < end:
        try:
            with contextlib.closing(psycopg2.connect(dsn(proxy))) as connection, connection.cursor() as cursor:
                cursor.execute(ANSWER)
            found["short sessions"] += 1
        except psycopg2.Error:
            found["of them failed"] += 1
        time.sleep(PAUSE_SECONDS)


def read_slowly(proxy, end, found):
    number = 0
    while time.monotonic() < end:
        number += 1
        rows = ROWS if number % 2 else ROWS // 3
        try:
            connection = psycopg2.connect(dsn(proxy))
            found["slow reads"] += 1
            with contextlib.closing(connection), connection.cursor() as cursor:
                cursor.copy_expert(ROWS_OUT, SlowTaker(rows, end, found))
        except Enough:
            pass
        except psycopg2.Error:
            found["of them broken off"] += 1
            time.sleep(RETRY_SECONDS)


class SlowTaker:
    """What the rows are written to. As a client that crashes leaves: with a close, and no word before it."""

    def __init__(self, rows, end, found):
        self.left, self.end, self.found = rows, end, found

    def write(self, data):
        self.found["bytes read slowly"] += len(data)
        self.left -= 1
        if self.left <= 0 or time.monotonic() > self.end:
            raise Enough
        time.sleep(PAUSE_AFTER_ROW_SECONDS)


class Enough(Exception):
    pass


def work(client, proxy, end, results):
    found = dict.fromkeys(("runs of pgbench", "of them cut short", "transactions", "short sessions", "of them failed",
                           "slow reads", "of them broken off", "bytes read slowly"), 0)
    client(proxy, end, found)
    results.put((proxy, found))


def main():
    seconds, name, proxies = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
    end, results = time.monotonic() + seconds, multiprocessing.Queue()
    processes = [multiprocessing.Process(target=work, args=(client, proxy, end, results)) for proxy in proxies
                 for client, number in ((bench, 1), (come_and_go, COMERS), (read_slowly, READERS))
                 for _ in range(number)]
    for process in processes:
        process.start()
    total = {proxy: {} for proxy in proxies}
    for _ in processes:
        proxy, found = results.get(timeout=seconds + 120)
        for key, number in found.items():
            total[proxy][key] = total[proxy].get(key, 0) + number
    for process in processes:
        process.join(10)
    with open(os.path.join(FOLDER, name + ".json"), "w", encoding="utf-8") as out:
        json.dump(total, out)


if __name__ == "__main__":
    main()

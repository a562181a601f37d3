"""The clients that an abuse must not harm: pgbench with its sessions, and newcomers, through each proxy at once.

    beside.py FILE FROM TO PROXY...

They begin at once, so that the sessions are older than the abuse. What counts is what was due between FROM and TO, of
the machine's clock, and how much was completed meanwhile. pgbench would give up at the first refused connect, so the newcomers are programmed here.
"""
import glob
import json
import os
import re
import subprocess
import sys
import threading
import time

import psycopg2

from lab import FOLDER, PROXIES

SESSIONS, RATE_PER_SECOND = 8, 400
NEWCOMERS, PAUSE_SECONDS = 2, 0.2
# A newcomer whom a proxy makes wait is as good as locked out after this.
PATIENCE_SECONDS = 10
# What began just before TO may take a while to end.
LINGER_SECONDS = 3


def start_pgbench(proxy, seconds):
    prefix = os.path.join(FOLDER, f"pgbench-{proxy}")
    for old in glob.glob(prefix + ".*"):
        os.remove(old)
    command = ["pgbench", "-h", PROXIES[proxy], "-U", "app", "-n", "-S", "-M", "prepared", "-c", str(SESSIONS),
               "-j", "2", "-R", str(RATE_PER_SECOND), "-T", str(seconds), "--log", "--log-prefix=" + prefix, "app"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def transactions(proxy):
    """(begin, seconds) of each. pgbench writes down the end, and counts from when it was due by the rate."""
    for path in glob.glob(os.path.join(FOLDER, f"pgbench-{proxy}.*")):
        with open(path, encoding="ascii") as lines:
            for line in lines:
                fields = line.split()
                if len(fields) >= 6 and fields[2].isdigit():
                    took = int(fields[2]) / 1e6
                    yield int(fields[4]) + int(fields[5]) / 1e6 - took, took


def established(proxy, process, since, until):
    text = process.communicate(timeout=60)[0]
    failed = re.search(r"number of failed transactions: (\d+)", text)
    aborted = len(re.findall(r"client \d+ aborted", text))
    unsaid = 0 if failed or aborted else 1
    done = list(transactions(proxy))
    return {"ms": [round(took * 1000, 3) for begun, took in done if since <= begun < until],
            "completed": sum(1 for begun, took in done if since <= begun + took < until),
            "failed": (int(failed.group(1)) if failed else 0) + aborted + unsaid,
            "text": text[-400:] if process.returncode or aborted else ""}


def newcome(proxy, until, found):
    """Comes, asks, leaves, until the end; what went wrong is written down and is no reason to stop."""
    dsn = (f"host={PROXIES[proxy]} user=app password=lab dbname=app sslmode=disable"
           f" connect_timeout={PATIENCE_SECONDS}")
    while (begun := time.time()) < until:
        error = None
        try:
            connection = psycopg2.connect(dsn)
            with connection.cursor() as cursor:
                cursor.execute("select 1")
            connection.close()
        except psycopg2.Error as e:
            error = " ".join(str(e).split())[:300]
        found.append([begun, time.time() - begun, error])
        time.sleep(max(0.0, begun + PAUSE_SECONDS - time.time()))


def main():
    path, since, until = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    proxies = sys.argv[4:]
    seconds = round(until - time.time() + LINGER_SECONDS)
    benches = {proxy: start_pgbench(proxy, seconds) for proxy in proxies}
    newcomers = {proxy: [] for proxy in proxies}
    threads = [threading.Thread(target=newcome, args=(proxy, until, newcomers[proxy]))
               for proxy in proxies for _ in range(NEWCOMERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = {proxy: {"established": established(proxy, benches[proxy], since, until),
                      "newcomers": [one for one in newcomers[proxy] if since <= one[0] < until]} for proxy in proxies}
    with open(path, "w", encoding="utf-8") as out:
        json.dump(result, out)


if __name__ == "__main__":
    main()

"""Runs all processes of a measurement until they are told to stop, or until its own deadline.

record.py SECONDS CROWD PROXY...   CROWD: how many clients of each sslmode are the crowd of each proxy. Ends early when
the file `stop` appears in the folder. A process that ends by itself ends them all: a measurement with a blind eye is
none.
"""
import multiprocessing
import os
import sys
import time

import activity
import clients
import watcher
from lab import FOLDER, NODES, SSLMODES


def processes(crowd, proxies, stop):
    context = multiprocessing.get_context("fork")
    for node in NODES:
        yield context.Process(name="watch-" + node, target=watcher.watch, args=(FOLDER, node, stop))
        yield context.Process(name="activity-" + node, target=activity.sample, args=(FOLDER, node, stop))
    for proxy in proxies:
        for sslmode in SSLMODES:
            for client in (clients.come_and_go, clients.stay, clients.stay_and_write):
                yield context.Process(name=f"{client.__name__}-{proxy}-{sslmode}", target=client,
                                      args=(FOLDER, proxy, sslmode, stop))
            for number in range(crowd):
                yield context.Process(name=f"crowd-{proxy}-{sslmode}-{number}", target=clients.come_in_a_crowd,
                                      args=(FOLDER, proxy, sslmode, number, stop))


def main():
    deadline, crowd, proxies = time.monotonic() + float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    stop = multiprocessing.get_context("fork").Event()
    started = list(processes(crowd, proxies, stop))
    for process in started:
        process.start()
    while not os.path.exists(os.path.join(FOLDER, "stop")) and time.monotonic() < deadline:
        if not all(process.is_alive() for process in started):
            break
        time.sleep(0.1)
    broken = [process.name for process in started if not process.is_alive()]
    stop.set()
    for process in started:
        process.join(timeout=5)
        if process.is_alive():
            process.terminate()
    with open(os.path.join(FOLDER, "ended"), "w", encoding="utf-8") as ended:
        ended.write("ended by themselves: " + " ".join(broken) if broken else "good")
    return 1 if broken else 0


sys.exit(main())

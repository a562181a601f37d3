"""What a proxy's process holds, from the kernel and from its own figures. Runs on the proxy's own host.

    vitals.py PROXY now                                one sample
    vitals.py PROXY start                              the least of some seconds, with nobody there
    vitals.py PROXY settle SECONDS DESCRIPTORS THREADS waits until no more than these are left
    vitals.py PROXY record EVERY SECONDS FILE          a sample each EVERY seconds, until the file FILE.stop appears

A sample is one JSON line. Times are of CLOCK_MONOTONIC, which is the machine's: all its containers share it.
"""
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

# Checks of the nodes open and close connections all the time: this long, and there is a moment between them.
LEAST_SECONDS = 3
PAUSE_SECONDS = 0.1


def pid(proxy):
    if proxy == "pgproxy":
        with open("/run/lab/pid", encoding="ascii") as file:
            return int(file.read())
    return int(subprocess.run(["pgrep", "-xo", "haproxy"], check=True, capture_output=True).stdout)


def sample(proxy, collect=False):
    """With `collect` a JVM collects its garbage first, so that what is used is what is held."""
    process = pid(proxy)
    if collect and proxy == "pgproxy":
        subprocess.run(["jattach", str(process), "jcmd", "GC.run"], check=True, stdout=subprocess.DEVNULL)
    found = {"t": time.monotonic(), "pid": process, "descriptors": len(os.listdir(f"/proc/{process}/fd")), **of_kernel(process)}
    found.update(of_pgproxy() if proxy == "pgproxy" else of_haproxy())
    return found


def of_kernel(process):
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        lines = dict(line.split(":", 1) for line in file)
    return {"rss": int(lines["VmRSS"].split()[0]) * 1024, "threads": int(lines["Threads"])}


def of_pgproxy():
    with urllib.request.urlopen("http://localhost:7000/metrics", timeout=5) as page:
        return figures(page.read().decode())


def figures(text):
    # The kernel's count has the compiler's and the collector's threads in it, which come and go by themselves.
    return {"threads": total(text, "jvm_threads_live_threads"),
            "direct": total(text, "pgproxy_buffers_direct_bytes"),
            "heap": total(text, r'jvm_memory_used_bytes(?={area="heap")'),
            "sessions": total(text, "pgproxy_listener_sessions")}


def total(text, name):
    """The sum over all labels. A metric that has gone is no 0, for 0 never grows."""
    values = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE)
    if not values:
        raise LookupError(f"pgproxy has no metric {name}")
    return int(sum(float(value) for value in values))


def of_haproxy():
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect("/run/haproxy.sock")
        connection.sendall(b"show info\n")
        text = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    return {"sessions": int(re.search(r"^CurrConns: (\d+)", text, re.MULTILINE).group(1))}


def start(proxy):
    """The least of each count, for the counts of a busy moment would allow a leak of as many."""
    samples, end = [sample(proxy, collect=True)], time.monotonic() + LEAST_SECONDS
    while time.monotonic() < end:
        time.sleep(PAUSE_SECONDS)
        samples.append(sample(proxy))
    least = {key: min(one[key] for one in samples) for key in ("descriptors", "threads", "sessions")}
    return {**samples[0], **least}


def settle(proxy, seconds, descriptors, threads):
    begun = time.monotonic()
    while True:
        now = sample(proxy)
        good = now["descriptors"] <= int(descriptors) and now["threads"] <= int(threads)
        waited = time.monotonic() - begun
        if good or waited > float(seconds):
            return {**sample(proxy, collect=True), "descriptors": now["descriptors"], "threads": now["threads"],
                    "settled": good, "waited": waited}
        time.sleep(PAUSE_SECONDS)


def record(proxy, every, seconds, path):
    begun = time.monotonic()
    with open(path, "a", buffering=1, encoding="utf-8") as out:
        number = 0
        while time.monotonic() - begun < float(seconds) and not os.path.exists(path + ".stop"):
            out.write(json.dumps(sample(proxy, collect=True)) + "\n")
            number += 1
            time.sleep(max(0.0, begun + number * float(every) - time.monotonic()))
    return sample(proxy)


COMMANDS = {"now": sample, "start": start, "settle": settle, "record": record}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[2]](sys.argv[1], *sys.argv[3:])))

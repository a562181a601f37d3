"""Runs on the lab's client host: one writer and one reader, as an application would, and a switchover meanwhile.

Says what the two saw, as it happens: who answered, what failed, how long nothing came back. At the end every
row whose commit was confirmed must be there. Ends by itself, at the latest after DEADLINE seconds.
"""
import argparse
import datetime
import subprocess
import sys
import threading
import time

import psycopg

PERIOD = 0.1       # seconds from one request to the next
PAUSE = 0.5        # an answer that took longer is worth a line
DEADLINE = 120     # for the whole show
BEFORE = 20        # answers of each before the switchover
AFTER = 30         # answers of each after it

out = threading.Lock()


def say(who, text):
    now = datetime.datetime.now().strftime("%H:%M:%S.%f")[:-3]
    with out:
        print(f"{now}  {who:<10} {text}", flush=True)


def node_names():
    """Address to name, as this host's own hosts file has them."""
    names = {}
    with open("/etc/hosts", encoding="utf-8") as hosts:
        for line in hosts:
            fields = line.split()
            if len(fields) > 1:
                names[fields[0]] = fields[1]
    return names


class Traffic(threading.Thread):
    """Asks one question again and again over one session, and opens another when that one fails."""

    def __init__(self, who, host, port, sql):
        super().__init__(daemon=True)
        self.who, self.host, self.port, self.sql = who, host, port, sql
        self.names = node_names()
        self.answers = 0
        self.errors = 0
        self.worst = 0.0
        self.nodes = []          # each node that answered, once per change
        self.numbers = []        # what the answers said
        self.stopping = threading.Event()
        self._session = None

    def run(self):
        last = time.monotonic()
        told = None
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                node, number = self._ask()
            except psycopg.Error as error:
                self.errors += 1
                self._session = None
                text = " ".join(str(error).split())
                if text != told:
                    say(self.who, f"ERROR  {text}")
                    told = text
            else:
                now = time.monotonic()
                told = None
                self._note(node, number, now - last)
                last = now
            self.stopping.wait(max(0.0, PERIOD - (time.monotonic() - began)))
        if self._session is not None:
            self._session.close()

    def _ask(self):
        if self._session is None:
            self._session = psycopg.connect(
                host=self.host, port=self.port, connect_timeout=90, autocommit=True,
                application_name=f"lab-demo-{self.who}")
        row = self._session.execute(self.sql).fetchone()
        address, number = row
        return self.names.get(address, address), number

    def _note(self, node, number, since_last):
        self.answers += 1
        self.numbers.append(number)
        self.worst = max(self.worst, since_last)
        if not self.nodes or self.nodes[-1] != node:
            self.nodes.append(node)
            say(self.who, f"{node} answers")
        if since_last > PAUSE:
            say(self.who, f"no answer for {since_last:.2f} s, now it goes on")

    def summary(self):
        return (f"{self.answers} answers from {' -> '.join(self.nodes) or 'nobody'}, "
                f"{self.errors} errors, longest time between two answers {self.worst:.2f} s")


def wait_for(condition, deadline):
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def switchover():
    say("patronictl", "switchover main --force")
    done = subprocess.run(
        ["patronictl", "-c", "/etc/patroni/patronictl.yml", "switchover", "main", "--force"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=90, check=False)
    said = [line for line in done.stdout.splitlines() if "witch" in line] or done.stdout.splitlines()
    for line in said:
        say("patronictl", line)
    return done.returncode == 0


def missing_rows(host, run, numbers):
    with psycopg.connect(host=host, port=5432, connect_timeout=90) as session:
        there = {row[0] for row in session.execute("select n from lab_demo where run = %s", (run,))}
    return [number for number in numbers if number not in there]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--host", required=True)
    options.add_argument("--no-switchover", action="store_true")
    options = options.parse_args()
    host, deadline = options.host, time.monotonic() + DEADLINE

    with psycopg.connect(host=host, port=5432, connect_timeout=90) as session:
        session.execute("create table if not exists lab_demo"
                        " (run bigint, n bigserial, at timestamptz default clock_timestamp())")
        run = session.execute("select coalesce(max(run), 0) + 1 from lab_demo").fetchone()[0]
    writer = Traffic("writer", host, 5432, "insert into lab_demo (run) values (%d)"
                                           " returning host(inet_server_addr()), n" % run)
    reader = Traffic("reader", host, 5433, "select host(inet_server_addr()), 0")
    both = (writer, reader)
    say("demo", f"a write through {host}:5432 and a read through {host}:5433 every {PERIOD:.1f} s")
    for one in both:
        one.start()

    good = wait_for(lambda: all(one.answers >= BEFORE for one in both), deadline)
    if good and not options.no_switchover:
        primary = writer.nodes[-1]
        good = switchover()
        good = wait_for(lambda: writer.nodes[-1] != primary, deadline) and good
    marks = [one.answers for one in both]
    good = wait_for(lambda: all(one.answers >= mark + AFTER for one, mark in zip(both, marks)), deadline) and good

    for one in both:
        one.stopping.set()
        one.join(timeout=10)
    missing = missing_rows(host, run, writer.numbers)
    for one in both:
        say(one.who, one.summary())
    say("demo", f"rows confirmed {len(writer.numbers)}, of them missing now {len(missing)}")
    if not good:
        say("demo", f"NOT as it should be: see above; the show ends at the latest after {DEADLINE} s")
    return 0 if good and not missing else 1


sys.exit(main())

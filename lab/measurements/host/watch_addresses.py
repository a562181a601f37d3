"""Who has which address when, from the kernel's own events, on one clock.

    watch_addresses.py FOLDER SECONDS NAME=PID...

Runs on the machine and not on the hosts that it watches, so that it goes on when one of those is frozen: it looks into
the network namespace of process PID. Ends after SECONDS, or when the file `stop-watching` appears in the folder.

Journal `addresses`: {t, host, change: start, addresses}; {t, host, change: new or gone, address, seconds}, where new is
also a renewal and seconds what it may live; every second {t, late}: the longest time in which it was not awake though
it should have been, so no time is known more exactly than that, while the order is; {t, error} if it missed anything.
"""
import os
import select
import sys

from journal import Journal, now
from rtnetlink import RTM_DELADDR, RTM_NEWADDR, Changes, Host

TICK_SECONDS = 0.005
# How often the whole list is compared with what the events have told.
COMPARE_SECONDS = 0.2


class Watcher:
    def __init__(self, journal, hosts):
        self.journal, self.hosts = journal, hosts
        # Before the lists are read, so that no change falls between.
        self.changes = Changes(hosts)
        self.present = {host.name: host.addresses() for host in hosts}
        self.differed = {host.name: False for host in hosts}
        for name, addresses in self.present.items():
            journal.write({"t": now(), "host": name, "change": "start", "addresses": sorted(addresses)})

    def read(self):
        for host, kind, address, seconds in self.changes.read():
            change = {RTM_NEWADDR: "new", RTM_DELADDR: "gone"}[kind]
            (self.present[host].add if change == "new" else self.present[host].discard)(address)
            self.journal.write({"t": now(), "host": host, "change": change, "address": address, "seconds": seconds})

    def compare(self, host):
        """A change between the list and its event is no error, so it takes two in a row."""
        listed = host.addresses()
        self.read()
        differed, self.differed[host.name] = self.differed[host.name], listed != self.present[host.name]
        if differed and self.differed[host.name]:
            raise RuntimeError(f"{host.name} has {sorted(listed)}, its events say {sorted(self.present[host.name])}")


def watch(watcher, goes_on):
    poll = select.poll()
    poll.register(watcher.changes, select.POLLIN)
    due, compare_at, tell_at, late = now(), now(), now() + 1, 0.0
    while goes_on():
        poll.poll(max(0.0, due - now()) * 1000)
        watcher.read()
        at = now()
        late = max(late, at - due)
        due = at + TICK_SECONDS if at >= due else due
        if at >= compare_at:
            for host in watcher.hosts:
                watcher.compare(host)
            compare_at = at + COMPARE_SECONDS
        if at >= tell_at:
            watcher.journal.write({"t": at, "late": late})
            tell_at, late = at + 1, 0.0


def first_in_line():
    """Before everything else on a busy machine, if that is allowed."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError as error:
        print(f"watcher: no real-time priority ({error.strerror}); it may be late", file=sys.stderr)


def main():
    folder, seconds = sys.argv[1], float(sys.argv[2])
    hosts = [Host(name, int(pid)) for name, pid in (pair.split("=") for pair in sys.argv[3:])]
    journal, stop, end = Journal(folder, "addresses"), os.path.join(folder, "stop-watching"), now() + seconds
    first_in_line()
    try:
        watch(Watcher(journal, hosts), lambda: now() < end and not os.path.exists(stop))
    except Exception as error:
        journal.write({"t": now(), "error": f"{type(error).__name__}: {error}"})
        raise


if __name__ == "__main__":
    main()

"""The hosts of the pair as this machine sees them: what has the address, and what a fault does to a host.

    pair.py FOLDER LAB VIP holders              prints which of the two have the address
    pair.py FOLDER LAB VIP steady SECONDS       waits until one of them has had it alone for a while, and prints it
    pair.py FOLDER LAB VIP canary SECONDS       puts an address on both at once for so long: the watcher must see it
    pair.py FOLDER LAB VIP break KIND HOST PROGRAM KEY=VALUE...
    pair.py FOLDER LAB VIP mend KIND HOST

`break` and `mend` note in the journal `events` when they began and were through, on the clock that all containers
share; `break` also what the kernel of HOST listed just afterwards. PROGRAM is the name of the service's processes.
"""
import subprocess
import sys
import time

import faults
import journal
from rtnetlink import Host

PAIR = ("ct100", "ct101")
# Of the documentation networks (RFC 5737): nobody's, in whatever subnet the lab is.
CANARY = "203.0.113.1"
STEADY_SECONDS = 2.0
POLL_SECONDS = 0.05


class Pair:
    def __init__(self, folder, lab, vip):
        self.events, self.lab, self.vip = journal.Journal(folder, "events"), lab, vip
        self.pids = {name: self.first_process(name) for name in PAIR}
        self.hosts = {name: Host(name, pid) for name, pid in self.pids.items()}

    def first_process(self, name):
        answer = self.docker("inspect", "--format", "{{.State.Pid}}", self.container(name))
        if int(answer) == 0:
            sys.exit(f"{name} does not run")
        return int(answer)

    def container(self, name):
        return f"{self.lab}-{name}"

    @staticmethod
    def docker(*words):
        return subprocess.run(["docker", *words], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def holders(self):
        return [name for name, host in self.hosts.items() if self.vip in host.addresses()]

    def steady(self, seconds):
        deadline = time.monotonic() + seconds
        since, alone = time.monotonic(), None
        while time.monotonic() < deadline:
            found = self.holders()
            if len(found) != 1 or found[0] != alone:
                since, alone = time.monotonic(), found[0] if len(found) == 1 else None
            elif time.monotonic() - since >= STEADY_SECONDS:
                return alone
            time.sleep(POLL_SECONDS)
        sys.exit(f"after {seconds} s the address is on {' and '.join(self.holders()) or 'no host'}")

    def canary(self, seconds):
        begun = time.monotonic()
        for change in ("add", "del"):
            for name in PAIR:
                subprocess.run(["nsenter", "-t", str(self.pids[name]), "-n", "ip", "address", change, CANARY + "/32",
                                "dev", "lo"], check=True)
            if change == "add":
                time.sleep(seconds)
        self.events.write({"t": begun, "what": "canary", "end": time.monotonic(), "address": CANARY,
                           "at_least": seconds})

    def break_(self, kind, name, program, *pairs):
        fault = faults.prepare(kind, self, name, program)
        held = self.vip in self.hosts[name].addresses()
        begun = time.monotonic()
        fault.do()
        done, after = time.monotonic(), self.hosts[name].addresses()
        self.events.write({"t": begun, "done": done, "what": "fault", "kind": kind, "active": name, "held": held,
                           "after": sorted(after), **dict(pair.split("=", 1) for pair in pairs)})

    def mend(self, kind, name):
        fault = faults.prepare(kind, self, name, None)
        begun = time.monotonic()
        fault.undo()
        self.events.write({"t": begun, "done": time.monotonic(), "what": "mend", "kind": kind, "active": name})


def main():
    folder, lab, vip, command, *words = sys.argv[1:]
    pair = Pair(folder, lab, vip)
    if command == "holders":
        print(" ".join(pair.holders()))
    elif command == "steady":
        print(pair.steady(float(words[0])))
    elif command == "canary":
        pair.canary(float(words[0]))
    elif command == "break":
        pair.break_(*words)
    elif command == "mend":
        pair.mend(*words)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()

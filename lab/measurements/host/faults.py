"""What can happen to a host of the pair, and how it is undone. Both halves are idempotent, so that an interrupted
measurement can be mended too.

`prepare` looks everything up beforehand, so that `do` is the fault and nothing else.
"""
import os
import re
import signal
import subprocess
import time

ETCD = ("etcd1", "etcd2", "etcd3")
# How long an address may outlive the services of both hosts.
DOWN_SECONDS = 20


def prepare(kind, pair, host, program):
    return KINDS[kind](pair, host, program)


def run(*words, check=True):
    return subprocess.run(words, check=check, stdout=subprocess.PIPE, text=True).stdout


class Fault:
    def __init__(self, pair, host, program):
        self.pair, self.host, self.program = pair, host, program
        self.pid = pair.pids[host]

    def do(self):
        raise NotImplementedError

    def undo(self):
        raise NotImplementedError


class Nothing(Fault):
    """What the machine costs by itself: the yardstick of those that may cost nothing."""

    def do(self):
        pass

    def undo(self):
        pass


# --- the service -----------------------------------------------------------------------------------------------

class ServiceFault(Fault):
    def undo(self):
        self.pair.docker("exec", self.pair.container(self.host), "lab-service", "start")


class Stopped(ServiceFault):
    """As `systemctl stop` does it: TERM, and no new start."""

    def __init__(self, pair, host, program):
        super().__init__(pair, host, program)
        self.main = None if program is None else _main_process(self.pid)

    def do(self):
        with open(f"/proc/{self.pid}/root/run/lab/down", "w", encoding="utf-8"):
            pass
        os.kill(self.main, signal.SIGTERM)


class Killed(ServiceFault):
    """Every process of the service at once; what its unit does next, it may do.

    All are stopped before the first is killed: keepalived's parent starts a new child within milliseconds, and its
    child asks the kernel for a TERM at the end of its parent, and would clean up."""

    def __init__(self, pair, host, program):
        super().__init__(pair, host, program)
        found = [] if program is None else [pid for pid, name in _processes(self.pid) if name == program]
        if program is not None and not found:
            raise RuntimeError(f"no process {program} on {host}")
        self.processes = sorted(found, reverse=True)

    def do(self):
        for with_signal in (signal.SIGSTOP, signal.SIGKILL):
            for pid in self.processes:
                os.kill(pid, with_signal)


class MainKilled(Killed):
    """The one process that a service manager knows."""

    def __init__(self, pair, host, program):
        super().__init__(pair, host, program)
        self.processes = [] if program is None else [_main_process(self.pid)]


class Moved(Fault):
    """Handed over on purpose, by pgproxy's own command."""

    def do(self):
        self.pair.docker("exec", self.pair.container(self.host), "lab-pgproxy", "vip", "move")

    def undo(self):
        pass


class BothStarted(Fault):
    """The two of them at the same instant, after both were down."""

    def __init__(self, pair, host, program):
        super().__init__(pair, host, program)
        self.down_files = [f"/proc/{pid}/root/run/lab/down" for pid in pair.pids.values()]
        if program is not None:
            for name in pair.pids:
                pair.docker("exec", pair.container(name), "lab-service", "stop")
            self._wait_until_all_is_over(program)

    def _wait_until_all_is_over(self, program):
        """The step after the end of a service runs its program too, and a new start has to wait for it."""
        deadline = time.monotonic() + DOWN_SECONDS
        while self.pair.holders() or any(name == program for pid in self.pair.pids.values()
                                         for _, name in _processes(pid)):
            if time.monotonic() > deadline:
                raise RuntimeError(f"both were stopped, and a {program} is left or the address is on "
                                   f"{self.pair.holders()}")
            time.sleep(0.05)

    def do(self):
        for file in self.down_files:
            os.remove(file)

    def undo(self):
        for name in self.pair.pids:
            self.pair.docker("exec", self.pair.container(name), "lab-service", "start")


class Frozen(Fault):
    def do(self):
        self.pair.docker("pause", self.pair.container(self.host))

    def undo(self):
        if self.pair.docker("inspect", "--format", "{{.State.Paused}}", self.pair.container(self.host)) == "true":
            self.pair.docker("unpause", self.pair.container(self.host))


def _processes(first):
    """(pid, name) of every process in the container of that one."""
    namespace = os.readlink(f"/proc/{first}/ns/pid")
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/ns/pid") == namespace:
                with open(f"/proc/{pid}/comm", encoding="utf-8") as name:
                    yield int(pid), name.read().strip()
        except OSError:
            continue


def _main_process(first):
    """This machine's number of the process that the supervisor in the container knows by its own."""
    with open(f"/proc/{first}/root/run/lab/pid", encoding="utf-8") as file:
        known = file.read().strip()
    for pid, _ in _processes(first):
        with open(f"/proc/{pid}/status", encoding="utf-8") as status:
            if re.search(rf"^NSpid:.*\t{known}$", status.read(), re.MULTILINE):
                return pid
    raise RuntimeError(f"no process {known}")


# --- the network -----------------------------------------------------------------------------------------------

class NoCable(Fault):
    """The machine's end of the pair of interfaces goes down, and with it the carrier of the host's own."""

    def __init__(self, pair, host, program):
        super().__init__(pair, host, program)
        self.plug = plug(self.pid)

    def do(self):
        run("ip", "link", "set", self.plug, "down")

    def undo(self):
        run("ip", "link", "set", self.plug, "up")


class FramesDropped(Fault):
    """The carrier stays and the frames are lost, of every protocol, in the bridge that all hosts hang on."""

    def __init__(self, pair, host, program):
        super().__init__(pair, host, program)
        self.plugs = {name: plug(pid) for name, pid in pair.pids.items()}
        self.plug = self.plugs[host]

    def rules(self):
        raise NotImplementedError

    def do(self):
        for rule in self.rules():
            run("ebtables", "-A", "FORWARD", *rule, "-j", "DROP")

    def undo(self):
        for rule in self.rules():
            while subprocess.run(["ebtables", "-D", "FORWARD", *rule, "-j", "DROP"], stderr=subprocess.DEVNULL,
                                 check=False).returncode == 0:
                pass


class Unheard(FramesDropped):
    """Nothing that the host sends arrives anywhere."""

    def rules(self):
        return [("-i", self.plug)]


class Deaf(FramesDropped):
    """Nothing arrives at the host."""

    def rules(self):
        return [("-o", self.plug)]


class CutOff(FramesDropped):
    def rules(self):
        return [("-i", self.plug), ("-o", self.plug)]


class Split(FramesDropped):
    """The two hosts do not hear each other; everybody else hears both."""

    def rules(self):
        one, other = self.plugs.values()
        return [("-i", one, "-o", other), ("-i", other, "-o", one)]


def plug(pid):
    """The machine's end of eth0 of that process's host."""
    text = run("nsenter", "-t", str(pid), "-n", "ip", "-o", "link", "show", "dev", "eth0")
    number = int(re.search(r"eth0@if(\d+)", text).group(1))
    for line in run("ip", "-o", "link", "show").splitlines():
        index, name = line.split(": ")[:2]
        if int(index) == number:
            return name.split("@")[0]
    raise RuntimeError(f"this machine has no interface {number}")


# --- etcd ------------------------------------------------------------------------------------------------------

class EtcdGone(Fault):
    """The whole cluster at once. Its data survive."""

    def do(self):
        self.pair.docker("kill", *(self.pair.container(name) for name in ETCD))

    def undo(self):
        self.pair.docker("start", *(self.pair.container(name) for name in ETCD))


class EtcdLeaderGone(EtcdGone):
    def __init__(self, pair, host, program):
        super().__init__(pair, host, program)
        self.leader = None if program is None else self._leader()

    def _leader(self):
        for name in ETCD:
            answer = run("docker", "exec", self.pair.container(name), "etcdctl", "--endpoints=127.0.0.1:2379",
                         "endpoint", "status", check=False)
            if ", true, " in answer:
                return name
        raise RuntimeError("no member of etcd says that it leads")

    def do(self):
        self.pair.docker("kill", self.pair.container(self.leader))


class EtcdGoneAndSplit(Fault):
    """Nobody is left to say who may have the address."""

    def __init__(self, pair, host, program):
        super().__init__(pair, host, program)
        self.parts = [EtcdGone(pair, host, program), Split(pair, host, program)]

    def do(self):
        for part in self.parts:
            part.do()

    def undo(self):
        for part in self.parts:
            part.undo()


# --- the JVMs ----------------------------------------------------------------------------------------------------

class UnderMemoryPressure(Fault):
    """Both of them, as long as the file is there that the agent in them looks for."""

    def __init__(self, pair, host, program):
        super().__init__(pair, host, program)
        self.files = [f"/proc/{pid}/root/run/lab/pressure" for pid in pair.pids.values()]

    def do(self):
        for file in self.files:
            with open(file, "w", encoding="utf-8"):
                pass

    def undo(self):
        for file in self.files:
            if os.path.exists(file):
                os.remove(file)


KINDS = {"nothing": Nothing, "stop": Stopped, "move": Moved, "start": BothStarted, "kill": Killed,
         "kill-main": MainKilled, "freeze": Frozen, "cable": NoCable, "cut": CutOff, "cut-out": Unheard, "cut-in": Deaf,
         "split": Split, "etcd": EtcdGone, "etcd-leader": EtcdLeaderGone, "etcd-split": EtcdGoneAndSplit,
         "pauses": UnderMemoryPressure}

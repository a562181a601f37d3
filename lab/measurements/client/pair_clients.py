"""The clients of the virtual address, in one process.

    pair_clients.py SECONDS PERIOD_MS

One opens a connection every PERIOD_MS, whatever became of those before: it asks for a session and is served when
PostgreSQL itself, behind the proxy, has asked for the password; then it leaves. An attempt has its own time, shorter
than the kernel's wait before it repeats an unanswered SYN (1 s), so that an attempt succeeds only by what answered its
first one. The other holds a session and does nothing, and notices when that ends.

Journals: `attempts` with [start, end, outcome] (outcome is "ok" or what went wrong) and `held` with {connected, via,
ended}; via is the proxy's address as PostgreSQL sees it. Ends after SECONDS, or when the file `stop` appears.
"""
import errno
import multiprocessing
import os
import select
import socket
import struct
import sys

import psycopg2

from journal import Journal, now
from lab import FOLDER

ATTEMPT_SECONDS = 0.9
# How often a client looks whether it is to stop, or to begin anew.
LOOK_SECONDS = 0.05
_PARAMETERS = b"user\0app\0database\0app\0application_name\0pair\0\0"
STARTUP = struct.pack("!ii", len(_PARAMETERS) + 8, 196608) + _PARAMETERS
ADDRESS = ("pgproxy", 5432)


class Attempt:
    def __init__(self, address):
        self.start = now()
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.asked = False
        result = self.socket.connect_ex(address)
        self.failed = None if result in (0, errno.EINPROGRESS) else errno.errorcode[result]

    def step(self):
        """The outcome, or None if there is none yet."""
        try:
            if not self.asked:
                error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if error:
                    return errno.errorcode[error]
                self.socket.send(STARTUP)
                self.asked = True
                return None
            return outcome_of(self.socket.recv(1024))
        except OSError as error:
            return errno.errorcode.get(error.errno, type(error).__name__)

    def unfinished(self):
        return "no answer" if self.asked else "no connection"


def outcome_of(answer):
    """By the first message: R asks for the password, E is a refusal with its text in the field M."""
    if answer[:1] == b"R":
        return "ok"
    if answer[:1] == b"E":
        return next((field[1:].decode("utf-8", "replace") for field in answer[5:].split(b"\0") if field[:1] == b"M"),
                    "refused")
    return "closed" if not answer else "not the protocol"


class Newcomers:
    def __init__(self, journal, address, period_seconds):
        self.journal, self.address, self.period_seconds = journal, address, period_seconds
        self.poll, self.open = select.epoll(), {}

    def run(self, goes_on):
        due = look_at = now()
        while True:
            at = now()
            if at >= look_at:
                look_at = at + LOOK_SECONDS
                if not goes_on():
                    break
            # A process that was kept waiting makes up for it: each attempt has its own true start.
            while due <= at:
                self.begin()
                due += self.period_seconds
            for number, _ in self.poll.poll(max(0.0, min(due, self.earliest_end()) - now())):
                self.go_on(number)
            self.give_up()
        for number in list(self.open):
            self.poll.unregister(number)
            self.open.pop(number).socket.close()

    def begin(self):
        attempt = Attempt(self.address)
        if attempt.failed:
            self.end(attempt, attempt.failed)
            return
        number = attempt.socket.fileno()
        self.open[number] = attempt
        self.poll.register(number, select.EPOLLOUT)

    def go_on(self, number):
        attempt = self.open[number]
        outcome = attempt.step()
        if outcome:
            self.forget(number)
            self.end(attempt, outcome)
        else:
            self.poll.modify(number, select.EPOLLIN)

    def earliest_end(self):
        # The oldest comes first: a dict keeps the order in which its keys came.
        return next((attempt.start + ATTEMPT_SECONDS for attempt in self.open.values()), float("inf"))

    def give_up(self):
        at = now()
        while self.open and self.earliest_end() <= at:
            number, attempt = next(iter(self.open.items()))
            self.forget(number)
            self.end(attempt, attempt.unfinished())

    def forget(self, number):
        self.poll.unregister(number)
        del self.open[number]

    def end(self, attempt, outcome):
        attempt.socket.close()
        self.journal.write([round(attempt.start, 6), round(now(), 6), outcome])


def hold(folder, goes_on):
    """One session after the other; a new one also for each round (the conductor touches the file), so that every
    fault meets a session through the host that has the address then."""
    journal = Journal(folder, "held")
    while goes_on():
        try:
            connection = psycopg2.connect(host=ADDRESS[0], port=ADDRESS[1], sslmode="disable", connect_timeout=2,
                                          application_name="held", options="-c statement_timeout=2s",
                                          keepalives=0)
        except psycopg2.Error:
            select.select([], [], [], LOOK_SECONDS)
            continue
        hold_one(connection, journal, folder, goes_on)


def hold_one(connection, journal, folder, goes_on):
    begun = _round(folder)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select host(inet_client_addr())")
            record = {"connected": now(), "via": cursor.fetchone()[0]}
        journal.write(record)
        while goes_on() and _round(folder) == begun:
            if select.select([connection.fileno()], [], [], LOOK_SECONDS)[0]:
                journal.write({**record, "ended": now()})
                return
    except psycopg2.Error:
        pass
    finally:
        connection.close()


def _round(folder):
    try:
        return os.stat(os.path.join(folder, "round")).st_mtime_ns
    except FileNotFoundError:
        return 0


def main():
    end = now() + float(sys.argv[1])

    def goes_on():
        return now() < end and not os.path.exists(os.path.join(FOLDER, "stop"))

    holder = multiprocessing.get_context("fork").Process(target=hold, args=(FOLDER, goes_on))
    holder.start()
    address = (socket.gethostbyname(ADDRESS[0]), ADDRESS[1])
    Newcomers(Journal(FOLDER, "attempts"), address, float(sys.argv[2]) / 1000).run(goes_on)
    # It may have met a host that was frozen in the middle of its question: then it has nothing more to tell.
    holder.join(timeout=5)
    holder.kill()
    with open(os.path.join(FOLDER, "ended"), "w", encoding="utf-8") as ended:
        ended.write("good")


if __name__ == "__main__":
    main()

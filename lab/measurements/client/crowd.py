"""Many connections at once, kept up by one loop; the abuser's kinds say what is done with them."""
import collections
import errno
import select
import socket
import statistics
import time

PORT = 5432
# linux/in.h: the port is chosen at the connect, so that one address serves for all its ports to each proxy.
IP_BIND_ADDRESS_NO_PORT = 24
RETURN_SECONDS = 1.0
TICK_SECONDS = 0.02
LOOK_SECONDS = 0.1


class Sources:
    """Sockets that are on their way, from each address in turn."""

    def __init__(self, host, addresses):
        self.host, self.addresses, self.next = host, addresses, 0

    def connect(self):
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        one.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        one.bind((self.addresses[self.next], 0))
        self.next = (self.next + 1) % len(self.addresses)
        failure = one.connect_ex((self.host, PORT))
        if failure in (0, errno.EINPROGRESS):
            return one
        one.close()
        raise OSError(failure, "connect")


class Tally:
    """What happened, to be printed."""

    def __init__(self):
        self.tried = self.established = self.put_out = self.said = 0
        self.held = []
        self.answers = collections.Counter()
        self.failed = collections.Counter()

    def fail(self, number):
        self.failed[errno.errorcode.get(number, str(number))] += 1

    def as_dict(self):
        return {"tried": self.tried, "established": self.established, "put_out": self.put_out,
                "held": statistics.median(self.held) if self.held else 0, "said": self.said,
                "answers": dict(self.answers.most_common(5)), "failed": dict(self.failed)}


class Crowd:
    """So many connections, kept up: the loop that every kind but the plain connects has. What each says is told."""

    def __init__(self, sources, size, per_second, return_seconds, tally):
        self.sources, self.size, self.per_second, self.tally = sources, size, per_second, tally
        self.return_seconds = return_seconds
        self.poll = select.epoll()
        self.sockets = {}
        self.connected = {}  # to the moment since which it is
        self.wanted = collections.deque()

    def run(self, end, on_connected, on_answer, on_tick=lambda crowd, now: None):
        begun = time.time()
        self.wanted.extend(begun + number / self.per_second for number in range(self.size))
        next_tick = begun
        while (now := time.time()) < end:
            while self.wanted and self.wanted[0] <= now:
                self.wanted.popleft()
                self._open(now)
            for number, event in self.poll.poll(TICK_SECONDS, 1024):
                self._happened(number, event, on_connected, on_answer)
            if now >= next_tick:
                next_tick = now + LOOK_SECONDS
                self.tally.held.append(len(self.connected))
                on_tick(self, now)
        for one in list(self.sockets.values()):
            one.close()

    def leave(self, number):
        """Closes one of ours and wants another in its place."""
        self.sockets.pop(number).close()
        self.connected.pop(number, None)
        self.wanted.append(time.time() + self.return_seconds)

    def _open(self, now):
        self.tally.tried += 1
        try:
            one = self.sources.connect()
        except OSError as e:
            self.tally.fail(e.errno)
            self.wanted.append(now + RETURN_SECONDS)
            return
        self.sockets[one.fileno()] = one
        self.poll.register(one.fileno(), select.EPOLLOUT)

    def _happened(self, number, event, on_connected, on_answer):
        one = self.sockets.get(number)
        if one is None:
            return
        if number not in self.connected:
            failure = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if failure:
                self.tally.fail(failure)
                self.leave(number)
                return
            self.tally.established += 1
            self.connected[number] = time.time()
            self.poll.modify(number, select.EPOLLIN | select.EPOLLRDHUP)
            self.say(number, on_connected)
            return
        try:
            answer = one.recv(4096)
        except OSError:
            answer = b""
        if answer:
            on_answer(self, number, answer)
        else:
            self.tally.put_out += 1
            self.leave(number)

    def say(self, number, data):
        if data:
            try:
                self.tally.said += self.sockets[number].send(data)
            except OSError:
                pass  # it was put out, which the next look at it tells

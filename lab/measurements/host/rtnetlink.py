"""The addresses of another network namespace as the kernel has them, and its changes to them (rtnetlink(7))."""
import contextlib
import ctypes
import os
import socket
import struct

CLONE_NEWNET = 0x40000000
NETLINK_ROUTE = 0
GROUP_IPV4_ADDRESSES, GROUP_IPV6_ADDRESSES = 0x10, 0x100
RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR, RTM_NEWNSID, RTM_GETNSID = 20, 21, 22, 88, 90
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x1, 0x4, 0x300
IFA_ADDRESS, IFA_LOCAL, IFA_CACHEINFO = 1, 2, 6
NETNSA_NSID, NETNSA_PID = 1, 2
SOL_NETLINK, NETLINK_LISTEN_ALL_NSID = 270, 8
FOREVER = 0xFFFFFFFF

_HEADER = struct.Struct("=IHHII")
_ADDRESS = struct.Struct("=BBBBI")
_ATTRIBUTE = struct.Struct("=HH")
_LIBC = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def namespace_of(pid):
    """What is opened meanwhile belongs to the network namespace of that process, and stays there."""
    with open("/proc/self/ns/net", "rb") as home, open(f"/proc/{pid}/ns/net", "rb") as there:
        _enter(there)
        try:
            yield
        finally:
            _enter(home)


def _enter(namespace):
    if _LIBC.setns(namespace.fileno(), CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, "setns: " + os.strerror(error))


def messages(data):
    """(type, address or None, seconds that it may live or None) of each message in one datagram."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, offset)
        if not _HEADER.size <= length <= len(data) - offset:
            raise ValueError(f"a message of {length} bytes in {len(data) - offset}")
        body = data[offset + _HEADER.size:offset + length]
        yield (kind, *(_address(body) if kind in (RTM_NEWADDR, RTM_DELADDR) else (None, None)))
        offset += _aligned(length)


def _address(body):
    family, _, _, _, _ = _ADDRESS.unpack_from(body)
    values = dict(_attributes(body[_ADDRESS.size:]))
    # IFA_ADDRESS is the peer's on a link with two ends; IPv6 has IFA_LOCAL only there.
    packed = values.get(IFA_LOCAL, values.get(IFA_ADDRESS))
    seconds = None
    if IFA_CACHEINFO in values:
        _, valid = struct.unpack_from("=II", values[IFA_CACHEINFO])
        seconds = None if valid == FOREVER else valid
    return socket.inet_ntop(family, packed), seconds


def _attributes(data):
    offset = 0
    while offset + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < _ATTRIBUTE.size:
            raise ValueError(f"an attribute of {length} bytes")
        yield kind, data[offset + _ATTRIBUTE.size:offset + length]
        offset += _aligned(length)


def _aligned(length):
    return (length + 3) & ~3


class Host:
    """One namespace: its whole list of addresses, when asked."""

    def __init__(self, name, pid):
        self.name, self.pid = name, pid
        with namespace_of(pid):
            self._asking = _socket(0)

    def addresses(self):
        found = set()
        everything = _ADDRESS.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
        for kind, address, _ in _ask(self._asking, RTM_GETADDR, NLM_F_DUMP, everything):
            if kind == RTM_NEWADDR:
                found.add(address)
        return found


class Changes:
    """The changes of several namespaces through one socket, so that they come in the order in which they happened: what
    left one host before it came to another is read first, however late it is read."""

    def __init__(self, hosts):
        self._asking = _socket(0)
        self._names = {self._number(host.pid): host.name for host in hosts}
        self._socket = _socket(GROUP_IPV4_ADDRESSES | GROUP_IPV6_ADDRESSES)
        self._socket.setsockopt(SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, 1)
        self._socket.setblocking(False)

    def fileno(self):
        return self._socket.fileno()

    def _number(self, pid):
        """What this namespace calls that one; a socket hears nothing of those that have no number here."""
        of_process = struct.pack("=HHI", 8, NETNSA_PID, pid)
        for kind, flags, attributes in ((RTM_NEWNSID, NLM_F_ACK, struct.pack("=HHi", 8, NETNSA_NSID, -1) + of_process),
                                        (RTM_GETNSID, 0, of_process)):
            for answer, _, body in _ask(self._asking, kind, flags, b"\0\0\0\0" + attributes, may_fail=bool(flags)):
                if answer == RTM_NEWNSID:
                    number, = struct.unpack("=i", dict(_attributes(body[4:]))[NETNSA_NSID])
        return number

    def read(self):
        """Everything that waits: (host, RTM_NEWADDR or RTM_DELADDR, address, seconds). OSError ENOBUFS if some were
        lost."""
        while True:
            try:
                data, extra, _, _ = self._socket.recvmsg(1 << 16, 64)
            except BlockingIOError:
                return
            name = self._names.get(_sender(extra))
            yield from ((name, *one) for one in messages(data) if name and one[1] is not None)


def _sender(extra):
    for level, kind, value in extra:
        if level == SOL_NETLINK and kind == NETLINK_LISTEN_ALL_NSID:
            return struct.unpack("=i", value)[0]
    return None


def _ask(asking, kind, flags, body, may_fail=False):
    """Each message of the answer, as (type, address or None, seconds, or the body where it is no address)."""
    asking.send(_HEADER.pack(_HEADER.size + len(body), kind, NLM_F_REQUEST | flags, 1, 0) + body)
    while True:
        data = asking.recv(1 << 16)
        answer = _HEADER.unpack_from(data)[1]
        if answer == NLMSG_ERROR:
            error = -struct.unpack_from("=i", data, _HEADER.size)[0]
            if error and not may_fail:
                raise OSError(error, os.strerror(error))
            return
        if answer == RTM_NEWNSID:
            yield answer, None, data[_HEADER.size:]
            return
        for one in messages(data):
            if one[0] == NLMSG_DONE:
                return
            yield one


def _socket(groups):
    made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    made.bind((0, groups))
    return made

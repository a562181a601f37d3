"""introduced.py HOST PORT KIND: sends a PROXY header of that kind and a startup packet without a user's name, all in
one segment, and prints what came back as text: PostgreSQL's own refusal tells that the packet reached it whole."""

import socket
import struct
import sys

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
FRIEND, STRANGER = "203.0.113.7", "198.51.100.1"
body = struct.pack("!I", 196608) + b"database\0app\0\0"
STARTUP = struct.pack("!I", len(body) + 4) + body


def v1(source):
    return f"PROXY TCP4 {source} 192.0.2.1 40000 5432\r\n".encode()


def v2(source, tlvs=b"", command=0x21):
    block = socket.inet_aton(source) + socket.inet_aton("192.0.2.1") + struct.pack("!HH", 40000, 5432) + tlvs
    return SIGNATURE + struct.pack("!BBH", command, 0x11, len(block)) + block


def tlv(kind, value):
    return struct.pack("!BH", kind, len(value)) + value


HEADERS = {
    "none": b"",
    "v1-friend": v1(FRIEND),
    "v1-stranger": v1(STRANGER),
    "v1-unknown": b"PROXY UNKNOWN\r\n",
    "v1-too-long": b"PROXY TCP4 " + b"1" * 200 + b"\r\n",
    "v2-friend": v2(FRIEND),
    "v2-stranger": v2(STRANGER),
    "v2-local": v2(FRIEND, command=0x20),
    "v2-tlvs": v2(FRIEND, tlv(0x01, b"postgresql") + tlv(0xEE, b"?") + tlv(0x20, b"\1\0\0\0\0" + tlv(0x21, b"TLSv1.3"))),
    "v2-length-too-small": SIGNATURE + struct.pack("!BBH", 0x21, 0x11, 4) + b"\1\2\3\4",
    "v2-of-version-3": SIGNATURE + struct.pack("!BBH", 0x31, 0x11, 12) + b"\0" * 12,
}

with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=30) as server:
    answer = b""
    try:
        server.sendall(HEADERS[sys.argv[3]] + STARTUP)
        while part := server.recv(65536):
            answer += part
    except ConnectionError:
        pass
print(answer.decode("ascii", "replace").replace("\0", " "))

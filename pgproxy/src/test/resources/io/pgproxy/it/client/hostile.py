"""hostile.py HOST TIMES: does each thing that no client should TIMES at once, and prints all that it was answered,
or that it was reset; a line of KIND and answer for each."""

import socket
import struct
import sys
import threading
import time

STARTUP = struct.pack("!II", 41, 196608) + b"user\0app\0database\0app\0\0".ljust(33, b"\0")
SSL_REQUEST = struct.pack("!II", 8, 80877103)


def http(server):
    server.sendall(b"GET /index.html HTTP/1.1\r\nHost: db\r\n\r\n")


def length_of_4_gb(server):
    server.sendall(b"\xff\xff\xff\xff" + b"\0\x03\0\0" + b"x" * 65536)


def length_of_2_gb(server):
    server.sendall(b"\x7f\xff\xff\xff" + b"\0\x03\0\0" + b"x" * 65536)


def length_of_zero(server):
    server.sendall(b"\0\0\0\0" * 4)


def cut_short(server):
    server.sendall(STARTUP[:20])
    server.shutdown(socket.SHUT_WR)


def a_byte_a_second(server):
    def trickle():
        try:
            for byte in STARTUP:
                server.sendall(bytes([byte]))
                time.sleep(1)
        except OSError:
            pass

    threading.Thread(target=trickle, daemon=True).start()


def bytes_after_ssl_request(server):
    server.sendall(SSL_REQUEST + STARTUP)


def nothing_at_all(server):
    pass


def attack(host, kind):
    with socket.create_connection((host, 5432), timeout=30) as server:
        try:
            kind(server)
            answer = b""
            while part := server.recv(65536):
                answer += part
            text = f"answered {answer}"
        except ConnectionError as error:
            text = f"reset: {error}"
    print(f"{kind.__name__} {text}\n", end="", flush=True)


KINDS = [
    http,
    length_of_4_gb,
    length_of_2_gb,
    length_of_zero,
    cut_short,
    a_byte_a_second,
    bytes_after_ssl_request,
    nothing_at_all,
]
threads = [
    threading.Thread(target=attack, args=(sys.argv[1], kind)) for kind in KINDS for _ in range(int(sys.argv[2]))
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

"""refusal_bytes.py HOST: everything that the server sends to a startup packet without a user's name, which it refuses
before it asks for a password."""

import socket
import struct
import sys

startup = struct.pack("!I", 196608) + b"database\0app\0\0"
with socket.create_connection((sys.argv[1], 5432), timeout=20) as server:
    server.sendall(struct.pack("!I", len(startup) + 4) + startup)
    answer = b""
    while part := server.recv(65536):
        answer += part
print(answer)

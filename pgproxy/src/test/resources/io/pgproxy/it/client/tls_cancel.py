"""tls_cancel.py HOST PORT: an encrypted session whose cancel is encrypted as well, as libpq 17 and later do it; here by
hand, since Debian 12 has an older one. Prints the node that serves the session, and what became of its query."""

import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct
import sys

import psycopg

HOST, PORT = sys.argv[1], int(sys.argv[2])
USER, PASSWORD, DATABASE = os.environ["PGUSER"], os.environ["PGPASSWORD"], os.environ["PGDATABASE"]
SSL_REQUEST, CANCEL_REQUEST, VERSION_3_0 = 80877103, 80877102, 196608


def encrypted():
    plain = socket.create_connection((HOST, PORT), timeout=60)
    plain.sendall(struct.pack("!ii", 8, SSL_REQUEST))
    if plain.recv(1) != b"S":
        sys.exit("no TLS")
    context = ssl.create_default_context(cafile=os.environ["PGSSLROOTCERT"])
    context.check_hostname = False
    return context.wrap_socket(plain)


class Session:
    def __init__(self):
        self.stream = encrypted()
        self.key = b""
        body = struct.pack("!i", VERSION_3_0) + f"user\0{USER}\0database\0{DATABASE}\0\0".encode()
        self.stream.sendall(struct.pack("!i", len(body) + 4) + body)
        self.log_in()
        self.until_ready()

    def say(self, kind, body):
        self.stream.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def exactly(self, length):
        read = b""
        while len(read) < length:
            part = self.stream.recv(length - len(read))
            if not part:
                sys.exit("the session ended")
            read += part
        return read

    def hear(self):
        kind, length = struct.unpack("!ci", self.exactly(5))
        return kind, self.exactly(length - 4)

    def until_ready(self):
        """The messages up to ReadyForQuery, by their kinds; the last of each."""
        heard = {}
        while True:
            kind, body = self.hear()
            heard[kind] = body
            if kind == b"K":
                self.key = body
            if kind == b"Z":
                return heard

    def log_in(self):
        """SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677)."""
        self.hear()
        first = "n=,r=" + base64.b64encode(os.urandom(18)).decode()
        opening = ("n,," + first).encode()
        self.say(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(opening)) + opening)
        challenge = self.hear()[1][4:].decode()
        said = dict(part.split("=", 1) for part in challenge.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), base64.b64decode(said["s"]), int(said["i"]))
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        final = "c=biws,r=" + said["r"]
        signed = ",".join([first, challenge, final]).encode()
        signature = hmac.digest(hashlib.sha256(client_key).digest(), signed, "sha256")
        proof = bytes(ours ^ theirs for ours, theirs in zip(client_key, signature))
        self.say(b"p", (final + ",p=" + base64.b64encode(proof).decode()).encode())

    def ask(self, query):
        self.say(b"Q", query.encode() + b"\0")


session = Session()
session.ask("select host(inet_server_addr())")
server = session.until_ready()[b"D"][6:].decode()  # behind the number of columns and the length of the first
session.ask("select pg_sleep(8)")

pid = struct.unpack("!i", session.key[:4])[0]
running = "select 1 from pg_stat_activity where pid = %s and wait_event = 'PgSleep' and now() - backend_start > '2 s'"
with psycopg.connect(f"host={server} sslmode=disable", autocommit=True) as watcher:
    while watcher.execute(running, [pid]).fetchone() is None:
        watcher.execute("select pg_sleep(0.1)")

canceller = encrypted()
canceller.sendall(struct.pack("!ii", 8 + len(session.key), CANCEL_REQUEST) + session.key)
try:
    while canceller.recv(100):
        pass
except OSError:
    pass  # PostgreSQL closes without a goodbye, or resets
print(server, "cancelled" if b"E" in session.until_ready() else "not cancelled")

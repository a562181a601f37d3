"""fake_patroni.py: servers on ports 9001 to 9006 that answer as a Patroni must not."""

import os
import socketserver
import threading
import time


def silence(connection):
    time.sleep(60)


def garbage(connection):
    connection.sendall(os.urandom(4096))


def broken_json(connection):
    body = b'{"state": "running", "role": "primary", '
    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def hundred_megabytes(connection):
    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n")
    connection.sendall(b'{"state": "running", "role": "primary", "filling": "')
    for _ in range(100):
        connection.sendall(b"x" * 1024 * 1024)
    connection.sendall(b'"}')


def endless_header(connection):
    connection.sendall(b"HTTP/1.0 200 OK\r\n")
    for _ in range(100):
        connection.sendall(b"X-Filling: " + b"x" * 1024 * 1024 + b"\r\n")


def another_cluster(connection):
    body = (
        b'{"state": "running", "role": "master", "timeline": 99, "database_system_identifier": "1", '
        b'"server_version": 150000, "patroni": {"version": "3.0.2", "scope": "other", "name": "stranger"}}'
    )
    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def serve(port, answer):
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            try:
                self.request.recv(4096)
                answer(self.request)
            except OSError:
                pass

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    threading.Thread(target=Server(("", port), Handler).serve_forever).start()


ANSWERS = [silence, garbage, broken_json, hundred_megabytes, endless_header, another_cluster]
for number, one in enumerate(ANSWERS):
    serve(9001 + number, one)
print("listening", flush=True)

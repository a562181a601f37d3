"""Who is who in the lab, as the client host sees it."""
import json
import os
import socket
import time

NODES = ("pg102", "pg103", "pg104")
# The proxy's name in every figure, and the host that it runs on; polling is a pgproxy without etcd.
PROXIES = {"pgproxy": "ct100", "polling": "ct101", "haproxy": "haproxy"}
SSLMODES = ("disable", "require")
# So many clients of each sslmode are the crowd of a proxy.
CROWD = 10
# Another one makes a page again from records that were kept.
FOLDER = os.environ.get("MEASURE_FOLDER", "/var/tmp/measure")
# As long as it is there, the crowd comes, and the single clients that come and go stay away.
CROWD_FILE = FOLDER + "/crowd"
# As long as it is there, nobody holds a session.
SINGLE_FILE = FOLDER + "/single"


def address(name):
    return socket.gethostbyname(name)


def node_names():
    """Address to name."""
    return {address(node): node for node in NODES}


def ask(host, timeout_seconds, path="/primary"):
    """One GET to Patroni's REST API: (status, body). Raises OSError or ValueError."""
    deadline = time.monotonic() + timeout_seconds
    with socket.create_connection((host, 8008), timeout=timeout_seconds) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        answer = _read_to_end(connection, deadline)
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(None, 2)[1]), json.loads(body)


def _read_to_end(connection, deadline):
    chunks = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no whole answer in time")
        connection.settimeout(left)
        chunk = connection.recv(65536)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)


def connect_directly(node, user="postgres", timeout_seconds=3):
    # Only where there are servers: what makes the pages runs without the driver.
    import psycopg2
    connection = psycopg2.connect(host=node, user=user, connect_timeout=timeout_seconds, sslmode="disable",
                                  application_name="direct")
    connection.autocommit = True
    return connection

"""cancels.py HOST PORT COUNT: sends COUNT cancel requests at once, for sessions that nobody has, and prints after how
many seconds each connection was closed."""

import socket
import struct
import sys
import threading
import time


def cancel(host, port):
    start = time.monotonic()
    with socket.create_connection((host, port), timeout=30) as server:
        server.sendall(struct.pack("!IIII", 16, 80877102, 4711, 4711))
        try:
            server.recv(1)
        except ConnectionError:
            pass
    print(f"{time.monotonic() - start:.2f}\n", end="", flush=True)


threads = [
    threading.Thread(target=cancel, args=(sys.argv[1], int(sys.argv[2]))) for _ in range(int(sys.argv[3]))
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

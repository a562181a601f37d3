"""silent.py HOST PORT COUNT [BYTES]: opens COUNT connections and keeps them, each with the first BYTES bytes of a TLS
handshake that never ends, or without a byte. Says when all are there; ends with TERM. As they are closed by the other
side, says how many are left."""

import selectors
import signal
import socket
import struct
import sys

stop = []
signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
filling = int(sys.argv[4]) if len(sys.argv) > 4 else 0
beginning = (struct.pack("!BHH", 22, 0x0301, 16384) + b"x" * filling)[:filling]
selector = selectors.DefaultSelector()
for _ in range(int(sys.argv[3])):
    try:
        connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5)
        connection.sendall(beginning)
    except OSError:
        continue
    connection.setblocking(False)
    selector.register(connection, selectors.EVENT_READ)
print("all have come", flush=True)
left = -1
while not stop:
    for key, _ in selector.select(0.1):
        try:
            alive = key.fileobj.recv(65536) != b""
        except BlockingIOError:
            alive = True
        except OSError:
            alive = False
        if not alive:
            selector.unregister(key.fileobj)
            key.fileobj.close()
    if len(selector.get_map()) != left:
        left = len(selector.get_map())
        print(left, flush=True)

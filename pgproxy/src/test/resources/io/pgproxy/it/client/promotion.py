"""promotion.py OLD PROXY NODE...: watches, every 20 ms, the sessions on OLD that come from the address PROXY and the
REST API of the other nodes. Ends with 0 when all those sessions have ended within two intervals (2 s) after
another node first answered as a running primary; with 1 if they went on. Ended before it: also 1."""

import http.client
import json
import sys
import time

import psycopg

COUNT = "select count(*) from pg_stat_activity where client_addr = %s and backend_type = 'client backend'"
old, proxy, nodes = sys.argv[1], sys.argv[2], [node for node in sys.argv[3:] if node != sys.argv[1]]


def is_running_primary(node):
    connection = http.client.HTTPConnection(node, 8008, timeout=1)
    try:
        connection.request("GET", "/primary")
        answer = connection.getresponse()
        body = json.loads(answer.read())
        return answer.status == 200 and body["role"] in ("master", "primary") and body["state"] == "running"
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


database = psycopg.connect(f"host={old} user=postgres", autocommit=True)
print(database.execute(COUNT, [proxy]).fetchone()[0], "sessions", flush=True)
promoted_at = None
while True:
    sessions = database.execute(COUNT, [proxy]).fetchone()[0]
    now = time.monotonic()
    if promoted_at is None:
        promoted_at = now if any(map(is_running_primary, nodes)) else None
        if promoted_at is None and sessions == 0:
            sys.exit("the sessions ended before another node was promoted")
    elif sessions == 0:
        print(f"sessions ended {now - promoted_at:.2f} s after the first yes of the new primary")
        sys.exit(0 if now - promoted_at < 2 else "that is too late")
    elif now - promoted_at > 10:
        sys.exit(f"{sessions} sessions still there 10 s after the promotion")
    time.sleep(0.02)

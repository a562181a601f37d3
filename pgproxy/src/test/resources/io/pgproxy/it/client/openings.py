"""openings.py DSN COUNT EVERY: opens COUNT sessions, one after another at a pace of EVERY seconds, without waiting
for the one before. Each asks once and leaves. A line of JSON for each, when it is over."""

import asyncio
import json
import sys
import time

import psycopg

ASK = "select host(inet_server_addr()), pg_is_in_recovery()"


async def one(number, dsn):
    start = time.monotonic()
    result = {"number": number, "connected": False, "server": "", "writable": False, "error": ""}
    try:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            result["connected"] = True
            row = await (await connection.execute(ASK)).fetchone()
            result["server"], result["writable"] = row[0], not row[1]
    except psycopg.Error as error:
        result["error"] = str(error).strip() or repr(error)
    result["seconds"] = round(time.monotonic() - start, 3)
    print(json.dumps(result), flush=True)


async def main(dsn, count, every):
    begun = []
    for number in range(count):
        begun.append(asyncio.create_task(one(number, dsn)))
        await asyncio.sleep(every)
    await asyncio.gather(*begun)


asyncio.run(main(sys.argv[1] + " connect_timeout=100", int(sys.argv[2]), float(sys.argv[3])))

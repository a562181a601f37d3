"""ask.py DRIVER DSN [QUERY]: connects once with psycopg (3), psycopg2 or asyncpg, asks once, and prints the answer or
the driver's own error text as it is."""

import asyncio
import sys

ASK = sys.argv[3] if len(sys.argv) > 3 else "select host(inet_server_addr())"


def ask_psycopg(dsn):
    import psycopg

    with psycopg.connect(dsn) as connection:
        return connection.execute(ASK).fetchone()[0]


def ask_psycopg2(dsn):
    import psycopg2

    connection = psycopg2.connect(dsn)
    cursor = connection.cursor()
    cursor.execute(ASK)
    return cursor.fetchone()[0]


def ask_asyncpg(dsn):
    import asyncpg

    async def ask():
        connection = await asyncpg.connect(dsn)
        return await connection.fetchval(ASK)

    return asyncio.run(ask())


try:
    print("served by", globals()["ask_" + sys.argv[1]](sys.argv[2]))
except Exception as error:
    print(f"{type(error).__name__}: {error}".strip())
    sys.exit(1)

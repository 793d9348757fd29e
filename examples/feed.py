"""A consumer of the feed: what each user of an org has spent, every event counted once."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from decimal import Decimal
from typing import Any

import nats


async def take(url: str, org: str, database: sqlite3.Connection) -> None:
    """Take what there is. An event that comes again is known by its id, whenever that is: what it
    adds and that it was seen are one transaction, and only then it is acknowledged."""
    client = await nats.connect(url, inbox_prefix=f"_INBOX_{org}_reader")
    feed = await client.jetstream().pull_subscribe(f"ledger.{org}.>", org, "LEDGER")
    try:
        while messages := await feed.fetch(500, timeout=1):
            with database:
                for message in messages:
                    count(database, json.loads(message.data))
            for message in messages:
                await message.ack()
    except TimeoutError:
        await client.close()


def count(database: sqlite3.Connection, event: dict[str, Any]) -> None:
    if database.execute("INSERT OR IGNORE INTO seen VALUES (?)", [event["id"]]).rowcount:
        for each in (event["content"] or {}).get("transactions", ()):
            if each["category"] == "usage":
                micro = int(Decimal(each["amount"]) * -1_000_000)
                database.execute("INSERT INTO spent VALUES (?, ?)", [each["user"], micro])


def spent(url: str, org: str, path: str) -> dict[str, str]:
    """Return the credits that each user has spent, kept in a file."""
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")
    database.execute("CREATE TABLE IF NOT EXISTS spent (user TEXT, micro INTEGER)")
    asyncio.run(take(url, org, database))
    sums = database.execute("SELECT user, sum(micro) FROM spent GROUP BY user").fetchall()
    database.close()
    return {user: f"{Decimal(micro) / 1_000_000:f}" for user, micro in sums}

"""How a long page is read from an org that has grown since the planner last looked."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from adapters.postgres.connection import DatabaseUrls
from api.queries.credits.transactions import FIRST_PLACE
from api.queries.reader import query_pool, sql

GROW = """
INSERT INTO tally.transactions (
       org, owner, user_id, asset, sequence, line, category, amount, balance_after, detail, hash,
       occurred_us, recorded_us)
SELECT 'a', '@pool', 'ada', 'credit', n, 0, 'usage', -1, 0, '{}', '', 0, 0
  FROM generate_series(1, 20000) n
"""


async def plan_of(url: str, name: str) -> str:
    """The plan of a query for a page of a thousand, as readers have it."""
    sequence, line = FIRST_PLACE
    asked = {"org": "a", "user": "ada", "sequence": sequence, "line": line, "limit": 1000}
    asked |= {"category": None, "from_us": None, "to_us": None}
    async with query_pool(url, size=2) as pool, pool.connection() as reader, reader.transaction():
        await reader.execute("SELECT set_config('tally.org', 'a', true)")
        cursor = await reader.execute(f"EXPLAIN {sql(name)}".encode(), asked)
        return "\n".join(row["QUERY PLAN"] for row in await cursor.fetchall())


@pytest.mark.parametrize("name", ["credits/transactions", "credits/transactions_of_user"])
def test_a_page_walks_the_index_in_its_order(fresh_database: DatabaseUrls, name: str) -> None:
    with psycopg.connect(fresh_database.owner, autocommit=True) as owner:
        owner.execute("ALTER TABLE tally.transactions SET (autovacuum_enabled = off)")
        owner.execute(GROW)
    plan = asyncio.run(plan_of(fresh_database.query, name))
    assert "Index Scan Backward" in plan
    assert "Bitmap" not in plan
    assert plan.count("Sort") <= plan.count("Append"), plan

"""Reading as `tally_query`: a pool of connections, each read in a transaction of one org."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from ledger.kernel.errors import Unavailable

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]
Row = dict[str, Any]

POOL_MAX = 16
POOL_WAIT_S = 5.0
STATEMENT_TIMEOUT_S = 10


@functools.cache
def sql(name: str) -> str:
    """The text of `api/queries/sql/<name>.sql`."""
    return (files("api.queries") / "sql" / f"{name}.sql").read_text("utf-8")


def query_pool(url: str, *, size: int = POOL_MAX) -> Pool:
    """A pool, not opened yet."""
    return AsyncConnectionPool(
        url,
        connection_class=AsyncConnection[DictRow],
        kwargs={
            "row_factory": dict_row,
            "autocommit": True,
            "prepare_threshold": 0,
            "application_name": "tallystick queries",
            "connect_timeout": 5,
        },
        min_size=2,
        max_size=size,
        timeout=POOL_WAIT_S,
        configure=_configure,
        open=False,
    )


async def _configure(connection: AsyncConnection[DictRow]) -> None:
    await connection.set_read_only(True)
    await connection.execute(
        "SELECT set_config('search_path', 'pg_catalog', false), "
        f"set_config('statement_timeout', '{STATEMENT_TIMEOUT_S}s', false)"
    )


class Reader:
    """Asks questions about one org at a time; row security hides the others."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def rows(
        self, org: str, name: str, parameters: Mapping[str, object] | None = None
    ) -> list[Row]:
        """The rows of a named query."""
        (rows,) = await self.all(org, (name, parameters or {}))
        return rows

    async def row(
        self, org: str, name: str, parameters: Mapping[str, object] | None = None
    ) -> Row | None:
        """The first row of a named query."""
        rows = await self.rows(org, name, parameters)
        return rows[0] if rows else None

    async def at_once(self, name: str, parameters: Mapping[str, object]) -> list[Row]:
        """The rows of a named query that calls one function, which sees to the org itself: one
        statement, a third of the work of a transaction."""
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(sql(name), parameters)
                return await cursor.fetchall()
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise _no_answer() from error

    async def all(self, org: str, *queries: tuple[str, Mapping[str, object]]) -> list[list[Row]]:
        """The rows of several named queries of one transaction, in one round trip."""
        try:
            async with self._pool.connection() as connection, connection.pipeline():
                async with connection.transaction():
                    await connection.execute("SELECT set_config('tally.org', %s, true)", [org])
                    cursors = [
                        await connection.execute(sql(name), parameters)
                        for name, parameters in queries
                    ]
                return [await cursor.fetchall() for cursor in cursors]
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise _no_answer() from error


def _no_answer() -> Unavailable:
    return Unavailable("the database does not answer: send the same again.")

"""The reader, as `tally_query`: a pool of connections, each read in a transaction of one org."""

from __future__ import annotations

import asyncio
import functools
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from api.deadline import REQUEST_S, left_s
from ledger.kernel.errors import Unavailable
from ledger.ports import RecordedEvent

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]
Row = dict[str, Any]

_EVENT = ", ".join(RecordedEvent._fields)

POOL_MAX, POOL_MIN = 16, 4
"""Connections for reads, of all processes of a service together; and those of one at least."""

LONG_POOL_MAX = 4
"""Connections for what takes long; few, as each keeps a processor of the database busy."""

POOL_WAIT_S = 5.0
STATEMENT_TIMEOUT_S = 8
"""A statement that takes longer is ended by the server; one of a server that does not answer, by us
at the deadline of its request."""


@functools.cache
def sql(name: str) -> str:
    """Return the text of a query: `head` is that of all, `credits/hold` one of a context, in
    `api/queries/credits/sql/hold.sql`; `{event}` in it stands for the columns of an event."""
    context, _, query = name.rpartition("/")
    text = (files("api.queries") / context / "sql" / f"{query}.sql").read_text("utf-8")
    return text.replace("{event}", _EVENT)


def query_pool(url: str, *, size: int = POOL_MAX) -> Pool:
    """Return a pool, not opened yet."""
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
    """Read only, and each list along its index: the planner, which takes an org that has grown
    lately for small, would read and sort all of it for one long page."""
    await connection.execute(
        "SELECT set_config('default_transaction_read_only', 'on', false), "
        "set_config('search_path', 'pg_catalog, pg_temp', false), "
        "set_config('enable_bitmapscan', 'off', false), "
        f"set_config('statement_timeout', '{STATEMENT_TIMEOUT_S}s', false)"
    )


class Reader:
    """Asks questions about one org at a time; row security hides the others."""

    def __init__(self, pool: Pool, limit_s: float = REQUEST_S) -> None:
        self._pool = pool
        self.limit_s = limit_s

    async def rows(
        self, org: str, name: str, parameters: Mapping[str, object] | None = None
    ) -> list[Row]:
        """Return the rows of a named query."""
        (rows,) = await self.all(org, (name, parameters or {}))
        return rows

    async def row(
        self, org: str, name: str, parameters: Mapping[str, object] | None = None
    ) -> Row | None:
        """Return the first row of a named query."""
        rows = await self.rows(org, name, parameters)
        return rows[0] if rows else None

    async def at_once(self, name: str, parameters: Mapping[str, object]) -> list[Row]:
        """Return the rows of a named query that calls one function, which sees to the orgs itself:
        one statement, a third of the work of a transaction."""
        async with self._connection() as connection:
            cursor = await connection.execute(sql(name), parameters)
            return await cursor.fetchall()

    async def all(self, org: str, *queries: tuple[str, Mapping[str, object]]) -> list[list[Row]]:
        """Return the rows of several named queries of one transaction, in one round trip.

        What is sent up to the end of a pipeline is a transaction by itself: to begin and commit one
        would be three quarters of the work. Were it not, no query would see any org.
        """
        async with self._connection() as connection:
            async with connection.pipeline():
                await connection.execute("SELECT set_config('tally.org', %s, true)", [org])
                cursors = [
                    await connection.execute(sql(name), parameters) for name, parameters in queries
                ]
            return [await cursor.fetchall() for cursor in cursors]

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection[DictRow]]:
        """Give a connection until the deadline of the request. Raises Unavailable."""
        try:
            waits_s = left_s(min(self.limit_s, POOL_WAIT_S))
            async with self._pool.connection(timeout=waits_s) as connection:
                ends_in_s = max(0.0, left_s(self.limit_s))
                end = asyncio.get_running_loop().call_later(ends_in_s, hang_up, connection)
                try:
                    yield connection
                finally:
                    end.cancel()
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise Unavailable("the database does not answer: send the same again.") from error


def hang_up(connection: AsyncConnection[DictRow]) -> None:
    """Have a wait for a server that does not answer end as if it had closed the connection. To
    cancel the wait would be to wait for what the server says of it."""
    with (
        suppress(OSError, psycopg.OperationalError),
        socket.socket(fileno=os.dup(connection.fileno())) as line,
    ):
        line.shutdown(socket.SHUT_RDWR)

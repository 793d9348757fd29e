"""What the scheduler looks for, in PostgreSQL, as the writer; one connection, one thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from adapters.postgres.connection import connect
from ledger.kernel.errors import Unavailable
from ledger.kernel.ids import POOL, wallet_id
from ledger.kernel.money import CREDIT

_DUE = """
SELECT org, owner, asset
  FROM tally.balances
 WHERE due_us <= %b
 ORDER BY due_us, org, owner, asset
 LIMIT %b
"""
_ALLOWANCES = """
SELECT org
  FROM tally.allowances
 WHERE free_monthly IS NOT NULL AND (granted_month IS NULL OR granted_month < %b)
 ORDER BY org
"""
_OWNERS = """
SELECT owner
  FROM tally.balances
 WHERE org = %b AND owner > %b AND asset = %b AND owner <> %b
 ORDER BY owner
 LIMIT %b
"""


class PostgresAgenda:
    """The scheduler's questions."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def due_wallets(self, now_us: int, most: int) -> list[str]:
        return [wallet_id(*row) for row in self._read(_DUE, [now_us, most])]

    def allowances_before(self, month: str) -> list[str]:
        return [org for (org,) in self._read(_ALLOWANCES, [month])]

    def owners_after(self, org: str, owner: str, most: int) -> list[str]:
        return [found for (found,) in self._read(_OWNERS, [org, owner, CREDIT, POOL, most])]

    def _read(self, query: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = connect(self._url, name="agenda")
            return self._connection.execute(query, parameters, binary=True).fetchall()
        except psycopg.Error as error:
            self.close()
            raise Unavailable(f"PostgreSQL does not answer: {error}") from error

"""Carts in PostgreSQL, as the writer: `schemas/postgres/0105_carts_carts.sql`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import msgspec
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from adapters.postgres.connection import connect, unavailable
from ledger.carts.abandoned import AbandonedCarts, AbandonedSweep
from ledger.carts.cart import Cart
from ledger.carts.ports import Change
from ledger.kernel.decoding import converted
from ledger.kernel.limits import CLAIM_LASTS_US

_COLUMNS = """
org, id, user_id AS "user", secret_hash, currency, customer_group AS "group", price_list, lines,
codes, added, version, created_us, changed_us, expires_us, claimed_by AS "order", claimed_us, closed
"""
_READ = f"SELECT {_COLUMNS} FROM tally.carts WHERE org = %(org)s AND id = %(id)s"
_LOCK = f"{_READ} FOR UPDATE"
_LOCK_ACTIVE = f"""
SELECT {_COLUMNS} FROM tally.carts
 WHERE org = %(org)s AND user_id = %(user)s AND currency = %(currency)s AND NOT closed
   FOR UPDATE
"""
_INSERT = f"""
INSERT INTO tally.carts (org, id, user_id, secret_hash, currency, customer_group, price_list, lines,
                         codes, added, version, created_us, changed_us,
                         expires_us, closed)
VALUES (%(org)s, %(id)s, %(user)s, %(secret_hash)s, %(currency)s, %(group)s, %(price_list)s,
        %(lines)s, %(codes)s, %(added)s, %(version)s, %(created_us)s, %(changed_us)s,
        %(expires_us)s, false)
    ON CONFLICT (org, user_id, currency) WHERE user_id IS NOT NULL AND NOT closed DO NOTHING
RETURNING {_COLUMNS}
"""
_GONE = f"""
expires_us <= {{at}}
AND (claimed_by IS NULL OR closed OR claimed_us <= {{at}} - {CLAIM_LASTS_US})
"""
"""`Cart.is_there`, turned around."""

_CLOSE_EXPIRED = f"""
UPDATE tally.carts SET closed = true
 WHERE org = %(org)s AND user_id = %(user)s AND currency = %(currency)s AND NOT closed
   AND {_GONE.format(at="%(created_us)s")}
"""
_UPDATE = """
UPDATE tally.carts
   SET lines = %(lines)s, codes = %(codes)s, added = %(added)s, version = %(version)s,
       changed_us = %(changed_us)s, expires_us = %(expires_us)s
 WHERE org = %(org)s AND id = %(id)s
"""
_DELETE = "DELETE FROM tally.carts WHERE org = %(org)s AND id = %(id)s"
_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_CLAIM = f"""
UPDATE tally.carts SET claimed_by = %(order)s, claimed_us = {_NOW}
 WHERE org = %(org)s AND id = %(id)s AND version = %(version)s AND claimed_by IS NULL AND NOT closed
RETURNING {_COLUMNS}
"""
_FREE = """
UPDATE tally.carts SET claimed_by = NULL, claimed_us = NULL
 WHERE org = %(org)s AND id = %(id)s AND claimed_by = %(order)s AND NOT closed
"""
_CLOSE = """
UPDATE tally.carts SET closed = true
 WHERE org = %(org)s AND id = %(id)s AND claimed_by = %(order)s
"""
_ABANDONED = """
jsonb_array_length(lines) > 0 AND NOT (closed AND claimed_by IS NOT NULL)
AND NOT EXISTS (SELECT FROM tally.order_states o
                 WHERE o.org = k.org AND o.id = k.claimed_by AND o.number IS NOT NULL)
"""
"""`Cart.is_abandoned`; of one that nobody has looked at since its order was bought, too."""


def _expired(which: str) -> str:
    return f"""(SELECT org, id FROM tally.carts k
         WHERE {_GONE.format(at="%(at_us)s")} AND swept IS NULL AND {which}
         ORDER BY expires_us LIMIT %(limit)s
           FOR UPDATE SKIP LOCKED) expired
 WHERE c.org = expired.org AND c.id = expired.id"""


_SWEEP = f"DELETE FROM tally.carts c USING {_expired(f'NOT ({_ABANDONED})')}"
_ABANDON = f"UPDATE tally.carts c SET swept = %(sweep)s FROM {_expired(_ABANDONED)}"
_COUNTED = """
SELECT org, swept AS sweep, day, currency, count(*) AS carts,
       count(*) FILTER (WHERE user_id IS NULL) AS guests, sum(units)::bigint AS units
  FROM tally.carts c,
       to_char(to_timestamp(changed_us / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
       LATERAL (SELECT sum((line->>'units')::bigint) AS units
                  FROM jsonb_array_elements(lines) line) lying
 WHERE swept IS NOT NULL
 GROUP BY org, swept, day, currency
 ORDER BY org, swept, day, currency
"""
_FORGET = "DELETE FROM tally.carts WHERE org = %(org)s AND swept = %(sweep)s"
_Connection = psycopg.Connection[DictRow]


class PostgresCarts:
    """Carts, by as many connections as threads ask at once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[_Connection] = []

    def hang_up(self) -> None:
        """Close the connections that nobody uses; the next use opens another."""
        while self._idle:
            self._idle.pop().close()

    def open(self, cart: Cart) -> Cart:
        with self._transaction() as connection:
            return _opened(connection, cart)

    def read(self, org: str, cart: str) -> Cart | None:
        return self._found(_READ, org=org, id=cart)

    def change(self, org: str, cart: str, change: Change) -> Cart | None:
        with self._transaction() as connection:
            found = _one(connection, _LOCK, {"org": org, "id": cart})
            return None if found is None else _kept(connection, found, change(found))

    def remove(self, org: str, cart: str, check: Callable[[Cart], object]) -> bool:
        named = {"org": org, "id": cart}
        with self._transaction() as connection:
            if (found := _one(connection, _LOCK, named)) is None:
                return False
            check(found)
            connection.execute(_DELETE, named)
            return True

    def merge(
        self, org: str, guest: str, into: Cart, unite: Callable[[Cart, Cart], Cart]
    ) -> Cart | None:
        named = {"org": org, "id": guest}
        with self._transaction() as connection:
            # The guest's is locked first by everyone, so that no two wait for each other.
            if (found := _one(connection, _LOCK, named)) is None or found.user is not None:
                return None
            active = _opened(connection, into)
            united = _kept(connection, active, unite(found, active))
            connection.execute(_DELETE, named)
            return united

    def claim(self, org: str, cart: str, version: int, order: str) -> Cart | None:
        claimed = self._found(_CLAIM, org=org, id=cart, version=version, order=order)
        return claimed or self.read(org, cart)

    def free(self, org: str, cart: str, order: str) -> bool:
        return self._count(_FREE, org=org, id=cart, order=order) == 1

    def close(self, org: str, cart: str, order: str) -> bool:
        return self._count(_CLOSE, org=org, id=cart, order=order) == 1

    def sweep(self, at_us: int, limit: int) -> int:
        return self._count(_SWEEP, at_us=at_us, limit=limit)

    def abandon(self, at_us: int, sweep: str, limit: int) -> int:
        return self._count(_ABANDON, at_us=at_us, sweep=sweep, limit=limit)

    def abandoned(self) -> list[AbandonedSweep]:
        with self._connected() as connection:
            rows = connection.execute(_COUNTED).fetchall()
        return [
            AbandonedSweep(org, sweep, [converted(_counts(row), AbandonedCarts) for row in of])
            for (org, sweep), of in groupby(rows, key=lambda row: (row["org"], row["sweep"]))
        ]

    def forget(self, org: str, sweep: str) -> None:
        self._count(_FORGET, org=org, sweep=sweep)

    def _found(self, query: str, **asked: object) -> Cart | None:
        with self._connected() as connection:
            return _one(connection, query, asked)

    def _count(self, statement: str, **asked: object) -> int:
        with self._connected() as connection:
            return connection.execute(statement, asked).rowcount

    @contextmanager
    def _transaction(self) -> Iterator[_Connection]:
        with self._connected() as connection, connection.transaction():
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[_Connection]:
        """Give a connection to one thread. Raises Unavailable."""
        with unavailable():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                yield connection
            finally:
                if not connection.closed:
                    self._idle.append(connection)

    def _connect(self) -> _Connection:
        connection: psycopg.Connection[Any] = connect(self._url, name="carts")
        connection.row_factory = dict_row
        return connection


def _opened(connection: _Connection, cart: Cart) -> Cart:
    """Return the cart that its user has, locked, or else this one, which is kept."""
    asked = _row(cart)
    if cart.user is not None:
        connection.execute(_CLOSE_EXPIRED, asked)
    while True:
        if (made := _one(connection, _INSERT, asked)) is not None:
            return made
        # Who has it may close or remove it before we have the lock: then there is room for ours.
        if (found := _one(connection, _LOCK_ACTIVE, asked)) is not None:
            return found


def _kept(connection: _Connection, before: Cart, after: Cart) -> Cart:
    if after != before:
        connection.execute(_UPDATE, _row(after))
    return after


def _one(connection: _Connection, query: str, asked: Mapping[str, object]) -> Cart | None:
    row = connection.execute(query, asked).fetchone()
    return None if row is None else converted(row, Cart)


def _row(cart: Cart) -> dict[str, object]:
    row = msgspec.structs.asdict(cart)
    lists = {"lines": cart.lines, "codes": cart.codes, "added": cart.added}
    return row | {name: Jsonb(msgspec.to_builtins(each)) for name, each in lists.items()}


def _counts(row: DictRow) -> DictRow:
    return {name: value for name, value in row.items() if name not in ("org", "sweep")}

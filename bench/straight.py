"""The limit of the store: rows of a finished run inserted straight into the same tables.

No HTTP, no decisions, no hashing, no heads: one connection as the writer, under row security, with
triggers and durable commits, in groups as large as those that the connections of the run can make.
The columns are read from the tables, so the rows are whatever the service stores.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
from psycopg import conninfo, sql

from adapters.postgres.connection import WRITER, as_role, connect
from adapters.postgres.migrations import migrate
from api.container import Opening, owned_database
from api.settings import Settings
from bench.stand import ORG, Stand
from ledger.credits.usage import LINES

Row = tuple[Any, ...]
LINES_MAX = 60_000
SLICES = 5
"""Runs: the rows are divided among them, after a first part that warms up."""

_names = count(1)


@dataclass(frozen=True)
class Table:
    """A table and the statement that inserts many rows of it, a column each parameter."""

    name: str
    columns: list[str]
    insert: sql.Composed


def last_sequence(stand: Stand, org: str = ORG) -> int:
    """How far an org's chain has come."""
    with (
        owned_database(Settings(data=stand.data), Opening.READ) as at,
        psycopg.connect(at.owner) as source,
    ):
        row = source.execute("SELECT sequence FROM tally.heads WHERE org = %s", [org]).fetchone()
        return int(row[0]) if row else 0


def straight(
    stand: Stand,
    after: int,
    group: int,
    org: str = ORG,
    *,
    space: str = LINES,
    added: Sequence[str] = (),
) -> list[float]:
    """Usage lines a second that the tables take, run by run, or whatever has a key of a `space`:
    the rows of the org's events after a sequence, `group` events a transaction. `added`: the tables
    of rows that are added up."""
    with owned_database(Settings(data=stand.data), Opening.READ) as at:
        name = f"straight_{next(_names)}"
        with psycopg.connect(at.owner, autocommit=True) as owner:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = conninfo.make_conninfo(at.owner, dbname=name)
        migrate(url)
        _make_room(url, at.owner)
        with (
            psycopg.connect(at.owner) as source,
            connect(as_role(url, WRITER), name="straight") as target,
        ):
            return _Insertion(source, target, org, after, group, space, added).rates()


def _make_room(url: str, origin: str) -> None:
    """Partitions for the positions that the rows have."""
    with psycopg.connect(origin) as source, psycopg.connect(url, autocommit=True) as owner:
        last = source.execute("SELECT position FROM tally.shard").fetchone()
        owner.execute("SELECT tally.ensure_event_partitions(%s)", last)


class _Insertion:
    """The rows in memory, then their insertion, timed."""

    def __init__(
        self,
        source: psycopg.Connection[Row],
        target: psycopg.Connection[Row],
        org: str,
        after: int,
        group: int,
        space: str,
        added: Sequence[str],
    ) -> None:
        self._target = target
        names = ("keys", "balances", *added, "events")
        self._tables = {name: _table(target, name) for name in names}
        where = "org = %s AND sequence > %s AND sequence <= %s"
        parameters = [org, after, _until(source, org, after, space)]
        self._events = self._select(source, "events", where, parameters)
        self._keys = self._select(source, "keys", where, parameters)
        rows = source.execute(_select(self._tables["balances"], "org = %s"), [org]).fetchall()
        self._balances = {
            f"wallet/{self._column('balances', row, 'asset')}/"
            f"{self._column('balances', row, 'owner')}": row
            for row in rows
        }
        self._added = {name: self._select(source, name, where, parameters) for name in added}
        self._group = group
        lines = [key for key in self._keys if self._column("keys", key, "space") == space]
        self._lines_per_event = len(lines) / len(self._events)

    def rates(self) -> list[float]:
        groups = list(self._groups())
        size = max(1, len(groups) // (SLICES + 1))
        slices = [groups[place : place + size] for place in range(0, len(groups), size)]
        if len(slices) > 1:
            self._insert(slices.pop(0))
        return [self._insert(each) for each in slices[:SLICES]]

    def _insert(self, groups: list[dict[str, list[Row]]]) -> float:
        """Lines a second, at as many lines an event as the whole run had."""
        started = time.perf_counter()
        for group in groups:
            with self._target.transaction():
                for table, rows in group.items():
                    if rows:  # what time brings uses no key
                        insert = self._tables[table].insert
                        self._target.execute(insert, _columns(rows), prepare=True, binary=True)
        seconds = time.perf_counter() - started
        return sum(len(group["events"]) for group in groups) * self._lines_per_event / seconds

    def _groups(self) -> Iterator[dict[str, list[Row]]]:
        following = {"keys": deque(self._keys)}
        following |= {name: deque(rows) for name, rows in self._added.items()}
        for first in range(0, len(self._events), self._group):
            events = self._events[first : first + self._group]
            last = self._column("events", events[-1], "sequence")
            found: dict[str, list[Row]] = {name: [] for name in self._tables}
            for name, rows in following.items():
                while rows and self._column(name, rows[0], "sequence") <= last:
                    found[name].append(rows.popleft())
            streams = sorted({self._column("events", event, "stream") for event in events})
            found["balances"] = [self._balances[each] for each in streams if each in self._balances]
            yield found | {"events": events}

    def _select(
        self, source: psycopg.Connection[Row], name: str, where: str, parameters: list[object]
    ) -> list[Row]:
        query = _select(self._tables[name], f"{where} ORDER BY sequence")
        return source.execute(query, parameters).fetchall()

    def _column(self, table: str, row: Row, name: str) -> Any:
        return row[self._tables[table].columns.index(name)]


def _until(source: psycopg.Connection[Row], org: str, after: int, space: str) -> int:
    """The last sequence of as many lines as we insert."""
    ((last,),) = source.execute(
        "SELECT max(sequence) FROM (SELECT sequence FROM tally.keys WHERE org = %s "
        "AND space = %s AND sequence > %s ORDER BY sequence LIMIT %s) AS first",
        [org, space, after, LINES_MAX],
    ).fetchall()
    return int(last)


def _table(connection: psycopg.Connection[Row], name: str) -> Table:
    found = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [f"tally.{name}"],
    ).fetchall()
    columns = [column for column, _ in found]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    arrays = sql.SQL(", ").join(sql.SQL("%b::" + type_ + "[]") for _, type_ in found)
    insert = sql.SQL("INSERT INTO {} ({}) SELECT * FROM unnest({})").format(
        sql.Identifier("tally", name), names, arrays
    )
    return Table(name, columns, insert + _conflict(name, columns))


def _conflict(name: str, columns: Sequence[str]) -> sql.Composable:
    """A wallet's row is written again with each of its events."""
    if name != "balances":
        return sql.SQL("")
    key = ["org", "owner", "asset"]
    changed = [sql.Identifier(each) for each in columns if each not in key]
    assigned = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(each) for each in changed)
    return sql.SQL(" ON CONFLICT (org, owner, asset) DO UPDATE SET ") + assigned


def _select(table: Table, where: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("SELECT {} FROM {} WHERE " + where).format(
        names, sql.Identifier("tally", table.name)
    )


def _columns(rows: Sequence[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]

"""Every table and column there is, from the databases' own catalogues, and how each is attacked.

Nobody has to remember a new column: it is attacked by its type. What verification cannot and need
not find has its reason in HARMLESS, the only list here.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

TABLES = """
SELECT c.relname
  FROM pg_class c
 WHERE c.relnamespace = 'tally'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND c.relname !~ '_archived$'
 ORDER BY c.relname
"""
COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relname = ANY (%s) AND c.relnamespace = 'tally'::regnamespace
   AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 ORDER BY c.relname, a.attnum
"""

HARMLESS = {
    ("archives", "archived_us"): "when it was taken out: of use to people, and to nothing else",
    ("checkpoints", "sealed_us"): "not signed; what lies between its neighbours orders deliveries",
    ("shard", "epoch"): "a commit under another epoch is refused: the lease is taken anew",
    **{
        ("leases", each): "who writes at the time says nothing of the ledger; a lease is taken anew"
        for each in (
            *("shard", "epoch", "service", "host", "port", "token", "until_us", "races_lost"),
            *("removed", "added"),
        )
    },
    ("projection_heads", "why"): "words for people, read only where an org is set aside",
    ("shard", "id"): "there is just one row, and no statement asks for its id",
    ("texts", "added"): "a text that no event and no entry names is shown nowhere",
    **{
        ("secrets", each): "what cursors and logins are made with says nothing of the ledger"
        for each in ("name", "secret", "removed", "added")
    },
    **{
        ("effects", each): "who was called says nothing of the ledger; a call may be made again"
        for each in (
            *("org", "effect", "key", "content", "deferred_us", "ended_us", "outcome", "error"),
            *("turn", "attempts"),
        )
    },
    **{
        (table, each): "a count for the metrics"
        for table, names in {
            "effect_totals": ("effect", "outcome", "times"),
            "alarms": ("alarm", "times", "last_us", "why"),
        }.items()
        for each in names
    },
    **{
        (table, each): "no row of a count, or of a call, says anything of the ledger"
        for table in ("effects", "effect_totals", "alarms")
        for each in ("removed", "added")
    },
    **{
        ("key_uses", each): "when a key was last used is for people, and lost with its process"
        for each in ("org", "key", "last_used_us", "removed", "added")
    },
    **{
        (
            "carts",
            each,
        ): "a cart says nothing of the ledger: an order freezes what it is made of"
        for each in (
            *("org", "id", "user_id", "secret_hash", "currency", "customer_group", "price_list"),
            *("lines", "codes", "added", "version", "created_us", "changed_us", "expires_us"),
            *("claimed_by", "claimed_us", "closed", "swept", "removed", "added"),
        )
    },
    ("witnesses", "name"): "a delivery begins anew; what a witness has is read from the witness",
    ("witnesses", "delivered_us less"): "it is delivered again",
    ("witnesses", "error"): "what the last delivery said; the next one writes it",
    ("witnesses", "active"): "written from the settings whenever the sealer starts",
    ("witnesses", "removed"): "a delivery begins anew",
}
"""What may be changed unseen, by table and column (`column attack` for one attack; `removed` and
`added` are attacks on rows), and why."""

_NUMBER = {"more": "coalesce({c}, 0) + 1", "less": "coalesce({c}, 0) - 1"}

CHANGES = {
    "bigint": {**_NUMBER, "far": "4 * 10 ^ 18"},
    "numeric": {**_NUMBER, "far": "4 * 10 ^ 18"},
    "integer": _NUMBER,
    "smallint": _NUMBER,
    "boolean": {"turned": "NOT {c}"},
    "text": {"longer": "coalesce({c}, '') || 'x'", "emptied": "''"},
    "jsonb": {"longer": "{c} || '[1]'", "emptied": "'[]'"},
    "bytea": {
        "flipped": "set_byte({c}, 0, get_byte({c}, 0) # 1)",
        "cut": "substring({c} FROM 2)",
    },
}
"""How a value of each type is changed: the attack → an expression of it."""

COMMON = {"nothing": "NULL", "another's": None}
"""With every type: no value at all, and that of another row."""

ANALYSTS_CHANGES = {
    "String": "concat({c}, 'x')",
    "LowCardinality(String)": "concat({c}, 'x')",
    "FixedString(32)": "toFixedString('x', 32)",
    "Int64": "{c} + 1",
    "UInt64": "{c} + 1",
    "UInt32": "{c} + 1000",  # a line, of which there is none
    "Bool": "NOT {c}",
    "DateTime64(6, 'UTC')": "{c} + INTERVAL 1 MONTH",
    "Map(LowCardinality(String), UInt64)": "map('forged', 1)",
    "Map(LowCardinality(String), Int128)": "map('forged', 1)",
    "Array(String)": "['forged']",
    "Array(LowCardinality(String))": "['forged']",
    "Array(Int64)": "[1]",
}
"""The same in ClickHouse."""


class Column(NamedTuple):
    """A column of a table, and its type."""

    table: str
    name: str
    type: str

    def attacks(self) -> list[str]:
        """The names of all attacks on it. Fails for a type that nobody knows to attack."""
        return [*CHANGES[self.type], *COMMON]


class Attacked(NamedTuple):
    """What an attack has made of a row; `before` as it was."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    """The tables of the store; partitions count as their table."""
    return [name for (name,) in connection.execute(TABLES).fetchall()]


def columns(connection: psycopg.Connection[Any]) -> list[Column]:
    """The columns of every table."""
    found = connection.execute(COLUMNS, [tables(connection)]).fetchall()
    return [Column(*row) for row in found]


def change(
    connection: psycopg.Connection[Any], column: Column, attack: str, draw: random.Random
) -> Attacked | None:
    """Attack a drawn row; None when the database refuses it, or nothing would change."""
    rows = list(_rows(connection, column.table))
    draw.shuffle(rows)
    for place, before in rows:
        after = _changed(connection, column, attack, place)
        if after is not None and after != before:
            return Attacked(before, after)
    return None


def remove(connection: psycopg.Connection[Any], table: str, draw: random.Random) -> Attacked | None:
    """Remove a drawn row, if there is one."""
    rows = list(_rows(connection, table))
    if not rows:
        return None
    place, before = draw.choice(rows)
    statement = sql.SQL("DELETE FROM {} WHERE (tableoid, ctid) = (%s, %s)")
    connection.execute(statement.format(_name(table)), place)
    return Attacked(before, {})


def add(
    connection: psycopg.Connection[Any], column: Column, draw: random.Random
) -> Attacked | None:
    """Add a row like another but for one column; None when the database refuses it."""
    rows = list(_rows(connection, column.table))
    if not rows:
        return None
    place, before = draw.choice(rows)
    attack = next(iter(CHANGES[column.type]))
    names = [each.name for each in columns(connection) if each.table == column.table]
    chosen = [
        sql.SQL(_expression(column, attack)) if name == column.name else sql.Identifier(name)
        for name in names
    ]
    statement = sql.SQL(
        "INSERT INTO {0} AS n ({1}) SELECT {2} FROM {0} r WHERE (r.tableoid, r.ctid) = (%s, %s) "
        "RETURNING to_jsonb(n)"
    ).format(_name(column.table), _names(names), sql.SQL(", ").join(chosen))
    after = _tried(connection, statement, place)
    return None if after is None else Attacked(before, after)


def put_back(connection: psycopg.Connection[Any], changed: Iterable[str], saved: str) -> None:
    """Make the rows of tables those of copies of them."""
    every = columns(connection)
    for table in changed:
        names = _names([each.name for each in every if each.table == table])
        copy = sql.Identifier(saved, table)
        connection.execute(sql.SQL("DELETE FROM {}").format(_name(table)))
        statement = sql.SQL("INSERT INTO {0} ({1}) SELECT {1} FROM {2}")
        connection.execute(statement.format(_name(table), names, copy))


def _rows(
    connection: psycopg.Connection[Any], table: str
) -> Iterator[tuple[list[Any], Mapping[str, Any]]]:
    query = sql.SQL("SELECT tableoid, ctid::text, to_jsonb(t) FROM {} t ORDER BY t::text")
    for tableoid, ctid, row in connection.execute(query.format(_name(table))).fetchall():
        yield [tableoid, ctid], row


def _changed(
    connection: psycopg.Connection[Any], column: Column, attack: str, place: list[Any]
) -> Mapping[str, Any] | None:
    statement = sql.SQL(
        "UPDATE {0} r SET {1} = {2} WHERE (tableoid, ctid) = (%s, %s) RETURNING to_jsonb(r)"
    ).format(_name(column.table), sql.Identifier(column.name), sql.SQL(_expression(column, attack)))
    return _tried(connection, statement, place)


def _expression(column: Column, attack: str) -> str:
    quoted = f'"{column.name}"'
    expression = {**CHANGES[column.type], **COMMON}[attack]
    if expression is not None:
        return expression.format(c=f"r.{quoted}")
    return (
        f"(SELECT o.{quoted} FROM tally.{column.table} o WHERE o.{quoted} IS DISTINCT FROM "
        f"r.{quoted} ORDER BY o::text LIMIT 1)"
    )


def _tried(
    connection: psycopg.Connection[Any], statement: sql.Composed, place: list[Any]
) -> Mapping[str, Any] | None:
    """The row that a statement answers; None when a constraint refuses it."""
    try:
        with connection.transaction():
            row = connection.execute(statement, place).fetchone()
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError):
        return None
    return None if row is None else dict(row[0])


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _name(table: str) -> sql.Composed:
    return sql.SQL("tally.{}").format(sql.Identifier(table))

"""Rows of a COPY: all, as many as are wanted, or what went wrong; the connection goes on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.copying import copied

Connection = psycopg.Connection[tuple[Any, ...]]
MANY = 200_000
"""More rows than any buffer on the way holds."""


@pytest.fixture
def connection(database: DatabaseUrls) -> Iterator[Connection]:
    with psycopg.connect(database.owner, autocommit=True) as connection:
        yield connection


def numbers(until: int, divided_by: str = "1") -> sql.Composed:
    return sql.SQL(
        "COPY (SELECT n / ({}) FROM generate_series(1, {}) AS n) TO STDOUT (FORMAT TEXT)"
    ).format(sql.SQL(divided_by), sql.Literal(until))


def is_usable(connection: Connection) -> bool:
    return connection.execute("SELECT 7").fetchone() == (7,)


def test_every_row_comes_once_and_in_order(connection: Connection) -> None:
    assert [int(row) for row in map(bytes, copied(connection, numbers(MANY)))] == [
        *range(1, MANY + 1)
    ]
    assert [*copied(connection, numbers(0))] == []
    assert is_usable(connection)


def test_who_stops_early_gets_no_more_and_keeps_the_connection(connection: Connection) -> None:
    rows = copied(connection, numbers(MANY))
    assert [bytes(row) for row in islice(rows, 2)] == [b"1\n", b"2\n"]
    rows.close()  # type: ignore[attr-defined]  # it is a generator
    assert is_usable(connection)


def test_what_fails_at_once_or_on_the_way_is_said(connection: Connection) -> None:
    with pytest.raises(errors.UndefinedColumn):
        list(copied(connection, numbers(3, "nothing")))
    rows = copied(connection, numbers(MANY, f"{MANY} - n"))
    assert bytes(next(rows)) == b"0\n"
    with pytest.raises(errors.DivisionByZero):
        list(rows)
    assert is_usable(connection)


def test_a_second_copy_waits_for_the_end_of_the_first(connection: Connection) -> None:
    rows = copied(connection, numbers(MANY))
    next(rows)
    with pytest.raises(errors.ActiveSqlTransaction):
        list(copied(connection, numbers(1)))
    assert len([*rows]) == MANY - 1
    assert is_usable(connection)


def test_who_stops_after_the_connection_was_closed_is_not_troubled(connection: Connection) -> None:
    rows = copied(connection, numbers(MANY))
    next(rows)
    connection.close()
    rows.close()  # type: ignore[attr-defined]  # it is a generator


def test_a_connection_lost_on_the_way_is_an_error(
    connection: Connection, database: DatabaseUrls
) -> None:
    rows = copied(connection, numbers(MANY * 20))
    next(rows)
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        list(rows)

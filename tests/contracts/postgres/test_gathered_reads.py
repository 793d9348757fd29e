"""Balances of several orgs in one statement, each under its own org's row security."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.event_store import PostgresEventStore
from ledger.credits.ports import BalanceRow
from tests.contracts.stores import append_to, entry

Connection = psycopg.Connection[tuple[Any, ...]]
ASKED = "SELECT org, owner, asked, sequence, asset, state FROM tally.wallets_of(%s, %s, %s)"
VISIBLE = "SELECT count(*) FROM tally.balances"
DENY = (
    "CREATE POLICY denied ON tally.balances AS RESTRICTIVE FOR SELECT TO tally_query "
    "USING (org <> 'b')"
)


@pytest.fixture(scope="module")
def filled(database: DatabaseUrls) -> DatabaseUrls:
    """Two orgs whose users have the same ids and other balances."""
    event_store = PostgresEventStore(database.writer)
    for org in ("a", "b"):
        rows = [
            BalanceRow(org, owner, asset, 1, 1, 5, 0, 0, f'"{org} {owner} {asset}"')
            for owner, asset in (("ada", "credit"), ("ada", "usd"), ("bob", "credit"))
        ]
        append_to(event_store, [entry(org, "s")], balances=rows)
    event_store.close()
    return database


@pytest.fixture
def reader(filled: DatabaseUrls) -> Iterator[Connection]:
    with psycopg.connect(filled.query, autocommit=True) as connection:
        yield connection


def asked(reader: Connection, *questions: tuple[str, str, str | None]) -> list[tuple[Any, ...]]:
    return reader.execute(ASKED, [list(each) for each in zip(*questions, strict=True)]).fetchall()


def test_each_is_answered_with_the_rows_of_its_org(reader: Connection) -> None:
    questions = [("a", "ada", "credit"), ("b", "ada", "credit"), ("a", "bob", "credit")]
    assert sorted(asked(reader, *questions)) == sorted(
        (org, owner, asset, 1, asset, f'"{org} {owner} {asset}"') for org, owner, asset in questions
    )
    assert asked(reader, ("b", "ada", None), ("b", "bob", "usd")) == [
        ("b", "ada", None, 1, "credit", '"b ada credit"'),
        ("b", "ada", None, 1, "usd", '"b ada usd"'),
        ("b", "bob", "usd", 1, None, None),
    ]


def test_who_has_no_wallet_and_an_org_without_events_have_a_row(reader: Connection) -> None:
    assert sorted(asked(reader, ("a", "eve", "credit"), ("new", "ada", "credit"))) == [
        ("a", "eve", "credit", 1, None, None),
        ("new", "ada", "credit", 0, None, None),
    ]
    assert asked(reader, ("", "ada", "credit")) == [("", "ada", "credit", 0, None, None)]


def test_it_is_row_security_that_lets_each_org_through(
    filled: DatabaseUrls, reader: Connection
) -> None:
    questions = [("a", "ada", "credit"), ("b", "ada", "credit")]
    with psycopg.connect(filled.owner, autocommit=True) as owner:
        owner.execute(DENY)
        try:
            assert sorted(asked(reader, *questions)) == [
                ("a", "ada", "credit", 1, "credit", '"a ada credit"'),
                ("b", "ada", "credit", 1, None, None),
            ]
        finally:
            owner.execute("DROP POLICY denied ON tally.balances")


@pytest.mark.parametrize("before", ["", "a"])
def test_afterwards_no_org_is_let_through(reader: Connection, before: str) -> None:
    with reader.transaction():
        reader.execute("SELECT set_config('tally.org', %s, true)", [before])
        assert len(asked(reader, ("a", "ada", "credit"), ("b", "ada", "credit"))) == 2
        assert reader.execute(VISIBLE).fetchall() == [(0,)]
    assert reader.execute(VISIBLE).fetchall() == [(0,)]


def test_nor_after_it_failed(reader: Connection) -> None:
    with pytest.raises(psycopg.Error):
        reader.execute(
            "SELECT 1 / (w.owner <> 'ada')::int FROM tally.wallets_of(%s, %s, %s) w",
            [["b"], ["ada"], ["credit"]],
        )
    assert reader.execute(VISIBLE).fetchall() == [(0,)]

"""Each declared table is written by its own function, and no other function by its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from adapters.postgres.connection import DatabaseUrls
from ledger.tables import TABLES
from ledger.tenancy.org import PLACEMENTS

Connection = psycopg.Connection[tuple[Any, ...]]

ENTER = "SELECT tally.enter_directories(%s)"
KEY = """
SELECT array_agg(a.attname::text ORDER BY a.attnum)
  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
 WHERE i.indrelid = %s::regclass AND i.indisprimary
"""
MAY = "SELECT has_function_privilege(%s, %s, 'EXECUTE')"


@pytest.fixture
def writer(database: DatabaseUrls) -> Iterator[Connection]:
    with psycopg.connect(database.writer, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("name", TABLES)
def test_a_declared_table_has_its_key_and_its_function(owner: Connection, name: str) -> None:
    key = (
        ["org"] if name == PLACEMENTS else [*TABLES[name].key]
    )  # of the heads that it is a view of
    table = "heads" if name == PLACEMENTS else name
    assert owner.execute(KEY, [f"tally.{table}"]).fetchone() == (key,)
    called = f"tally.put_{name}(jsonb)"
    for role, may in (("tally_writer", True), ("tally_query", False)):
        assert owner.execute(MAY, [role, called]).fetchone() == (may,), role


@pytest.mark.parametrize(
    "name", ["nothing", "kept", "orgs(jsonb)", "ORGS", "", "orgs'; DROP TABLE tally.orgs; --"]
)
def test_what_is_no_table_is_refused_by_name(writer: Connection, name: str) -> None:
    with pytest.raises(errors.UndefinedFunction, match=r"no migration brings tally\.put_"):
        writer.execute(ENTER, [Jsonb({name: []})])


def test_a_function_that_is_not_granted_is_not_called(
    owner: Connection, writer: Connection
) -> None:
    owner.execute(
        "CREATE FUNCTION tally.put_hidden(rows jsonb) RETURNS void LANGUAGE sql "
        "SET search_path = pg_catalog, tally, pg_temp AS 'SELECT NULL'"
    )
    owner.execute("REVOKE ALL ON FUNCTION tally.put_hidden FROM PUBLIC")
    try:
        with pytest.raises(errors.InsufficientPrivilege):
            writer.execute(ENTER, [Jsonb({"hidden": []})])
    finally:
        owner.execute("DROP FUNCTION tally.put_hidden")

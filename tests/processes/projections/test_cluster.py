"""The script that spreads the analysts' table over a cluster: ClickHouse parses it, and the table
that it makes on each node is the migrated one. There is no cluster here to run it on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from adapters.clickhouse.connection import connect, statements
from api.container import Endpoints

SCRIPT = Path(__file__).parents[3] / "ops" / "clickhouse" / "cluster.sql"
KEPT = re.compile(r"PARTITION BY \S+\s+ORDER BY \([^)]*\)")


def parts() -> list[str]:
    """The statements, without comments."""
    bare = re.sub(r"^--.*\n", "", SCRIPT.read_text("utf-8"), flags=re.MULTILINE)
    return [each.strip() for each in bare.split(";") if each.strip()]


@pytest.fixture
def clickhouse(ends: Endpoints) -> Iterator[Client]:
    client = connect(ends.clickhouse_url)
    yield client
    client.close()


@pytest.mark.parametrize("statement", parts(), ids=lambda text: " ".join(text.split()[:3]))
def test_clickhouse_parses_each_statement(clickhouse: Client, statement: str) -> None:
    kind = statement.split(maxsplit=1)[0].capitalize().encode()
    assert clickhouse.raw_query(f"EXPLAIN AST {statement}").startswith(kind)


def test_what_is_no_statement_is_not_parsed(clickhouse: Client) -> None:
    with pytest.raises(DatabaseError, match="Syntax error"):
        clickhouse.raw_query("EXPLAIN AST CREATE TABLE t ON CLUSTER AS usage")


def test_every_setting_is_one_of_clickhouse(clickhouse: Client) -> None:
    named = re.findall(r"^    (\w+) = ", SCRIPT.read_text("utf-8"), flags=re.MULTILINE)
    query = "SELECT name FROM system.settings WHERE name IN {named:Array(String)}"
    known = clickhouse.query(query, parameters={"named": named}).result_rows
    assert sorted(named) == sorted(name for (name,) in known)


def test_a_node_keeps_the_migrated_table_in_its_order(clickhouse: Client) -> None:
    local, (migrated,) = parts()[0], statements()
    assert [" ".join(each.split()) for each in KEPT.findall(local)] == [
        " ".join(each.split()) for each in KEPT.findall(migrated)
    ]
    alone = local.replace(" ON CLUSTER tally", "").replace("Replicated", "", 1)
    alone = re.sub(r"\('/click.*?'\)", "", alone).replace("replicated_", "non_replicated_")
    clickhouse.command(alone)
    described = [
        clickhouse.query(f"DESCRIBE TABLE {name}").result_rows for name in ("usage", "usage_local")
    ]
    clickhouse.command("DROP TABLE usage_local")
    assert described[0] == described[1]


def test_orgs_are_not_split_between_shards() -> None:
    assert "cityHash64(org))" in parts()[2]

"""The script that spreads the analysts' tables over a cluster: ClickHouse parses it, and the tables
that it makes on each node are the migrated ones. There is no cluster here to run it on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from adapters.clickhouse.cluster import script
from adapters.clickhouse.connection import connect
from adapters.clickhouse.tables import definitions
from api.container import Endpoints

SCRIPT = Path(__file__).parents[3] / "ops" / "clickhouse" / "cluster.sql"
TABLES = [each.subject for each in definitions() if each.kind == "CREATE TABLE"]


def parts() -> list[str]:
    """The statements, without comments."""
    bare = re.sub(r"^--.*\n", "", SCRIPT.read_text("utf-8"), flags=re.MULTILINE)
    return [each.strip() for each in bare.split(";") if each.strip()]


@pytest.fixture
def clickhouse(ends: Endpoints) -> Iterator[Client]:
    client = connect(ends.clickhouse_url)
    yield client
    client.close()


def test_the_script_is_made_of_the_tables() -> None:
    assert SCRIPT.read_text("utf-8") == script()


def test_clickhouse_parses_each_statement(clickhouse: Client) -> None:
    for statement in parts():
        kind = statement.split(maxsplit=1)[0].capitalize().encode()
        assert clickhouse.raw_query(f"EXPLAIN AST {statement}").startswith(kind), statement


def test_what_is_no_statement_is_not_parsed(clickhouse: Client) -> None:
    with pytest.raises(DatabaseError, match="Syntax error"):
        clickhouse.raw_query("EXPLAIN AST CREATE TABLE t ON CLUSTER AS usage")


def test_every_setting_is_one_of_clickhouse(clickhouse: Client) -> None:
    named = re.findall(r"^    (\w+) = ", SCRIPT.read_text("utf-8"), flags=re.MULTILINE)
    query = "SELECT name FROM system.settings WHERE name IN {named:Array(String)}"
    known = clickhouse.query(query, parameters={"named": named}).result_rows
    assert sorted(named) == sorted(name for (name,) in known)


@pytest.mark.parametrize("name", TABLES)
def test_a_node_keeps_the_migrated_table_in_its_order(clickhouse: Client, name: str) -> None:
    (local,) = [each for each in parts() if each.startswith(f"CREATE TABLE {name}_local ")]
    alone = local.replace(" ON CLUSTER tally", "").replace("Replicated", "", 1)
    alone = re.sub(r"\(\s+'/click\S* '\{replica\}'(?:, )?", "(", alone)
    clickhouse.command(alone.replace("replicated_", "non_replicated_"))
    made = [_made(clickhouse, each) for each in (name, f"{name}_local")]
    clickhouse.command(f"DROP TABLE {name}_local")
    assert made[0] == made[1]


def _made(clickhouse: Client, name: str) -> str:
    """How ClickHouse says the table is made: columns, codecs, indexes, engine, order, settings."""
    told = str(clickhouse.command(f"SHOW CREATE TABLE {name}"))
    return told.replace(f".{name}\\n", ".t\\n")


@pytest.mark.parametrize("name", TABLES)
def test_orgs_are_not_split_between_shards(name: str) -> None:
    (spread,) = [each for each in parts() if each.startswith(f"CREATE TABLE {name} ON CLUSTER")]
    assert spread.endswith(f"Distributed(tally, currentDatabase(), {name}_local, cityHash64(org))")

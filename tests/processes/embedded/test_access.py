"""Whoever has ClickHouse's password reads its tables, and no file, URL or server of the machine."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from adapters.embedded import Engines
from adapters.embedded.clickhouse_access import _GRANTS

Connect = Callable[..., Client]

SECRET = "the text of a file that is nobody's business"
ALLOWED_FUNCTIONS = {
    *(
        "numbers",
        "numbers_mt",
        "zeros",
        "zeros_mt",
        "generate_series",
        "generateSeries",
        "values",
        "SQLStandardValues",
    ),
    *("view", "null", "generateRandom", "primes"),
}
"""Table functions that make their rows themselves, or read tables."""

READING = (
    "SELECT file('{path}')",
    "SELECT `file`('{path}')",
    "SELECT \"file\"('{path}')",
    "SELECT FILE('{path}')",
    "SELECT file /* x */ ('{path}')",
    "SELECT `\\x66ile`('{path}')",
    "SELECT \u201cfile\u201d('{path}')",
    "SELECT \u2018'\u2019, file('{path}'), \u2018'\u2019",
    "SELECT x.* APPLY file FROM (SELECT '{path}' AS y) AS x",
    "SELECT arrayMap(x -> file(x), ['{path}'])",
    "WITH file('{path}') AS x SELECT x",
    "SELECT * FROM `{path}`",
    "SELECT * FROM '{path}'",
    "SELECT * FROM default.`{path}`",
    "SELECT * FROM file('{path}', 'LineAsString')",
    "SELECT * FROM view(SELECT * FROM file('{path}', 'LineAsString'))",
    "SELECT * FROM format(Values, 'x String', $$(file('{path}'))$$)",
    "SELECT * FROM `format` (Values, 'x String', concat('(fi', 'le(''{path}''))'))",
    "SELECT * FROM url('file://{path}', 'LineAsString')",
    "SELECT * FROM executable('{path}', 'CSV', 'a String')",
    "SELECT hasColumnInTable('127.0.0.1', 'default', 't', 'c')",
    "CREATE TABLE stolen ENGINE = File(LineAsString, '{path}')",
    "CREATE TABLE stolen (x String DEFAULT file('{path}')) ENGINE = Memory",
    "CREATE DATABASE stolen ENGINE = Filesystem('/')",
    "CREATE DATABASE stolen ENGINE = Overlay('default', 'files')",
    "CREATE DICTIONARY stolen (x String) PRIMARY KEY x SOURCE(FILE(path '{path}' format 'CSV')) "
    "LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)",
    "CREATE FUNCTION stolen AS (x) -> x",
    "CREATE NAMED COLLECTION stolen AS x = '1'",
    "CREATE USER stolen",
    "GRANT ALL ON *.* TO default",
    "ATTACH TABLE stolen FROM '{path}' (x String) ENGINE = MergeTree ORDER BY x",
    "CREATE TABLE stolen (x Int32) ENGINE = MergeTree ORDER BY x "
    "SETTINGS disk = disk(type = local, path = '/tmp/stolen/')",
    "BACKUP TABLE system.one TO File('{path}.backup')",
    "RESTORE TABLE stolen FROM File('{path}.backup')",
    "INSERT INTO FUNCTION file('{path}.written', 'CSV', 'x Int32') SELECT 1",
    "SELECT 1 INTO OUTFILE '{path}.written'",
)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(f"{SECRET}\n")
    return path


@pytest.mark.parametrize("statement", READING)
def test_no_statement_reaches_a_file(clickhouse: Client, secret: Path, statement: str) -> None:
    with pytest.raises(ClickHouseError) as refused:
        clickhouse.command(statement.replace("{path}", str(secret)))
    assert SECRET not in str(refused.value)
    assert [each.name for each in secret.parent.iterdir()] == [secret.name]


def test_values_that_are_inserted_reach_none(clickhouse: Client, secret: Path) -> None:
    clickhouse.command("CREATE TABLE IF NOT EXISTS told (x String) ENGINE = Memory")
    for value in (f"file('{secret}')", f"`file`('{secret}')"):
        with pytest.raises(ClickHouseError):
            clickhouse.command(f"INSERT INTO told VALUES ({value})")
    clickhouse.command("INSERT INTO told VALUES ('a file(name) is a text')")
    assert clickhouse.query("SELECT x FROM told").result_rows == [("a file(name) is a text",)]
    clickhouse.command("DROP TABLE told")


ALLOWED_ENGINES = {"Set", "Log", "TinyLog", "StripeLog", "GenerateRandom", "CoalescingMergeTree"}
"""Engines that need no grant: what they keep is in the server's own folder."""

CALLS = ("'/etc/passwd', 'LineAsString'", "'http://127.0.0.1:1/'", "'127.0.0.1', system.one")


def column(client: Client, query: str) -> set[str]:
    return {str(value) for (value,) in client.query(query).result_rows}


def test_every_table_function_but_those_that_read_nothing_is_refused(clickhouse: Client) -> None:
    """What it is called with does not matter: what needs no grant has to be on the list."""
    names = {
        name for (name,) in clickhouse.query("SELECT name FROM system.table_functions").result_rows
    }
    assert len(names) > 50
    reached = set()
    for name in sorted(names - ALLOWED_FUNCTIONS):
        for arguments in (
            "'/etc/passwd', 'LineAsString'",
            "'http://127.0.0.1:1/'",
            "'127.0.0.1', system.one",
        ):
            try:
                clickhouse.query(f"SELECT * FROM {name}({arguments})")
            except ClickHouseError:
                continue
            reached.add(name)
    assert reached == set()


def test_every_table_engine_but_those_that_are_granted_is_refused(clickhouse: Client) -> None:
    granted = set(re.findall(r"TABLE ENGINE ON (\w+)", " ".join(_GRANTS)))
    names = {
        name for (name,) in clickhouse.query("SELECT name FROM system.table_engines").result_rows
    }
    assert len(names) > 50
    made = set()
    for name in sorted(names - granted - ALLOWED_ENGINES):
        try:
            clickhouse.command(f"CREATE TABLE stolen (x String) ENGINE = {name}")
        except ClickHouseError:
            continue
        clickhouse.command("DROP TABLE stolen")
        made.add(name)
    assert made == set()


BEFORE = """
import sys, chdb
before = chdb.connect(sys.argv[1])
before.query("CREATE TABLE default.kept (n Int32) ENGINE = MergeTree ORDER BY n", "CSV")
before.query("INSERT INTO default.kept VALUES (7)", "CSV")
before.close()
"""


def test_tables_of_before_are_still_there(data: Path, connect: Connect) -> None:
    """chdb made `default` inside a database that reads files by their names."""
    home = data / "clickhouse"
    home.mkdir(parents=True)
    subprocess.run([sys.executable, "-c", BEFORE, str(home / "data")], check=True)
    for _ in range(2):
        with Engines(data, postgres=False) as engines:
            client = connect(engines.urls())
            assert client.query("SELECT n FROM kept").result_rows == [(7,)]
            client.command(
                "CREATE TABLE IF NOT EXISTS more (n Int32) ENGINE = MergeTree ORDER BY n"
            )
            client.close()

"""Tables: those of `schemas/clickhouse/`, made where they are missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from clickhouse_connect.driver.client import Client

from adapters.clickhouse.connection import answering, connect, database_of

_SUBJECT = re.compile(r"^(CREATE TABLE|CREATE VIEW|ALTER TABLE)(?: IF NOT EXISTS)? (\w+)", re.M)
_ADDED = re.compile(r"ADD COLUMN IF NOT EXISTS (\w+)")

_THERE = """
SELECT table, engine, columns.name
  FROM system.columns AS columns
 INNER JOIN system.tables AS tables
    ON tables.database = columns.database AND tables.name = columns.table
 WHERE columns.database = currentDatabase()"""


@dataclass(frozen=True)
class Definition:
    """A file of the folder: a statement that makes a table or a view, or adds to a table."""

    kind: str
    subject: str
    sql: str

    @classmethod
    def of(cls, sql: str) -> Definition:
        """Return the definition that is the only statement of a file."""
        found = _SUBJECT.search(sql)
        if found is None:
            raise ValueError(f"a file of schemas/clickhouse makes no table: {sql[:80]}")
        return cls(found[1], found[2], sql)

    def is_done(self, engines: dict[str, str], columns: set[tuple[str, str]]) -> bool:
        """Tell whether what it makes is there. A table over a cluster gets from the cluster's own
        script what is added to it."""
        if self.kind != "ALTER TABLE":
            return self.subject in engines
        added = {(self.subject, column) for column in _ADDED.findall(self.sql)}
        return added <= columns or engines.get(self.subject) == "Distributed"


def definitions() -> list[Definition]:
    """Return those of `schemas/clickhouse/*.sql` in order."""
    folder = files("schemas") / "clickhouse"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))
    return [Definition.of((folder / name).read_text("utf-8")) for name in names]


def migrate(url: str) -> None:
    """Make what is missing of the database and its tables. Safe at any time, by anyone at once."""
    migrated_client(url).close()


def migrated_client(url: str) -> Client:
    """Return a client of a database of which nothing is missing any more. One is enough: each that
    is opened asks the server for all its settings first. Raises Unavailable."""
    database = database_of(url)
    client = connect(url, database="default")
    with answering():
        if database != "default":
            client.command(f"CREATE DATABASE IF NOT EXISTS `{database}`")
            client.database = database
        _make_missing(client)
    return client


def _make_missing(client: Client) -> None:
    found = client.query(_THERE).result_rows
    engines = {table: engine for table, engine, _ in found}
    columns = {(table, column) for table, _, column in found}
    for each in definitions():
        if not each.is_done(engines, columns):
            client.command(each.sql)
    if "usage" in engines and "usage_sums" not in engines:  # lines of a version without sums
        client.command("INSERT INTO usage_sums SELECT * FROM usage_sums_of_lines")

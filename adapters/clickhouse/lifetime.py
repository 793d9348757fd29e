"""The lifetime of lines: how long a table for analysts keeps them (decision 51).

ClickHouse forgets whole months. How long is said by the table itself, so that whoever
compares it knows what it need not have, whoever has said so.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from adapters.clickhouse.connection import answering

_TTL = re.compile(r"TTL toDateTime\(recorded_at\) \+ toInterval(\w+)\((\d+)\)")

# Over a cluster the rows are in NAME_local, and that is where it is said.
_ENGINES = """
SELECT engine_full FROM system.tables
 WHERE database = currentDatabase() AND name IN ({table:String}, {local:String})"""

_SINCE = """
SELECT toUnixTimestamp64Micro(toDateTime64(now() - INTERVAL {count} {unit} + INTERVAL 1 DAY, 6))"""

_GO = (
    "ALTER TABLE {table} "
    "MODIFY SETTING ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1",
    "ALTER TABLE {table} MODIFY TTL toDateTime(recorded_at) + INTERVAL {kept}",
)
_NONE_GO = ("ALTER TABLE {table} REMOVE TTL",)


class Kept(NamedTuple):
    """So long, as ClickHouse names units: `Month`."""

    unit: str
    units: int


class Lifetime:
    """How long the lines of a table are kept."""

    def __init__(self, table: str) -> None:
        self._table = table

    def kept(self, client: Client) -> Kept | None:
        """Return how long; None: for ever."""
        for engine in self._engines(client):
            if found := _TTL.search(engine):
                return Kept(found[1], int(found[2]))
        return None

    def since(self, client: Client) -> int | None:
        """Return from when on lines are there (µs of recorded time); None: all are. What goes
        within a day may be gone by when it is looked at."""
        kept = self.kept(client)
        if kept is None:
            return None
        with answering():
            rows = client.query(_SINCE.format(count=kept.units, unit=kept.unit.upper())).result_rows
            return int(rows[0][0])

    def say(self, client: Client, kept: Kept | None) -> None:
        """Have lines go after so long, or none. A table over a cluster is its operator's."""
        if self.kept(client) == kept or self._is_distributed(client):
            return
        with answering():
            for statement in _NONE_GO if kept is None else _GO:
                client.command(
                    statement.format(table=self._table, kept=kept and f"{kept.units} {kept.unit}")
                )

    def _is_distributed(self, client: Client) -> bool:
        return any(engine.startswith("Distributed") for engine in self._engines(client))

    def _engines(self, client: Client) -> list[str]:
        names = {"table": self._table, "local": f"{self._table}_local"}
        with answering():
            return [engine for (engine,) in client.query(_ENGINES, parameters=names).result_rows]

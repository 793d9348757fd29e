"""Rebuilding: a table for analysts made beside the live one, and exchanged with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.connection import answering
from adapters.clickhouse.lazy_client import LazyClient
from adapters.clickhouse.sums import BLOCK
from projections.read_model import ReadModel, Row

BATCH_ROWS = 50_000


class ClickHouseBeside:
    """The table `<name>_rebuilt`: what another rebuild has left of it is taken away first."""

    def __init__(self, client: LazyClient, model: ReadModel[Any]) -> None:
        self._name = model.table
        self._beside = f"{model.table}_rebuilt"
        self._live = ClickHouseTable(client, model)
        self._client = client
        self._table = ClickHouseTable(client, model, table=self._beside)
        self._waiting: list[Row] = []
        self._sent = 0
        self._blocks: set[tuple[str, int]] = set()

    def begin(self) -> None:
        self._command(f"DROP TABLE IF EXISTS {self._beside} SYNC")
        self._command(f"CREATE TABLE {self._beside} AS {self._name}")
        self._table.lifetime.say(self._client.open(), None)

    def add(self, rows: Sequence[Row]) -> None:
        self._waiting += rows
        self._blocks |= {(org, sequence - sequence % BLOCK) for org, sequence, *_ in rows}
        if len(self._waiting) >= BATCH_ROWS:
            self._send()

    def swap(self) -> None:
        """Exchange the tables: who asks meanwhile is answered from one or the other, whole. Sums of
        rows are made again then, of all rows; only after it old ones may go."""
        self._send()
        kept = self._live.lifetime.kept(self._client.open())
        self._command(f"EXCHANGE TABLES {self._name} AND {self._beside}")
        self._command(f"DROP TABLE {self._beside} SYNC")
        self._live.renew_sums(self._blocks)
        self._live.lifetime.say(self._client.open(), kept)

    def close(self) -> None:
        """Close what is open."""
        self._client.close()

    def _send(self) -> None:
        rows, self._waiting = self._waiting, []
        self._sent += 1
        self._table.insert(rows, f"{self._beside} {self._sent}")

    def _command(self, statement: str) -> None:
        client = self._client.open()
        with answering():
            client.command(statement)

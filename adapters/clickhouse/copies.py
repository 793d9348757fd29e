"""Copies in ClickHouse: read models for analysts as `tally compare` reads and mends them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.lazy_client import LazyClient
from ledger.kernel.shards import base_of
from projections.copies import Part
from projections.ports import Applied
from projections.read import Read
from projections.read_model import ReadModel, Row

STRAYS = 1_000


class ClickHouseCopy:
    """A read model for analysts. `last_positions`: asks for the last event of each shard now."""

    left_out: str | None = None

    def __init__(
        self,
        client: LazyClient,
        model: ReadModel[Any],
        applied: Applied,
        last_positions: Callable[[], Mapping[int, int]],
    ) -> None:
        self.name = model.name
        self.columns: Sequence[str] = list(model.columns)
        self._model = model
        self._table = ClickHouseTable(client, model)
        self._last_positions = last_positions
        self.has, self.why_not = applied.has, applied.why_not

    def right(self, events: Sequence[Read]) -> list[Row]:
        return self._kept(
            self._model.rows_of((read.event, read.of(self._model.lines_of)) for read in events)
        )

    def stored(self, part: Part) -> list[Row]:
        return self._kept(self._table.span(part.after, part.until))

    def _kept(self, rows: list[Row]) -> list[Row]:
        return self._model.since(rows, self._since)

    @cached_property
    def _since(self) -> int | None:
        return self._table.kept_since()

    def mend(self, part: Part, wrong: Iterable[Row], right: Sequence[Row]) -> None:
        """Take out what is wrong first: of two versions nobody knows which one a merge keeps."""
        self._table.delete([*wrong, *right])
        self._table.insert(right, f"{self.name} mended {time.time_ns()}")
        self._table.repair_sums(_places([*wrong, *right]))

    def strays(self) -> list[Row]:
        """Return rows beyond the last event of each shard, which is asked for after how far they
        go: what came in between, or comes while they are read, is not stray."""
        highest = self._table.last_positions()
        lasts = self._last_positions()
        position = self.columns.index("position")
        return [
            row
            for shard, end in highest.items()
            if end > (last := lasts.get(shard, base_of(shard)))
            for row in self._table.beyond(last, STRAYS)
            if row[position] <= end
        ]

    def drop(self, strays: Sequence[Row]) -> None:
        self._table.delete(strays)
        self._table.repair_sums(_places(strays))

    def close(self) -> None:
        """Close the client."""
        self._table.close()


def _places(rows: Iterable[Row]) -> set[tuple[str, int]]:
    return {(row[0], row[1]) for row in rows}

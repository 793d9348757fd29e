"""The row: what an aggregate or a fact declares for the commit to write into a look-up table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol


class TableRow(NamedTuple):
    """A row of one of the tables that contexts declare, its columns by their names."""

    table: str
    columns: Mapping[str, object]


class Row(Protocol):
    """A row of a table with columns of its own in a batch: a NamedTuple of a context's `ports`."""

    def _asdict(self) -> dict[str, Any]: ...

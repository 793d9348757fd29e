"""The platform: how the files of one shop software are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.imports.columns import Cells, Columns
from api.imports.csv_rows import Row
from api.imports.read_item import ReadItem


@dataclass(frozen=True)
class Platform:
    """A shop software. `columns`: the names of each thing that is read; `needed`: those of which
    a file of products has one each. `named` returns the item that a row is of, and what the row
    calls it; `read` returns an item of all its rows, or raises NotTaken."""

    name: str
    columns: Mapping[str, Iterable[str]]
    needed: Sequence[Sequence[str]]
    named: Callable[[Cells], tuple[str, Sequence[str]]]
    read: Callable[[Sequence[Cells]], ReadItem]

    def columns_of(self, header: Row) -> Columns:
        """Return where things stand in a file of products. Raises Invalid for any other file."""
        found = Columns(header.cells, self.columns)
        found.require(self.name, self.needed)
        return found

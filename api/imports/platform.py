"""The platform: how the files of one shop software are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from api.imports.columns import Cells, Columns
from api.imports.csv_rows import Row

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Platform(Generic[T_co]):
    """A shop software, and one kind of file that it exports. `columns`: the names of each thing
    that is read; `needed`: those of which such a file has one each. `named` returns the item that
    a row is of, and what the row calls it; `read` returns an item of all its rows, or raises
    NotTaken."""

    name: str
    columns: Mapping[str, Iterable[str]]
    needed: Sequence[Sequence[str]]
    named: Callable[[Cells], tuple[str, Sequence[str]]]
    read: Callable[[Sequence[Cells]], T_co]

    def is_of(self, header: Row) -> bool:
        """Tell whether a file is of this kind."""
        found = Columns(header.cells, self.columns)
        return not found.missing(self.needed)

    def columns_of(self, header: Row) -> Columns:
        """Return where things stand in a file of this kind. Raises Invalid for any other."""
        found = Columns(header.cells, self.columns)
        found.require(self.name, self.needed)
        return found

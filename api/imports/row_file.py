"""The row file: the rows of an import, put together by the item that they are of.

A variation may stand before its parent or a thousand rows after it. So rows wait in a temporary
file, and only those of one item are in memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from types import TracebackType
from typing import NamedTuple

from api.imports.csv_rows import Row
from ledger.kernel.limits import IMPORT_ROW_MAX, IMPORT_ROWS_PER_ITEM_MAX

_TABLES = """
CREATE TABLE rows (line INTEGER PRIMARY KEY, item TEXT, cells TEXT);
CREATE TABLE names (name TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID;
"""
_BY_ITEM = """
SELECT coalesce(names.line, rows.line) AS first, rows.line, rows.cells
FROM rows LEFT JOIN names ON names.name = rows.item ORDER BY first, rows.line
"""


class ItemRows(NamedTuple):
    """The rows of one item, in order; `is_whole`: those are all of the `total`."""

    rows: list[Row]
    is_whole: bool
    total: int


class RowFile:
    """A temporary file of rows, which is gone when it is closed."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.executescript(_TABLES)
        self.count = 0

    def __enter__(self) -> RowFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._database.close()

    def add(self, row: Row, item: str, names: Sequence[str] = ()) -> None:
        """Keep a row of an item that is called so by one of the rows, which may come later;
        `names`: what this row calls its own item. The first to use a name has it."""
        self.count += 1
        self._database.execute(
            "INSERT INTO rows VALUES (?, ?, ?)", (row.line, item, json.dumps(row.cells))
        )
        for name in names:
            self._database.execute("INSERT OR IGNORE INTO names VALUES (?, ?)", (name, row.line))

    def items(self) -> Iterator[ItemRows]:
        """Yield the rows of each item, in the order of their first ones."""
        found = self._database.execute(_BY_ITEM)
        for _, rows in groupby(found, key=lambda each: each[0]):
            yield _bounded(rows)


def _bounded(rows: Iterator[tuple[int, int, str]]) -> ItemRows:
    """Return as many rows as an item can have, and count the others."""
    kept: list[Row] = []
    count = length = 0
    for _, line, cells in rows:
        count += 1
        length += len(cells)
        if not kept or (count <= IMPORT_ROWS_PER_ITEM_MAX and length <= 2 * IMPORT_ROW_MAX):
            kept.append(Row(line, json.loads(cells)))
    return ItemRows(kept, len(kept) == count, count)

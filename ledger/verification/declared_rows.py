"""The check of look-up tables: their rows are what aggregates and facts declare, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger.kernel.aggregate import Fact, LedgerAggregate
from ledger.kernel.context import Table
from ledger.kernel.report import Place, Report, compare
from ledger.ports import RecordedEvent
from ledger.tables import TABLES

Rows = dict[tuple[Any, ...], Mapping[str, Any]]
"""The rows of a table by their keys."""


class DeclaredRows:
    """Adds up what facts declare, asks aggregates for the rest, and compares with stored rows."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.added: dict[str, Rows] = {}
        """What facts have declared, by table."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Add what a fact declares."""
        for name, columns in fact.rows():
            table = TABLES[name]
            rows = self.added.setdefault(name, {})
            key = _key_of(table, columns)
            before = rows.get(key)
            more = {each: before[each] + columns[each] for each in table.adds} if before else {}
            rows[key] = {**columns, **more, "sequence": event.sequence}

    def rows_of(self, table: Table, aggregates: Iterable[LedgerAggregate] = ()) -> Rows:
        """Return what the rows of a table must be."""
        rows = dict(self.added.get(table.name, {}))
        for aggregate in aggregates:
            for name, columns in aggregate.rows():
                if name == table.name:
                    rows[_key_of(table, columns)] = columns
        return rows

    def compare(
        self,
        table: Table,
        stored: Iterable[Mapping[str, Any]],
        aggregates: Iterable[LedgerAggregate] = (),
        broken: Mapping[str, str] | None = None,
    ) -> None:
        """Compare stored rows, but those of aggregates that could not be folded, with the right
        ones."""
        check = self._report[table.name]
        rows = self.rows_of(table, aggregates)
        columns: Sequence[str] = next((tuple(row) for row in rows.values()), table.key)
        right = {_place_in(table, key): tuple(row.values()) for key, row in rows.items()}
        comparable = []
        for row in stored:
            place = _place_in(table, _key_of(table, row))
            why = (broken or {}).get(f"{row['org']}/{table.stream.format(**row)}")
            if why is not None:
                check.pass_over(f"{place}: {why}")
            else:
                comparable.append((place, tuple(row.get(column) for column in columns)))
        for place in compare(check, columns, right, comparable):
            check.find(place, "missing: the events say it exists")


def _key_of(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column] for column in table.key)


def _place_in(table: Table, key: tuple[Any, ...]) -> Place:
    org, *others = key
    return Place(org, row=" ".join([table.name, *map(str, others)]))

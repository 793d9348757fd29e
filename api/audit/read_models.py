"""Comparing the read models with the events, both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from adapters.clickhouse.usage import ClickHouseUsage
from adapters.postgres.snapshot import PostgresSnapshot
from ledger.audit.inspection import Check, Place, compare, difference
from ledger.credits.transactions import Transaction
from ledger.kernel.errors import Unavailable
from ledger.kernel.events import Fact
from ledger.ports import RecordedEvent, TransactionRow, UsageRow
from projections import transactions, usage

USAGE_ROWS = 20_000
"""Rows compared with one question to ClickHouse."""


class Read(NamedTuple):
    """An event as it was read; no fact when it cannot be."""

    event: RecordedEvent
    fact: Fact | None
    transactions: Sequence[Transaction] = ()


class TransactionsComparison:
    """The read model `transactions`, up to the position that it has applied."""

    def __init__(self, check: Check, snapshot: PostgresSnapshot) -> None:
        self._check = check
        self._snapshot = snapshot
        self._position = snapshot.projected(transactions.Transactions.name)

    def see(self, page: Sequence[Read]) -> None:
        """Compare the rows of some events."""
        page = [read for read in page if self._is_applied(read.event, read.fact)]
        right = {
            Place(row.org, row.sequence, row.line): row
            for event, _, movements in page
            for row in transactions.rows_of(event, movements)
        }
        found = self._snapshot.transactions([(event.org, event.sequence) for event, *_ in page])
        stored = [(Place(row.org, row.sequence, row.line), row) for row in found]
        for place in compare(self._check, TransactionRow._fields, right, stored):
            self._check.find(place, "missing")

    def end(self) -> None:
        """Look for rows of events that do not exist."""
        stray = self._snapshot.stray_transactions()
        if stray is not None:
            self._check.find(Place(*stray[:3]), "no event says so: the row was added")
            self._check.wrong += stray[3] - 1

    def _is_applied(self, event: RecordedEvent, fact: Fact | None) -> bool:
        if fact is None:
            self._check.pass_over(f"{event.org} sequence {event.sequence} cannot be read.")
        elif event.position > self._position:
            self._check.pass_over(f"the read model is behind: at position {self._position}.")
        else:
            return True
        return False


class UsageComparison:
    """The analysts' table, up to the position that it has applied."""

    def __init__(
        self, check: Check, table: ClickHouseUsage, position: int, after: int = -1
    ) -> None:
        self._check = check
        self._table = table
        self._position = position
        self._from = after
        self._upto = -1
        self._right: dict[Place, UsageRow] = {}
        self._unread: set[Place] = set()
        self._failed: str | None = None

    def see(self, page: Sequence[Read]) -> None:
        """Take the rows of some events; compare when there are enough."""
        for event, fact, movements in page:
            if event.position > self._position:
                self._check.pass_over(f"the read model is behind: at position {self._position}.")
                continue
            self._upto = max(self._upto, event.position)
            if fact is None:
                self._unread.add(Place(event.org, event.sequence))
                self._check.pass_over(f"{event.org} sequence {event.sequence} cannot be read.")
            else:
                self._right |= {_place(row): row for row in usage.rows_of(event, movements)}
        if len(self._right) >= USAGE_ROWS:
            self._compare()

    def end(self, last_position: Callable[[], int]) -> None:
        """Compare the rest, and look for rows beyond the last event.

        `last_position` is asked after the table: what came in between is not stray.
        """
        self._compare()
        try:
            highest = self._table.last_position()
            last = last_position()
            stray = self._table.beyond(last, limit=1) if highest > last else []
        except Unavailable as error:
            self._fail(error)
            return
        for row in stray:
            self._check.find(
                _place(row, position=True), f"the events end at position {last}: the row was added"
            )

    def _compare(self) -> None:
        right, self._right = self._right, {}
        if self._failed is None:
            try:
                self._compare_rows(right, self._table.span(self._from, self._upto))
            except Unavailable as error:
                self._fail(error)
        if self._failed is not None:
            self._check.pass_over(self._failed, len(right))
        self._from = self._upto

    def _compare_rows(self, right: dict[Place, UsageRow], found: Iterable[UsageRow]) -> None:
        # The same row inserted twice is one row: ReplacingMergeTree merges it later.
        stored = {(_place(row), _hashable(row)): row for row in found}
        rows = [
            (place, row)
            for (place, _), row in stored.items()
            if Place(row.org, row.sequence) not in self._unread
        ]
        for place, row in compare(self._check, UsageRow._fields, right, rows).items():
            self._check.find(place, self._missing(place, UsageRow(*row)))

    def _missing(self, place: Place, right: UsageRow) -> str:
        """What became of a row that does not stand where it should."""
        if self._check.first is None:
            for row in self._table.at(right.org, right.sequence, right.line):
                return difference(UsageRow._fields, right, row) or "missing"
        return "missing"

    def _fail(self, error: Unavailable) -> None:
        self._failed = self._failed or error.detail
        self._check.pass_over(self._failed)


def _place(row: UsageRow, *, position: bool = False) -> Place:
    return Place(row.org, row.sequence, row.line, row.position if position else None)


def _hashable(row: UsageRow) -> tuple[object, ...]:
    return (*row[:18], tuple(row.quantities.items()), *row[19:])

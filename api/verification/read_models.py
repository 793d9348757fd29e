"""Comparing the read models with the events, both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import Unavailable
from ledger.kernel.report import Check, Place, compare, difference
from ledger.ports import RecordedEvent
from ledger.verification.evidence import Scope, Span
from projections.ports import AnalystsRows, StoredRows
from projections.read_model import ReadModel, Row
from projections.read_models import READ_MODELS

ANALYSTS_ROWS = 20_000
"""Rows compared with one question to ClickHouse."""

Lines = Mapping[Callable[[Fact], Sequence[Any]], Sequence[Any]]
"""What a fact says, by the function of the read models that are made of it."""

NO_LINES: Lines = MappingProxyType({})

_LINES_OF = tuple(dict.fromkeys(model.lines_of for model in READ_MODELS.values()))


class Read(NamedTuple):
    """An event as it was read; no fact when it cannot be."""

    event: RecordedEvent
    fact: Fact | None
    lines: Lines = NO_LINES


def lines_of(fact: Fact) -> Lines:
    """Return all that read models are made of."""
    return {function: function(fact) for function in _LINES_OF}


class StoredComparison:
    """A read model in the store, up to the position that it has applied."""

    def __init__(
        self, check: Check, model: ReadModel[Any], snapshot: StoredRows, scope: Scope
    ) -> None:
        self._check = check
        self._model = model
        self._snapshot = snapshot
        self._scope = scope
        self._position = snapshot.projected(model.name)

    def see(self, page: Sequence[Read]) -> None:
        """Compare the rows of some events."""
        if any(fact is None or event.position > self._position for event, fact, _ in page):
            page = [read for read in page if self._is_applied(read.event, read.fact)]
        if not page:
            return
        by_org: dict[str, list[Read]] = {}
        for read in page:
            by_org.setdefault(read.event.org, []).append(read)
        spans = [
            Span(org, reads[0].event.sequence - 1, reads[-1].event.sequence)
            for org, reads in by_org.items()
        ]
        right = [row for reads in by_org.values() for row in _rows_of(self._model, reads)]
        stored = self._snapshot.model_rows(self._model, spans)
        if stored == right:
            self._check.checked += len(right)
        else:
            self._compare(page, right)

    def _compare(self, page: Sequence[Read], right: Sequence[Row]) -> None:
        """Row by row, as something differs; each event's rows are asked for by themselves."""
        places = sorted({(event.org, event.sequence) for event, *_ in page})
        spans = [Span(org, sequence - 1, sequence) for org, sequence in places]
        stored = self._snapshot.model_rows(self._model, spans)
        found = [(_place(row), row) for row in stored]
        rows = {_place(row): row for row in right}
        for place in compare(self._check, list(self._model.columns), rows, found):
            self._check.find(place, "missing")

    def end(self, snapshot_end: int) -> None:
        """Look for rows of events that do not exist."""
        stray = self._snapshot.stray_row(self._model, self._scope)
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


class AnalystsComparison:
    """A read model for analysts, up to the position that it has applied; only what is `after`
    another."""

    def __init__(
        self,
        check: Check,
        model: ReadModel[Any],
        table: AnalystsRows,
        position: int,
        scope: Scope,
        after: int = -1,
    ) -> None:
        self._check = check
        self._model = model
        self._table = table
        self._scope = scope
        self._position = position
        self._from = after
        self._until = -1
        self._right: list[Row] = []
        self._unread: set[Place] = set()
        self._failed: str | None = None

    def see(self, page: Sequence[Read]) -> None:
        """Take the rows of some events; compare when there are enough."""
        if self._from < 0 and self._scope.after:
            self._from = page[0].event.position - 1
        applied = []
        for read in page:
            event = read.event
            if event.position > self._position:
                self._check.pass_over(f"the read model is behind: at position {self._position}.")
                continue
            self._until = max(self._until, event.position)
            if read.fact is None:
                self._unread.add(Place(event.org, event.sequence))
                self._check.pass_over(f"{event.org} sequence {event.sequence} cannot be read.")
            else:
                applied.append(read)
        self._right += _rows_of(self._model, applied)
        if len(self._right) >= ANALYSTS_ROWS:
            self._compare()

    def end(self, snapshot_end: int) -> None:
        """Compare the rest, up to the position where the events that are looked at end."""
        if self._from < 0 and self._scope.after:
            return  # no event came after where it was to begin
        self._until = max(self._until, min(self._position, snapshot_end))
        self._compare()

    def _compare(self) -> None:
        right, self._right = self._right, []
        if self._failed is None and self._until > self._from:
            try:
                found = self._found()
                if found == right:
                    self._check.checked += len(right)
                else:
                    self._compare_rows(right, found)
            except Unavailable as error:
                self._fail(error)
        if self._failed is not None:
            self._check.pass_over(self._failed, len(right))
        self._from = self._until

    def _found(self) -> list[Row]:
        found = self._table.span(self._from, self._until, self._scope.orgs)
        after = self._scope.after
        return [row for row in found if row[1] > after.get(row[0], 0)] if after else found

    def _compare_rows(self, right: list[Row], found: Iterable[Row]) -> None:
        # The same row inserted twice is one row: ReplacingMergeTree merges it later.
        stored = {(_place(row), _hashable(row)): row for row in found}
        rows = [
            (place, row)
            for (place, _), row in stored.items()
            if Place(*row[:2]) not in self._unread
        ]
        should = {_place(row): row for row in right}
        columns = list(self._model.columns)
        for place, row in compare(self._check, columns, should, rows).items():
            self._check.find(place, self._missing(place, columns, row))

    def _missing(self, place: Place, columns: Sequence[str], right: Sequence[Any]) -> str:
        """Return what became of a row that does not stand where it should."""
        if self._check.first is None:
            for row in self._table.at(*right[:3]):
                return difference(columns, right, row) or "missing"
        return "missing"

    def _fail(self, error: Unavailable) -> None:
        self._failed = self._failed or error.detail
        self._check.pass_over(self._failed)


def find_beyond(check: Check, table: AnalystsRows, last_position: Callable[[], int]) -> None:
    """Look for rows beyond the last event.

    `last_position` is asked after the table: what came in between is not stray.
    """
    try:
        highest = table.last_position()
        last = last_position()
        stray = table.beyond(last, limit=1) if highest > last else []
    except Unavailable as error:
        check.pass_over(error.detail)
        return
    for row in stray:
        place = Place(*row[:4])
        check.find(place, f"the events end at position {last}: the row was added")


def _rows_of(model: ReadModel[Any], reads: Iterable[Read]) -> list[Row]:
    return model.rows_of((event, lines[model.lines_of]) for event, _, lines in reads)


def _place(row: Row) -> Place:
    return Place(*row[:3])


def _hashable(row: Row) -> tuple[object, ...]:
    return tuple(tuple(each.items()) if isinstance(each, dict) else each for each in row)

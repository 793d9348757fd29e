"""Comparing the read models with the events, both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from api.verification.plan import Plan
from api.verification.read_page import ReadPage
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import Unavailable
from ledger.kernel.report import Check, Place, compare, difference
from ledger.kernel.shards import base_of, shard_of
from ledger.ports import RecordedEvent
from ledger.verification.evidence import Scope, Span
from projections.ports import AnalystsRows, Applied, StoredRows
from projections.read import Read
from projections.read_model import ReadModel, Row

ANALYSTS_ROWS = 20_000
"""Rows compared with one question to ClickHouse."""


class StoredComparison:
    """A read model in the store, up to the position that it has applied."""

    def __init__(
        self, check: Check, model: ReadModel[Any], snapshot: StoredRows, scope: Scope
    ) -> None:
        self._check = check
        self._model = model
        self._snapshot = snapshot
        self._scope = scope
        self._applied = Applied.of(snapshot, model.name)

    def see(self, page: ReadPage) -> None:
        """Compare the rows of some events."""
        if not (page.is_read and self._applied.has_all(page.untils)):
            page = ReadPage([read for read in page.reads if self._is_applied(*read[:2])])
        if not page.reads:
            return
        right = self._model.rows_of(page.parts_by_org(self._model.lines_of))
        stored = self._snapshot.model_rows(self._model, list(page.spans.values()))
        if stored == right:
            self._check.checked += len(right)
        else:
            self._compare(page.reads, right)

    def _compare(self, page: Sequence[Read], right: Sequence[Row]) -> None:
        """Row by row, as something differs; each event's rows are asked for by themselves."""
        places = sorted({(event.org, event.sequence) for event, *_ in page})
        spans = [Span(org, sequence - 1, sequence) for org, sequence in places]
        stored = self._snapshot.model_rows(self._model, spans)
        found = [(_place(row), row) for row in stored]
        rows = {_place(row): row for row in right}
        for place in compare(self._check, list(self._model.columns), rows, found):
            self._check.find(place, "missing")

    def end(self, snapshot_ends: Mapping[int, int]) -> None:
        """Look for rows of events that do not exist."""
        stray = self._snapshot.stray_row(self._model, self._scope)
        if stray is not None:
            self._check.find(Place(*stray[:3]), "no event says so: the row was added")
            self._check.wrong += stray[3] - 1

    def _is_applied(self, event: RecordedEvent, fact: Fact | None) -> bool:
        if fact is None:
            self._check.pass_over(f"{event.org} sequence {event.sequence} cannot be read.")
        elif not self._applied.has(event):
            self._check.pass_over(self._applied.why_not(event))
        else:
            return True
        return False


@dataclass
class _Stretch:
    """The positions of a shard after one up to another, which wait to be compared, and the rows
    that they must have."""

    after: int
    until: int
    right: list[Row] = field(default_factory=list)


class AnalystsComparison:
    """A read model for analysts, up to the positions that it has applied."""

    def __init__(
        self,
        check: Check,
        model: ReadModel[Any],
        table: AnalystsRows,
        applied: Applied,
        plan: Plan,
    ) -> None:
        self._check = check
        self._model = model
        self._table = table
        self._scope = plan.scope
        self._applied = applied
        self._after = plan.after
        self._shards: dict[int, _Stretch] = {}
        self._unread: set[Place] = set()
        self._failed: str | None = None

    def see(self, page: ReadPage) -> None:
        """Take the rows of some events of a shard; compare when there are enough."""
        first = page.reads[0].event
        shard = shard_of(first.position)
        stretch = self._shards.get(shard)
        if stretch is None:
            stretch = self._stretch(shard, first.position - 1)
        if not (page.is_read and self._applied.has_all(page.untils)):
            page = ReadPage([read for read in page.reads if self._is_applied(stretch, read)])
        stretch.until = max(stretch.until, page.untils.get(shard, 0))
        stretch.right += self._model.rows_of(page.parts(self._model.lines_of))
        if len(stretch.right) >= ANALYSTS_ROWS:
            self._compare(stretch)

    def _is_applied(self, stretch: _Stretch, read: Read) -> bool:
        event = read.event
        if not self._applied.has(event):
            self._check.pass_over(self._applied.why_not(event))
            return False
        if read.fact is None:
            stretch.until = max(stretch.until, event.position)
            self._unread.add(Place(event.org, event.sequence))
            self._check.pass_over(f"{event.org} sequence {event.sequence} cannot be read.")
            return False
        return True

    def end(self, snapshot_ends: Mapping[int, int]) -> None:
        """Compare the rest, up to the positions where the events that are looked at end."""
        for shard in {1, *snapshot_ends} if not self._scope.after else ():
            if shard not in self._shards:
                self._stretch(shard, -1)
        for shard, stretch in sorted(self._shards.items()):
            end = min(self._applied.positions.get(shard, 0), snapshot_ends.get(shard, 0))
            stretch.until = max(stretch.until, end)
            self._compare(stretch)
        if not self._scope.after and not self._check.wrong and self._failed is None:
            self._compare_sums()

    def _compare_sums(self) -> None:
        """Compare what is summed in the analysts' store with its rows, when these are right."""
        try:
            wrong = self._table.wrong_sums(self._applied.positions, self._scope.orgs)
        except Unavailable as error:
            self._fail(error)
            return
        for org, first, last in wrong:
            self._check.find(
                Place(org, first), f"its sums over sequences {first} to {last} are not of its rows"
            )

    def _stretch(self, shard: int, before: int) -> _Stretch:
        """Begin to look at a shard: where it is looked at from, in a part before its first
        event."""
        begin = base_of(shard) - (shard == 1)  # also what stands at position 0, where nothing does
        after = before if self._scope.after else self._after.get(shard, begin)
        stretch = self._shards[shard] = _Stretch(after, after)
        return stretch

    def _compare(self, stretch: _Stretch) -> None:
        right, stretch.right = stretch.right, []
        if self._failed is None and stretch.until > stretch.after:
            try:
                right, found = self._kept(right), self._kept(self._found(stretch))
                if found == right:
                    self._check.checked += len(right)
                else:
                    self._compare_rows(right, found)
            except Unavailable as error:
                self._fail(error)
        if self._failed is not None:
            self._check.pass_over(self._failed, len(right))
        stretch.after = stretch.until

    def _kept(self, rows: list[Row]) -> list[Row]:
        return self._model.since(rows, self._since)

    @cached_property
    def _since(self) -> int | None:
        return self._table.kept_since()

    def _found(self, stretch: _Stretch) -> list[Row]:
        found = self._table.span(stretch.after, stretch.until, self._scope.orgs)
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


def find_beyond(
    check: Check, table: AnalystsRows, last_positions: Callable[[], Mapping[int, int]]
) -> None:
    """Look for rows beyond the last event of each shard.

    `last_positions` is asked after the table: what came in between is not stray.
    """
    try:
        highest = table.last_positions()
        lasts = last_positions()
        stray = [
            (row, last)
            for shard in sorted(highest)
            if highest[shard] > (last := lasts.get(shard, base_of(shard)))
            for row in table.beyond(last, limit=1)
        ]
    except Unavailable as error:
        check.pass_over(error.detail)
        return
    for row, last in stray:
        place = Place(*row[:4])
        check.find(place, f"the events end at position {last}: the row was added")


def _place(row: Row) -> Place:
    return Place(*row[:3])


def _hashable(row: Row) -> tuple[object, ...]:
    return tuple(
        tuple(each.items() if isinstance(each, dict) else each)
        if isinstance(each, dict | list)
        else each
        for each in row
    )

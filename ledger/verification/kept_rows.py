"""Kept rows: checks of what any context may keep beside the events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ledger.kernel.aggregate import Archivable, Fact, LedgerAggregate
from ledger.kernel.context import Table
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.report import Place, Report, compare
from ledger.kernel.snapshot import SnapshotRow, snapshot_of
from ledger.ports import DueRow, RecordedEvent
from ledger.registry import FACTS, KINDS
from ledger.verification.declared_rows import DeclaredRows

A = TypeVar("A", bound=LedgerAggregate)


class KeptRows:
    """Folds every fact again of what something is kept of, and compares it with the stored rows."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._kept = tuple(each.Event for each in KINDS.values() if _is_kept(each))
        self._aggregates: dict[str, LedgerAggregate] = {}
        self._sequences: dict[str, int] = {}
        self._broken: dict[str, str] = {}
        self._declared = DeclaredRows(report)

    def remembered(self) -> dict[str, Any]:
        """Return all that was folded; nothing of it may be broken."""
        assert not self._broken
        return {
            "aggregates": self._aggregates,
            "sequences": self._sequences,
            "declared": self._declared.added,
        }

    def go_on(self, remembered: Mapping[str, Any]) -> None:
        """Go on from where another has ended."""
        self._aggregates = remembered["aggregates"]
        self._sequences = remembered["sequences"]
        self._declared.added = remembered["declared"]

    @property
    def broken(self) -> Mapping[str, str]:
        """Why those could not be folded that could not, by stream id."""
        return self._broken

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Fold a fact."""
        if isinstance(fact, self._kept):
            self._fold(event, fact)
        if type(fact) in _DECLARING:
            self._declared.see(event, fact)

    def lose(self, event: RecordedEvent) -> None:
        """Take note of an event that could not be read: what it belongs to cannot be checked."""
        self._broken[f"{event.org}/{event.stream}"] = f"sequence {event.sequence} cannot be read"

    def folded(self, aggregate_id: str) -> LedgerAggregate | None:
        """Return an aggregate as it is after the events so far, if they could be folded."""
        return self._aggregates.get(aggregate_id)

    def of(self, kind: type[A]) -> Iterator[tuple[A, int]]:
        """Yield the aggregates of a kind that were folded to the end, with their last sequences."""
        for name, each in self._aggregates.items():
            if isinstance(each, kind) and name not in self._broken:
                yield each, self._sequences[name]

    def compare_due(self, stored: Iterable[DueRow]) -> None:
        """Compare the moments with those that the aggregates declare."""
        moments = ((split_stream_id(each.id), each.due_us()) for each in self._whole())
        right = {
            _due_place(row): row
            for (org, stream), due_us in moments
            if due_us is not None
            for row in [DueRow(org, stream, due_us)]
        }
        named = ((stream_id(row.org, row.stream), _due_place(row), row) for row in stored)
        self.compare("due", DueRow._fields, right, named)

    def compare_snapshots(self, stored: Iterable[SnapshotRow]) -> None:
        """Compare the snapshots with what has ended. Whose is missing must have its events in the
        table, which is checked where archives are read."""
        rows = {_snapshot_place(row): row for row in stored}
        ended = (each for each in self._whole() if _has_left(each))
        made = {_snapshot_place(row): row for row in map(snapshot_of, ended)}
        right = {place: row for place, row in made.items() if place in rows}
        named = ((stream_id(row.org, row.stream), place, row) for place, row in rows.items())
        self.compare("snapshots", SnapshotRow._fields, right, named)

    def compare_table(self, table: Table, stored: Iterable[Mapping[str, Any]]) -> None:
        """Compare a look-up table with what aggregates and facts declare of it."""
        with_rows = (each for each in self._whole() if type(each).rows is not LedgerAggregate.rows)
        self._declared.compare(table, stored, with_rows, self._broken)

    def compare(
        self,
        kind: str,
        columns: Sequence[str],
        right: Mapping[Place, Any],
        stored: Iterable[tuple[str, Place, Any]],
    ) -> None:
        """Compare rows, but those whose aggregate could not be folded: they are unchecked."""
        check = self._report[kind]
        comparable = []
        for name, place, row in stored:
            if name in self._broken:
                check.pass_over(f"{place}: {self._broken[name]}")
            else:
                comparable.append((place, row))
        for place in compare(check, columns, right, comparable):
            check.find(place, "missing: the events say it exists")

    # -- inside ------------------------------------------------------------------------------

    def _fold(self, event: RecordedEvent, fact: Fact) -> None:
        aggregate_id = fact.originator_id
        self._sequences[aggregate_id] = event.sequence
        if aggregate_id in self._broken:
            return
        try:
            aggregate: Any = fact.mutate(self._aggregates.get(aggregate_id))
        except Exception as error:  # facts that were tampered with break in any way
            self._broken[aggregate_id] = f"sequence {event.sequence} does not follow: {error!r}"
            self._aggregates.pop(aggregate_id, None)
        else:
            self._aggregates[aggregate_id] = aggregate

    def _whole(self) -> Iterator[LedgerAggregate]:
        return (each for each, _ in self.of(LedgerAggregate))


def _is_kept(kind: type[LedgerAggregate]) -> bool:
    """Whether something is kept of it: rows, a balance, when time changes it, or how it ended."""
    base = LedgerAggregate
    declared = (kind.rows, kind.balance, kind.due_us) != (base.rows, base.balance, base.due_us)
    return declared or kind.ARCHIVABLE is Archivable.ENDED


_DECLARING = frozenset(each for each in FACTS.values() if each.rows is not Fact.rows)
"""The kinds of facts that add to rows."""


def _has_left(aggregate: LedgerAggregate) -> bool:
    """Whether its events may have left, and a snapshot be in their place."""
    return aggregate.ARCHIVABLE is Archivable.ENDED and aggregate.has_ended


def _snapshot_place(row: SnapshotRow) -> Place:
    return Place(row.org, row=f"snapshot {row.stream}")


def _due_place(row: DueRow) -> Place:
    return Place(row.org, row=f"due {row.stream}")

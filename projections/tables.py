"""Tables: the ends of followers that fill read models, in the store and for analysts.

ClickHouse does not share our transaction. So the range is persisted first, then its rows are
inserted with a token made of the range, then it is confirmed; after a crash in between exactly the
same range is inserted again, and counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger.ports import RecordedEvent
from projections.engine import End, Lingering, heads_of
from projections.fact_lines import FactLines
from projections.ports import AnalystsTable, P, Parked, Progress, ProjectionStore, RowStore
from projections.read_model import Model, ReadModel
from projections.recent_events import PAGE_EVENTS

LINGER_S = 0.75
"""ClickHouse wants few large inserts, each costs it as much as a thousand rows: after one of fewer
rows than a full page has events the next comes so much later."""


class Storing(End):
    """Folds pages of events into rows, and writes each page with its position."""

    def __init__(self, model: Model[Any], store: RowStore, lines: FactLines | None = None) -> None:
        self.name = model.name
        self.store = self._rows = store
        self._model = model
        self._lines = lines or FactLines(0)

    def take(self, at: P, until: int, events: Sequence[RecordedEvent]) -> P:
        rows = self._model.rows_of(self._lines.of(self._model.lines_of, events))
        return self._rows.apply(at, until, heads_of(events), rows)


class Inserting(Lingering):
    """Plans a range, inserts its rows, confirms it."""

    def __init__(
        self,
        model: ReadModel[Any],
        store: ProjectionStore,
        table: AnalystsTable,
        lines: FactLines | None = None,
        *,
        linger_s: float | None = None,
    ) -> None:
        self.name = model.name
        self.store = store
        self._model = model
        self._table = table
        self._lines = lines or FactLines(0)
        self._linger_s = LINGER_S if linger_s is None else linger_s

    def take(self, at: P, until: int, events: Sequence[RecordedEvent]) -> P:
        rows = self._model.rows_of(self._lines.of(self._model.lines_of, events))
        if isinstance(at, Progress) and at.planned is None:
            if max(len(rows), len(events)) < PAGE_EVENTS:
                self.rest(self._linger_s)
            at = self.store.plan(at, until) if rows else at
        begin = f"{at.org}:{at.sequence}" if isinstance(at, Parked) else at.position
        self._table.insert(rows, f"{self.name}:{begin}-{until}")
        return self.store.confirm(at, until, heads_of(events))

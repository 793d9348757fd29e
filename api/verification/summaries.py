"""Comparing the summaries with what the events add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.verification.plan import Plan, ReadModelSnapshot
from api.verification.read_page import ReadPage
from ledger.kernel.report import Check, Place, difference
from ledger.ports import RecordedEvent
from ledger.verification.evidence import Scope, Snapshot
from ledger.verification.stored_rows import decode_row
from projections.archived_lines import archived_sums, outlives_archives
from projections.ports import Applied
from projections.read import Read, read_alone
from projections.read_model import Row
from projections.summary import Summary, Summed


class SummaryComparison:
    """A summary, up to the positions that it has applied.

    Its rows are read at a later moment than the events that are looked at, and what was recorded in
    between is added to what those add up to. It needs every event of an org from the first on.
    Without a plan archives are not read: what their events say is taken from `transactions`, which
    is compared by itself; rows that it does not say are passed over.
    """

    def __init__(
        self,
        check: Check,
        model: Summary[Any],
        store: Snapshot,
        models: ReadModelSnapshot,
        scope: Scope,
        plan: Plan | None = None,
    ) -> None:
        self._check = check
        self._model = model
        self._store = store
        self._models = models
        self._scope = scope
        last = plan.last if plan is not None else None
        self._begun = plan is not None and bool(plan.heads) and last is None
        self._applied = Applied.of(models, model.name)
        self._rows: Summed = {}
        self._unread: set[str] = set()
        self._has_archives_apart = plan is None
        self._unfounded: set[str] = set()
        self._positions: dict[int, int] = {} if last is None else dict(last.positions)
        self.wrong_orgs: set[str] = set()

        if self._has_archives_apart and outlives_archives(model):
            self._rows = archived_sums(model, models.archived_lines())

    def remembered(self) -> Mapping[str, Any]:
        """Return all that it has seen."""
        return {"_rows": self._rows, "_unread": self._unread}

    def go_on(self, remembered: Mapping[str, Any]) -> None:
        """Go on from where another has ended."""
        vars(self).update(remembered)

    def see(self, page: ReadPage) -> None:
        """Add up the lines of some events."""
        if self._begun:
            return
        for shard, until in page.untils.items():
            self._positions[shard] = max(until, self._positions.get(shard, 0))
        if not (page.is_read and self._applied.has_all(page.untils)):
            page = ReadPage([read for read in page.reads if self._is_applied(read)])
        for event, parts in page.parts(self._model.lines_of):
            self._model.add(self._rows, event, parts)

    def _is_applied(self, read: Read) -> bool:
        if read.fact is None:
            self._unread.add(read.event.org)
        elif not self._applied.has(read.event):
            self._check.pass_over(self._applied.why_not(read.event))
        else:
            return True
        return False

    def end(self, snapshot_ends: Mapping[int, int]) -> None:
        """Compare every row."""
        if self._begun:
            return
        late = self._late()
        missing = self._rows.keys() | late.keys()
        count = self._model.named_by
        for row in self._models.summary_rows(self._model, self._scope):
            key, stored = row[:count], list(row[count:])
            if key in missing:
                missing.discard(key)
                self._compare(key, self._right(key, late), stored)
            elif not self._is_passed_over(row[0]):
                self._find(key, "no event says so: the row was added")
        for key in sorted(missing, key=repr):
            if not self._is_passed_over(key[0]):
                self._find(key, "missing")
        for org in sorted(self._unread):
            self._check.pass_over(f"{org}: an event cannot be read.")
        for org in sorted(self._unfounded):
            self._check.pass_over(
                f"{org}: events are archived; `tally verify --archive` reads them."
            )

    def _is_passed_over(self, org: str) -> bool:
        """Tell whether a row that is not as it should be may be so: not all events were seen."""
        if (
            self._has_archives_apart
            and not outlives_archives(self._model)
            and self._store.is_archived(org, 1)
        ):
            self._unfounded.add(org)
        return org in self._unread or org in self._unfounded

    def _compare(self, key: Row, right: Sequence[Any], stored: Sequence[Any]) -> None:
        self._check.checked += 1
        if right != stored and not self._is_passed_over(key[0]):
            names = tuple(self._model.columns)[len(key) :]
            self._find(key, str(difference(names, right, stored)))

    def _right(self, key: Row, late: Summed) -> list[Any]:
        before, after = self._rows.get(key), late.get(key)
        if before is None or after is None:
            return before or after or []
        return self._model.merged(before, after)

    def _late(self) -> Summed:
        """Return what was added after the events that were looked at."""
        rows: Summed = {}
        several = len(self._store.shards()) > 1
        before = {org: head.sequence for org, head in self._store.heads()} if several else {}
        scope = Scope(self._scope.orgs, positions=self._positions, before=before)
        for page in self._models.rows(scope):
            for event in map(decode_row, page):
                self._add_late(rows, event)
        return rows

    def _add_late(self, rows: Summed, event: RecordedEvent) -> None:
        if not self._applied.has(event):
            return
        read = read_alone(event)
        if read.fact is None:
            self._unread.add(event.org)
        elif parts := read.of(self._model.lines_of):
            self._model.add(rows, event, parts)

    def _find(self, key: Row, detail: str) -> None:
        org, *rest = key
        self.wrong_orgs.add(org)
        self._check.find(Place(org, row=f"{self._model.name} {' '.join(map(str, rest))}"), detail)

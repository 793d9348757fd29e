"""Rebuilding a read model: from the first event on, beside the live one, while all goes on."""

from __future__ import annotations

from api.comparison.comparison import OnProgress, parts_of
from api.container import Endpoints, StoreSnapshot, rebuilding
from ledger.verification.evidence import WHOLE
from projections.ports import Rebuilt


def rebuild_beside(name: str, ends: Endpoints, on_progress: OnProgress | None) -> Rebuilt:
    """Make a read model anew, and put it in the place of the live one.

    Raises UnknownFact or UnreadableFact, Archived and Conflict: then nothing was changed.
    """
    with rebuilding(name, ends) as (progress, beside):
        progress.begin()
        beside.begin()
        progress.fill_archived(beside)
        with StoreSnapshot(ends.database.writer) as store:
            total, done = store.event_count(WHOLE), 0
            for events in parts_of(store):
                progress.fill(beside, events)
                done += len(events)
                if on_progress is not None:
                    on_progress(done, max(total, done))
        return progress.swap(beside)

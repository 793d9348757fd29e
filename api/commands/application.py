"""Ledger: the eventsourcing application, with its aggregates, mapper and recorder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder, Mapper, StoredEvent

from api.commands.hooks import CommitHooks
from ledger.ports import Batch, EventStore


class Store(EventStore, Protocol):
    """An event store that is the library's recorder, too, and takes each commit as one batch."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, batch: Batch
    ) -> Sequence[int] | None:
        """Commit a batch, as `EventStore.append` does: its links hold these stored events."""


class Ledger(Application[str]):
    """Aggregates over a store. Commands go through `GroupCommit`, not through `save`."""

    def __init__(self, store: Store, mapper: Mapper[str], hooks: Sequence[CommitHooks]) -> None:
        self.event_store = store
        self.hooks = hooks
        self._given_mapper = mapper
        super().__init__()

    def construct_recorder(self) -> ApplicationRecorder:
        """Return the store given."""
        # Every store is both, which no type of Python says of a class and a protocol.
        return cast(ApplicationRecorder, self.event_store)

    def construct_mapper(self) -> Mapper[str]:
        """Return the mapper given."""
        return self._given_mapper

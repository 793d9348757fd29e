"""The eventsourcing application of the ledger: its aggregates, mapper and recorder."""

from __future__ import annotations

from typing import Any

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder, Mapper

from ledger.ports import EventStore


class Ledger(Application[str]):
    """Aggregates over a store. Commands go through `GroupCommit`, not through `save`."""

    def __init__(self, store: Any, mapper: Mapper[str]) -> None:
        self._store, self._given_mapper = store, mapper
        super().__init__()

    def construct_recorder(self) -> ApplicationRecorder:
        """The store given."""
        return self._store  # type: ignore[no-any-return]

    def construct_mapper(self) -> Mapper[str]:
        """The mapper given."""
        return self._given_mapper

    @property
    def event_store(self) -> EventStore:
        """The store beyond what the library asks of it."""
        return self._store  # type: ignore[no-any-return]

"""The eventsourcing application of the ledger: its aggregates, mapper and recorder."""

from __future__ import annotations

from typing import Any, Protocol

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder, Mapper

from ledger.credits.ports import CreditRows
from ledger.ports import EventStore
from ledger.rating.ports import MeterRows


class Store(EventStore, CreditRows, MeterRows, Protocol):
    """The event store with the rows that contexts look up."""


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
    def event_store(self) -> Store:
        """The store beyond what the library asks of it."""
        return self._store  # type: ignore[no-any-return]

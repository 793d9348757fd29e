"""An event store that loses commits or their answers when told to, and lets a rival write first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from eventsourcing.persistence import StoredEvent

from adapters.memory.event_store import MemoryEventStore
from ledger.credits.ports import CounterRow
from ledger.kernel.errors import Unavailable
from ledger.kernel.keys import Key, KeyRow
from ledger.ports import Batch, Clock, OutcomeUnknown, StoreFailed
from ledger.rating.ports import MeterRow


class Fault(StrEnum):
    """What goes wrong with the next commit."""

    NONE = "none"
    LOSE_COMMIT = "the connection is lost before the commit"
    LOSE_ANSWER = "the connection is lost after the commit"
    LOSE_STORE = "the connection is lost after the commit, and the store is gone for a moment"
    FAIL = "the store refuses"


class FaultyEventStore(MemoryEventStore):
    """An event store with at most one fault waiting."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.fault = Fault.NONE
        self.rival: Callable[[], None] | None = None
        self._gone = False

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        rival, self.rival = self.rival, None
        if rival is not None:
            rival()
        fault, self.fault = self.fault, Fault.NONE
        if fault is Fault.FAIL:
            raise StoreFailed("injected")
        if fault is Fault.LOSE_COMMIT:
            raise OutcomeUnknown("injected")
        positions = super().insert_events(stored_events, **kwargs)
        if fault is not Fault.NONE:
            self._gone = fault is Fault.LOSE_STORE
            raise OutcomeUnknown("injected")
        return positions

    def every_key(self) -> dict[Key, KeyRow]:
        """Every row of `keys`."""
        return dict(self._keys)

    def every_counter(self) -> list[CounterRow]:
        """Every row of `cap_counters`."""
        return list(self._counters.values())

    def every_declared(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table that a context declares."""
        return list(self._rows[table].values())

    def every_meter(self) -> list[MeterRow]:
        """Every row of `meter_counters`."""
        return list(self._meters.values())

    def is_committed(self, batch: Batch) -> bool:
        if self._gone:
            self._gone = False
            raise Unavailable("injected")
        return super().is_committed(batch)

"""The recorder: what every store of ours is to the eventsourcing library, of batches and pages."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import (
    ApplicationRecorder,
    Notification,
    StoredEvent,
    Subscription,
)

from adapters.mapper import dated
from ledger.ports import Batch, RecordedEvent


class BatchRecorder(ApplicationRecorder):
    """The library's recorder on an event store that commits batches and reads pages by position."""

    @abstractmethod
    def append(self, batch: Batch) -> int:
        """Commit a batch and answer the position of its first event."""

    @abstractmethod
    def select_positions(
        self, after: int, limit: int, stop: int | None = None, topics: Sequence[str] = ()
    ) -> list[RecordedEvent]:
        """Return events of one shard by position, as they are stored: those of the shard that
        `after` says."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Commit a batch, whose links hold these stored events; return their positions."""
        batch: Batch = kwargs["batch"]
        assert len(batch.links) == len(stored_events)
        first = self.append(batch)
        return range(first, first + len(stored_events))

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = (start or 0) - (1 if inclusive_of_start else 0)
        return [dated(event) for event in self.select_positions(after, limit, stop, topics)]

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Refuse: projections read pages by position, which needs no notification."""
        raise NotImplementedError("follow positions with select_positions instead")

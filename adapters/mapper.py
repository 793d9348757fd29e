"""The eventsourcing library's mapper in our stored form: a fact's own fields as compact JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent
from eventsourcing.utils import get_topic

from ledger.kernel.aggregate import Fact, encode_body, restore_fact
from ledger.kernel.ids import stream_id
from ledger.kernel.times import moment
from ledger.ports import RecordedEvent


@dataclass(frozen=True)
class DatedEvent(Notification):
    """A stored event with the recorded time that its columns keep."""

    recorded_us: int


class FactMapper(Mapper[str]):
    """Facts to stored events and back."""

    def __init__(self) -> None:
        super().__init__(transcoder=JSONTranscoder())  # the base wants one; facts encode themselves

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Return the stored form of a fact."""
        assert isinstance(domain_event, Fact)
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=get_topic(type(domain_event)),
            state=encode_body(domain_event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Return the fact of a stored event, which must be a `DatedEvent`."""
        assert isinstance(stored_event, DatedEvent)
        return restore_fact(
            stored_event.topic,
            stored_event.state,
            str(stored_event.originator_id),
            stored_event.originator_version,
            moment(stored_event.recorded_us),
        )


def dated(event: RecordedEvent) -> DatedEvent:
    """Return a stored event as the library reads it: the notification id is the position."""
    return DatedEvent(
        id=event.position,
        originator_id=stream_id(event.org, event.stream),
        originator_version=event.version,
        topic=event.type,
        state=event.body,
        recorded_us=event.recorded_us,
    )

"""What a command has done: facts as they were recorded, and receipts for those who asked."""

from __future__ import annotations

from typing import NamedTuple

from eventsourcing.utils import get_topic

from ledger.audit.actor import Actor, decode_actor
from ledger.credits.funds import Hold
from ledger.kernel.events import Fact, restore_fact
from ledger.kernel.ids import stream_id
from ledger.kernel.times import microseconds, moment
from ledger.ports import RecordedEvent


class Recorded:
    """A fact with its place in the chain: what who asked for it gets to see.

    It crosses from the process that writes to the one that answers as its stored `body`, which
    exists already and is read again sooner than a pickled fact (measured: a quarter of the time).
    """

    __slots__ = ("body", "fact", "hash", "sequence")

    def __init__(self, fact: Fact, sequence: int, digest: bytes, body: bytes) -> None:
        self.fact = fact
        self.sequence = sequence
        self.hash = digest
        self.body = body

    def __reduce__(self) -> tuple[object, ...]:
        fact = self.fact
        return _arrived, (
            get_topic(type(fact)),
            self.body,
            fact.originator_id,
            fact.originator_version,
            microseconds(fact.timestamp),
            self.sequence,
            self.hash,
        )


class Recording(Recorded):
    """A fact of this group, or one read back; its place is known once it is chained."""

    __slots__ = ("actor", "key")

    def __init__(
        self,
        fact: Fact,
        actor: Actor,
        key: str = "",
        sequence: int = 0,
        digest: bytes = b"",
        body: bytes = b"",
    ) -> None:
        super().__init__(fact, sequence, digest, body)
        self.actor = actor
        self.key = key


class Receipt(NamedTuple):
    """What a command did: one line of one recorded fact.

    `before`: of a command on a hold, the hold as it was before; None where that must be read.
    """

    recording: Recorded
    line: int
    replayed: bool = False
    before: PlacedHold | None = None


class PlacedHold(NamedTuple):
    """An open hold, and the recorded fact that placed it."""

    placed: Recorded
    hold: Hold


class Claim(NamedTuple):
    """A key used by this group."""

    receipt: Receipt
    fingerprint: str
    content: str | None


def recording_of(event: RecordedEvent) -> Recording:
    """A stored event as a recording."""
    fact = restore_fact(
        event.type,
        event.body,
        stream_id(event.org, event.stream),
        event.version,
        moment(event.recorded_us),
    )
    actor = decode_actor(event.actor)
    return Recording(fact, actor, event.idempotency_key, event.sequence, event.hash, event.body)


def _arrived(
    topic: str,
    body: bytes,
    aggregate_id: str,
    version: int,
    recorded_us: int,
    sequence: int,
    digest: bytes,
) -> Recorded:
    fact = restore_fact(topic, body, aggregate_id, version, moment(recorded_us))
    return Recorded(fact, sequence, digest, body)

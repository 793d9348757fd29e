"""Results: what a command has done, as facts in their stored form and for those who asked."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from eventsourcing.utils import get_topic

from ledger.kernel.actor import Actor, decode_actor
from ledger.kernel.aggregate import Fact, restore_fact
from ledger.kernel.errors import Archived
from ledger.kernel.ids import stream_id
from ledger.kernel.times import moment
from ledger.ports import RecordedEvent


class StoredFact:
    """A fact in its stored form with its place in the chain: what who asked for it gets to see.

    The fact is read when someone wants it: answers to usage are made from its `body`.
    """

    __slots__ = (
        "_fact",
        "aggregate_id",
        "body",
        "hash",
        "recorded_us",
        "sequence",
        "topic",
        "version",
    )

    def __init__(
        self,
        topic: str,
        body: bytes,
        aggregate_id: str,
        version: int,
        recorded_us: int,
        sequence: int,
        digest: bytes,
    ) -> None:
        self.topic = topic
        self.body = body
        self.aggregate_id = aggregate_id
        self.version = version
        self.recorded_us = recorded_us
        self.sequence = sequence
        self.hash = digest
        self._fact: Fact | None = None

    @property
    def fact(self) -> Fact:
        """The fact."""
        if self._fact is None:
            at = moment(self.recorded_us)
            self._fact = restore_fact(self.topic, self.body, self.aggregate_id, self.version, at)
        return self._fact


class PendingFact(StoredFact):
    """A fact of this group, or one read back; its place is known once it is chained.

    It crosses from the process that writes to the one that answers as what is stored of it, which
    exists already and is read again sooner than a pickled fact.
    """

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
        super().__init__(
            get_topic(type(fact)),
            body,
            fact.originator_id,
            fact.originator_version,
            fact.recorded_us,
            sequence,
            digest,
        )
        self._fact = fact
        self.actor = actor
        self.key = key

    def __reduce__(self) -> tuple[object, ...]:
        return StoredFact, (
            self.topic,
            self.body,
            self.aggregate_id,
            self.version,
            self.recorded_us,
            self.sequence,
            self.hash,
        )


class KeyedResult(Protocol):
    """What every result says whose command came with a key: one line of one recorded fact.

    A context whose callers are told more has a type of its own for it, a tuple with these.
    """

    @property
    def stored_fact(self) -> StoredFact:
        """The fact that carries the key."""

    @property
    def line(self) -> int:
        """Which of its lines."""

    @property
    def replayed(self) -> bool:
        """Whether it was done before, when the key was first used."""

    @property
    def erased(self) -> bool:
        """Whether it came with a text that was erased since."""


class CommandResult(NamedTuple):
    """What a command did, and nothing beside: a `KeyedResult`."""

    stored_fact: StoredFact
    line: int
    replayed: bool = False
    erased: bool = False


class Claim(NamedTuple):
    """A key used by this group."""

    result: KeyedResult
    fingerprint: str
    content: str | None


def pending_fact_of(event: RecordedEvent) -> PendingFact:
    """Return a stored event as a stored fact."""
    fact = restore_fact(
        event.type,
        event.body,
        stream_id(event.org, event.stream),
        event.version,
        moment(event.recorded_us),
    )
    actor = decode_actor(event.actor)
    return PendingFact(fact, actor, event.idempotency_key, event.sequence, event.hash, event.body)


def archived(what: str) -> Archived:
    """Return why something that was recorded cannot be read any more."""
    return Archived(
        f"{what} was recorded so long ago that its event is in an archive: nothing was done now."
    )

"""The base of every fact and aggregate, and their stored form.

Knows nothing of where facts are stored. A fact's body is compact JSON of its own fields; what the
store keeps in columns (stream, version, recorded time) is not repeated in it.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Protocol, Self, get_type_hints

import msgspec
from eventsourcing.domain import (
    BaseAggregate,
    CanInitAggregate,
    CanMutateAggregate,
    MetaDomainEvent,
    OriginatorIDError,
    OriginatorVersionError,
)
from eventsourcing.utils import resolve_topic

from ledger.kernel.decoding import decoder
from ledger.kernel.keys import COMMANDS, Key, KeyRow
from ledger.kernel.rows import Row, TableRow
from ledger.kernel.texts import REASON, TextOwner
from ledger.kernel.times import microseconds

_COLUMNS = frozenset({"originator_id", "originator_version", "timestamp"})
_encode = msgspec.json.Encoder().encode


class Fact(CanMutateAggregate[str], metaclass=MetaDomainEvent):
    """Something that happened to an aggregate, in the past tense. Fields hold results."""

    originator_id: str
    originator_version: int
    timestamp: datetime

    class_version = 1

    @property
    def recorded_us(self) -> int:
        """When it was recorded, in microseconds."""
        return microseconds(self.timestamp)

    def check_stream(self) -> None:
        """Raise ValueError where its stream is none that its aggregate could have."""

    # Any, as the library has it: the type of the aggregate is a parameter of this method alone.
    def mutate(self, aggregate: Any) -> Any:
        """Move an aggregate on as the library does, whose properties cost more than most facts."""
        assert aggregate is not None
        if self.originator_id != aggregate._id:  # the library's own
            raise OriginatorIDError(self.originator_id, aggregate.id)
        if self.originator_version != aggregate._version + 1:
            raise OriginatorVersionError(self.originator_version, aggregate.version + 1)
        self.apply(aggregate)
        aggregate._version, aggregate._modified_on = self.originator_version, self.timestamp
        return aggregate

    # -- what the commit writes for it -------------------------------------------------------

    def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
        """Return the keys it uses, as the event of its org with that sequence: its command's, if it
        carries one, and those of its kind."""
        if not command:
            return []
        fingerprint = str(vars(self).get("fingerprint", ""))
        return [KeyRow(Key(org, COMMANDS, command), sequence, 0, fingerprint)]

    def text_of(self, line: int) -> str | None:
        """Return the digest of the erasable text that came with it, or with one line of it."""
        return None

    def texts(self, subject: str) -> dict[str, TextOwner]:
        """Return the digests of its erasable texts, and whose each is; `subject` had it
        recorded."""
        return {}

    def person(self, subject: str) -> str:
        """Return whom it is about: who had it recorded, unless its kind says."""
        return subject

    def rows(self) -> Iterable[TableRow]:
        """Return what it adds to rows that are added up; the commit adds its `sequence`."""
        return ()

    def erased(self) -> Sequence[str]:
        """Return the digests of the texts that it erases."""
        return ()


class FirstFact(CanInitAggregate[str], Fact):
    """The fact that begins an aggregate."""

    originator_topic: str


class HasReason(Protocol):
    """What `Reasoned` is for: the salted digest of why, and whom the fact is about."""

    @property
    def reason(self) -> str | None: ...

    def person(self, subject: str) -> str: ...


class Reasoned:
    """A fact that came with an erasable text: why it was done, about the fact's person."""

    def text_of(self: HasReason, line: int) -> str | None:
        return self.reason

    def texts(self: HasReason, subject: str) -> dict[str, TextOwner]:
        return {self.reason: TextOwner(REASON, self.person(subject))} if self.reason else {}


class Archivable(Enum):
    """When the events of an aggregate may leave the store with an archive."""

    NEVER = "never"
    """It is replayed from them, for ever, or they are read one by one."""

    ENDED = "ended"
    """When nothing can be recorded in it any more: its snapshot stays."""

    ALWAYS = "always"
    """A row that is written with its events keeps all its state."""


class LedgerAggregate(BaseAggregate[str]):
    """An aggregate of the ledger: public methods decide, `apply` of the facts only assigns."""

    STREAM: ClassVar[str]
    """How its streams are named within an org: in full, or up to and including the first slash."""

    MOVES: ClassVar[Mapping[str, Callable[[Any, bytes], None]]] = {}
    """Stored types, and how a body of each moves the aggregate without being read whole."""

    ARCHIVABLE: ClassVar[Archivable] = Archivable.NEVER

    State: ClassVar[type[msgspec.Struct]]
    """All that it remembers, by the names of its attributes; of one that may leave."""

    class Event(Fact):
        """Base of this aggregate's facts."""

    def __base_init__(
        self, originator_id: Any, originator_version: int, timestamp: datetime
    ) -> None:
        super().__base_init__(originator_id, originator_version, timestamp)
        self.due_kept_us: int | None = None
        """The moment that the store keeps of it, or will with what is recorded of it so far."""

    def check_stream(self) -> None:
        """Raise ValueError where its stream is none that its aggregate could have."""

    # -- what the commit writes for it -------------------------------------------------------

    def due_us(self) -> int | None:
        """Return when time next brings something to record in it; None: nothing, until something is
        done."""
        return None

    def fall_due(self, at: datetime) -> None:
        """Record what time has brought by a moment, when nothing else is decided."""

    def rows(self) -> Iterable[TableRow]:
        """Return its rows of look-up tables, as they are now."""
        return ()

    def balance(self, sequence: int) -> Row | None:
        """Return its balances row after the event with that sequence, if it is of those that have
        one."""
        return None

    # -- leaving with an archive -------------------------------------------------------------

    @property
    def has_ended(self) -> bool:
        """Whether nothing can be recorded in it any more, for ever."""
        return False

    def state(self) -> msgspec.Struct:
        """Return all that it remembers; shares nothing that changes once it has ended."""
        return self.State(**{name: vars(self)[name] for name in self.State.__struct_fields__})

    @classmethod
    def restore(cls, aggregate_id: str, version: int, at: datetime, state: Any) -> Self:
        """Return the aggregate that remembers this, without replay."""
        aggregate = object.__new__(cls)
        aggregate.__base_init__(aggregate_id, version, at)
        vars(aggregate).update(msgspec.structs.asdict(state))
        return aggregate

    # -- the library's, of fewer steps -------------------------------------------------------

    # Any, as the library has it: a fact's fields are those of its class, which no type of Python
    # says of the arguments of another function. The class checks them when it is made.
    def trigger_event(self, event_class: type[Any], **kwargs: Any) -> None:
        """Trigger as the library does, which looks each topic up again, copies the fields, and
        checks that the fact it has made is the next of this aggregate.

        It is pending before it is applied: an aggregate half changed is known as changed.
        """
        fact = event_class(originator_id=self._id, originator_version=self._version + 1, **kwargs)
        self._pending_events.append(fact)
        fact.apply(self)
        self._version, self._modified_on = fact.originator_version, fact.timestamp

    def collect_events(self) -> Sequence[CanMutateAggregate[str]]:
        """Return the facts decided since the last time; the library's takes them out one by one."""
        collected, self._pending_events = self._pending_events, []
        return collected


@functools.cache
def body_type(fact: type[Fact]) -> type[msgspec.Struct]:
    """Return the struct of a fact's own fields, in their declared order."""
    hints = get_type_hints(fact)
    fields: list[Any] = []
    for field in dataclasses.fields(fact):  # type: ignore[arg-type]  # MetaDomainEvent makes one
        if field.name in _COLUMNS:
            continue
        if field.default is not dataclasses.MISSING:
            fields.append((field.name, hints[field.name], field.default))
        elif field.default_factory is not dataclasses.MISSING:
            default = msgspec.field(default_factory=field.default_factory)
            fields.append((field.name, hints[field.name], default))
        else:
            fields.append((field.name, hints[field.name]))
    return msgspec.defstruct(
        fact.__name__, fields, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
    )


@functools.cache
def _decoder(fact: type[Fact]) -> Callable[[bytes], Any]:
    return decoder(body_type(fact))


def encode_body(fact: Fact) -> bytes:
    """Return the stored bytes of a fact: its own fields as compact JSON, defaults left out."""
    state = vars(fact).copy()
    for column in _COLUMNS:
        state.pop(column, None)
    body = _encode(body_type(type(fact))(**state))
    if fact.class_version > 1:
        body = b'{"class_version":%d,%b' % (fact.class_version, body[1:])
    return body


def decode_body(topic: str, body: bytes) -> tuple[type[Fact], dict[str, Any]]:
    """Return the class of a stored fact and its own fields, brought up to the class's version."""
    fact: type[Fact] = resolve_topic(topic)
    if fact.class_version > 1:
        body = _upcast(fact, body)
    state = _decoder(fact)(body)
    return fact, msgspec.structs.asdict(state)


def _upcast(fact: type[Fact], body: bytes) -> bytes:
    state = msgspec.json.decode(body)
    version = state.pop("class_version", 1)
    while version < fact.class_version:
        getattr(fact, f"upcast_v{version}_v{version + 1}")(state)
        version += 1
    return _encode(state)


def restore_fact(
    topic: str, body: bytes, aggregate_id: str, version: int, recorded_at: datetime
) -> Fact:
    """Return a fact from its stored form. Nothing is validated again: history is history."""
    cls, state = decode_body(topic, body)
    state["originator_id"] = aggregate_id
    state["originator_version"] = version
    state["timestamp"] = recorded_at
    fact: Fact = object.__new__(cls)
    object.__setattr__(fact, "__dict__", state)
    return fact

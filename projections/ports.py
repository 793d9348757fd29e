"""Stores of followers, as Protocols with the promise each must keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from ledger.kernel.errors import LedgerError, Unavailable
from ledger.kernel.shards import base_of, shard_of
from ledger.ports import RecordedEvent
from ledger.verification.evidence import Scope, Span
from projections.read_model import Model, Row
from projections.summary import Summary


class Unstorable(LedgerError):
    """Rows that the store can hold at no time."""

    code = "unstorable"


class Superseded(LedgerError):
    """Another runner moved the projection: its rows stand, ours were not written."""

    code = "superseded"


class FeedBroken(Unavailable):
    """The stream takes nothing until a person has looked: no event is at fault."""

    code = "feed_broken"


class FeedLost(FeedBroken):
    """The stream was begun, and is not there any more."""

    code = "feed_lost"


class FeedTaken(FeedBroken):
    """The stream has the events of another ledger."""

    code = "feed_taken"


class Progress(NamedTuple):
    """How far a projection is in one shard: its position says which.

    Everything up to `position` is applied. `planned` is the end of a range that is being written
    outside the store: a crash repeats exactly that range.
    """

    position: int
    planned: int | None

    def moved(self, until: int) -> Progress:
        """Return where it is when that is applied."""
        return Progress(until, None)


class Parked(NamedTuple):
    """An org that a projection has set aside, as it cannot apply the event after `sequence`.

    Its later events wait, in order; the positions of the projection go on without it.
    """

    sequence: int
    org: str

    def moved(self, until: int) -> Parked:
        """Return where it is when that is applied."""
        return Parked(until, self.org)


Place: TypeAlias = Progress | Parked
"""Where a page is applied from: in a shard, or in the sequences of an org that was set aside."""


P = TypeVar("P", Progress, Parked)


class ProjectionStore(Protocol):
    """The progress of one projection and the events it follows. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer; after it, `claim` again.
    """

    def claim(self) -> bool:
        """Become the one active runner, until `close` or the end of the connection."""

    def close(self) -> None:
        """Give up the claim."""

    def progress(self) -> list[Progress]:
        """Return how far it is in each shard that the store has, in order; nothing applied where it
        never ran."""

    def begin(self) -> list[int]:
        """Begin to follow the shards that it has not followed yet; return where each begins."""

    def page(self, after: int, news_s: float = 0.0) -> Sequence[RecordedEvent]:
        """Return the next events of the shard of a position, in order: a page bounded in events and
        in bytes. That there are none may be known for `news_s` seconds, where that is kept."""

    def reach(self, after: int, until: int) -> int:
        """Return how far of a range of positions can be taken: to its end, or to before the first
        event whose predecessor in its org lies in another shard and is not applied."""

    def span(self, after: int, until: int) -> list[RecordedEvent]:
        """Return all events of a range of positions."""

    def parked(self) -> list[Parked]:
        """Return the orgs that are set aside."""

    def park(self, before: Progress, event: RecordedEvent, why: str) -> Progress:
        """Move the position over an event, and set its org aside from it on. Raises Superseded."""

    def parked_page(self, parked: Parked) -> list[RecordedEvent]:
        """Return the next events of an org that is set aside, up to where the projection is; a
        page bounded as others are."""

    def unpark(self, parked: Parked) -> None:
        """Follow an org with the others again, of which everything is applied up to there. Raises
        Superseded."""

    def plan(self, before: Progress, until: int) -> Progress:
        """Persist that the range up to `until` is about to be written elsewhere.

        Raises Superseded when the projection is not where `before` says.
        """

    def confirm(self, before: P, until: int, heads: Mapping[str, int]) -> P:
        """Move the position, and the last sequence applied of each org; or the sequence of an org
        that is set aside. Raises Superseded."""


class RowStore(ProjectionStore, Protocol):
    """A read model in the store itself."""

    def apply(self, before: P, until: int, heads: Mapping[str, int], rows: Sequence[Row]) -> P:
        """Write rows and `confirm`, whole or not at all. Raises Superseded."""


class Following(Protocol):
    """The part of a snapshot that says how far followers are."""

    def projected(self, name: str) -> Mapping[int, int]:
        """Return the position of a follower in each shard that it follows."""

    def parked(self, name: str) -> Mapping[str, int]:
        """Return the orgs that a follower has set aside, and the last sequence applied of each."""


class Applied(NamedTuple):
    """What a follower has applied: how far it is in each shard, and in each org that it has set
    aside."""

    positions: Mapping[int, int]
    parked: Mapping[str, int]

    @classmethod
    def of(cls, snapshot: Following, name: str) -> Applied:
        """Return what the follower of that name has applied."""
        return cls(snapshot.projected(name), snapshot.parked(name))

    def has(self, event: RecordedEvent) -> bool:
        """Tell whether it has an event."""
        return event.position <= self._until(event) and (
            event.org not in self.parked or event.sequence <= self.parked[event.org]
        )

    def has_all(self, untils: Mapping[int, int]) -> bool:
        """Tell whether it has all events of any org up to a position of each shard."""
        return not self.parked and all(
            until <= self.positions.get(shard, base_of(shard)) for shard, until in untils.items()
        )

    def why_not(self, event: RecordedEvent) -> str:
        """Return in words that it has not."""
        if event.position <= self._until(event):
            return f"{event.org} is set aside after sequence {self.parked[event.org]}."
        return f"the read model is behind: at position {self._until(event)}."

    def _until(self, event: RecordedEvent) -> int:
        shard = shard_of(event.position)
        return self.positions.get(shard, base_of(shard))


class ArchivedLine(NamedTuple):
    """A row of `transactions` whose event is archived; `detail` is the transaction as JSON."""

    org: str
    sequence: int
    recorded_us: int
    detail: str


class StoredRows(Protocol):
    """The read models in the store as verification reads them, at one moment of it."""

    def projected(self, name: str) -> Mapping[int, int]:
        """Return the position of a follower in each shard that it follows."""

    def parked(self, name: str) -> Mapping[str, int]:
        """Return the orgs that a follower has set aside, and the last sequence applied of each."""

    def model_rows(self, model: Model[Any], spans: Sequence[Span]) -> list[Row]:
        """Return the rows of the events of these spans, by org, sequence and line."""

    def summary_rows(self, model: Summary[Any], scope: Scope) -> Iterable[Row]:
        """Return every row of a summary, of the orgs of a scope."""

    def archived_lines(self) -> Iterable[ArchivedLine]:
        """Return the rows of `transactions` of archived events, by org, sequence and line."""

    def stray_row(self, model: Model[Any], scope: Scope) -> tuple[str, int, int, int] | None:
        """Return the first row without an event (org, sequence, line), and how many there are."""


class AnalystsTable(Protocol):
    """A read model for analysts, elsewhere. Raises Unavailable when it does not answer."""

    def insert(self, rows: Sequence[Row], token: str) -> None:
        """Write rows, durably. The same rows written again with the same token count once."""


class WrongSum(NamedTuple):
    """A sum of a read model's rows that they do not add up to: of which sequences of an org."""

    org: str
    first: int
    last: int


class AnalystsRows(Protocol):
    """A read model for analysts as verification reads it."""

    def orgs(self) -> list[str]:
        """Return every org that a row names, in order."""

    def span(self, after: int, until: int, orgs: Iterable[str] | None) -> list[Row]:
        """Return every stored row of the positions after one up to another, also unmerged versions.

        By position and line; of some orgs only, if they are given.
        """

    def beyond(self, position: int, limit: int) -> list[Row]:
        """Return stored rows of the same shard after a position."""

    def kept_since(self) -> int | None:
        """Return from when on rows are there (µs of recorded time); None: all are."""

    def last_positions(self) -> dict[int, int]:
        """Return the highest position of a stored row of each shard that has any."""

    def at(self, org: str, sequence: int, line: int) -> list[Row]:
        """Return the stored versions of one row."""

    def wrong_sums(self, applied: Mapping[int, int], orgs: Iterable[str] | None) -> list[WrongSum]:
        """Return the sums that are not those of the rows, of all orgs or of some, but for those
        with rows beyond the positions that are applied: they are being written."""

    def close(self) -> None:
        """Close what is open."""


class Beside(Protocol):
    """Where the rows are made."""

    def begin(self) -> None:
        """Make an empty place."""

    def add(self, rows: Sequence[Row]) -> None:
        """Write rows; of a summary they are added up."""

    def swap(self) -> int | None:
        """Put it in the place of the live one; return how many rows differed, if that is known."""


class Rebuilt(NamedTuple):
    """What became of it."""

    rows: int
    differed: int | None


class CallName(NamedTuple):
    """Which call to the outside: one of an effect, for what `key` names in an org."""

    org: str
    effect: str
    key: str

    @property
    def id(self) -> str:
        """What the other side knows it by: the same whenever it is made."""
        return f"{self.effect}/{self.org}/{self.key}"


class Call(NamedTuple):
    """A call to the outside, and what it says.

    Calls of one `turn` are made one after another, in the order of their keys; None: it waits for
    no other.
    """

    name: CallName
    content: str
    turn: str | None = None


class WaitingCall(NamedTuple):
    """A call that has not ended, and when it was deferred (µs)."""

    content: str
    deferred_us: int


class EffectStore(ProjectionStore, Protocol):
    """The progress of a follower whose end is a call, and the durable jobs it defers."""

    def defer(self, before: P, until: int, calls: Sequence[Call]) -> P:
        """Move the position and defer those calls that were never deferred, whole or not at all.
        Raises Superseded."""


class Calls(Protocol):
    """The calls that were deferred, and what became of them. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def add(self, calls: Sequence[Call]) -> int:
        """Defer those that were never deferred, and say how many: for what no event says."""

    def waiting(self, name: CallName) -> WaitingCall | None:
        """Return the call, while it has not ended."""

    def put_off(self, name: CallName, why: str) -> None:
        """Put it off: it was not taken this time, and goes on waiting."""

    def end(self, name: CallName, *, failed: str | None = None) -> bool:
        """End it: done, or failed for good; False when it had ended already. The next of its turn
        is deferred."""

    def again(self, name: CallName, content: str | None = None) -> bool:
        """Make a call that has ended again, perhaps with another content; False where it has not
        ended, or never was."""

    def take_turns(self) -> int:
        """Defer the first call of each turn that has none under way, and say how many."""

    def close(self) -> None:
        """Close the connection; the next use opens another."""


class Message(NamedTuple):
    """An event as others are told of it. `id`: the same whenever it is published."""

    id: str
    subject: str
    body: bytes


class FeedStream(Protocol):
    """Where messages are kept for whoever reads them. Used by one thread at a time.

    Every method raises Unavailable when it does not answer.
    """

    def close(self) -> None:
        """Close the connection; the next use opens another."""

    def body_max(self) -> int:
        """Return how many bytes the body of a message may have."""

    def begin(self, ledger: str) -> None:
        """Make the stream if there is none; have it empty, and have seen no id. Raises FeedTaken
        when another ledger has begun it."""

    def publish(self, messages: Sequence[Message]) -> None:
        """Store messages, in order and durably; one with the id of another that was stored lately
        is left out. Raises FeedLost when there is no stream."""

"""Copies: whatever is made of the events, line by line of them, as `tally compare` looks at it and
mends it: a table of the store, one for analysts, a stream of messages.

Rows are compared, and not hashes of them: to read them is what takes the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from ledger.ports import RecordedEvent
from ledger.verification.evidence import Span
from projections.read import Read
from projections.read_model import Row


class Part(NamedTuple):
    """Consecutive positions of a shard, after one up to another, and the sequences of each org that
    they hold."""

    after: int
    until: int
    spans: Sequence[Span]


class Copy(Protocol):
    """A copy. Its rows begin with `org`, `sequence` and `line`. Raises Unavailable when it does not
    answer."""

    name: str
    columns: Sequence[str]
    """Of its rows; one that is called `amount` is added up."""

    @property
    def left_out(self) -> str | None:
        """Of what was asked for nothing need be there any more, in words."""

    def has(self, event: RecordedEvent) -> bool:
        """Tell whether the copy should have what an event says: whether it is applied."""

    def why_not(self, event: RecordedEvent) -> str:
        """Return in words why it need not."""

    def right(self, events: Sequence[Read]) -> list[Row]:
        """Return the rows that these events must have."""

    def stored(self, part: Part) -> Iterable[Row]:
        """Return the rows that stand there; the same row may stand twice where that counts once."""

    def mend(self, part: Part, wrong: Iterable[Row], right: Sequence[Row]) -> None:
        """Take out rows that are stored and wrong, and write those that should be there."""

    def strays(self) -> list[Row]:
        """Return rows of no event at all, which no part has; not all, if they are many."""

    def drop(self, strays: Sequence[Row]) -> None:
        """Take out such rows."""

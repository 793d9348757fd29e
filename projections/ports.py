"""The store of a projection, as a Protocol with the promise it must keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from ledger.kernel.errors import LedgerError
from ledger.ports import RecordedEvent


class Superseded(LedgerError):
    """Another runner moved the projection: its rows stand, ours were not written."""

    code = "superseded"


class Progress(NamedTuple):
    """How far a projection is.

    Everything up to `position` is applied. `planned` is the end of a range that is being written
    outside the store: a crash repeats exactly that range.
    """

    position: int
    planned: int | None


class ProjectionStore(Protocol):
    """The progress of one projection and the events it follows. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer; after it, `claim` again.
    """

    def claim(self) -> bool:
        """Become the one active runner, until `close` or the end of the connection."""

    def close(self) -> None:
        """Give up the claim."""

    def progress(self) -> Progress:
        """How far it is; nothing applied when it never ran."""

    def page(self, after: int) -> list[RecordedEvent]:
        """The next events by position: a page bounded in events and in bytes."""

    def span(self, after: int, until: int) -> list[RecordedEvent]:
        """All events of a range of positions."""

    def plan(self, before: Progress, until: int) -> Progress:
        """Persist that the range up to `until` is about to be written elsewhere.

        Raises Superseded when the projection is not where `before` says.
        """

    def confirm(self, before: Progress, until: int, heads: Mapping[str, int]) -> Progress:
        """Move the position, and the last sequence applied of each org. Raises Superseded."""

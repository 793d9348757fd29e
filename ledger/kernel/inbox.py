"""The inbox: where others leave messages that ask for something, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class Received(NamedTuple):
    """A message: of an org, by where it was left. `id`: the same whenever it is handed out.
    `token`: what the inbox knows it by."""

    id: str
    org: str
    headers: Mapping[str, str]
    body: bytes
    token: str


class DeadLetter(NamedTuple):
    """What was refused, as it came, and its problem as JSON. `id`: the same whenever it is
    parked."""

    id: str
    org: str
    body: bytes
    problem: str


class Inbox(Protocol):
    """Messages that are handed out until they are done, at least once. Used by one event loop.

    Every method raises Unavailable when it does not answer; after it, `close`, and `open` again.
    """

    async def open(self) -> None:
        """Connect, and make what is missing."""

    async def close(self) -> None:
        """Give up the connection; what is not done is handed out again, in its time."""

    async def next(self) -> Received | None:
        """Return a message, when there is one; None after some seconds without."""

    async def park(self, letters: Sequence[DeadLetter]) -> None:
        """Keep what was refused, durably; what was parked a moment ago only once."""

    async def answer(self, place: str, status: int, body: bytes) -> None:
        """Tell whoever waits there; nobody may."""

    async def done(self, received: Received) -> None:
        """Hand a message out no more."""

    async def later(self, received: Received, seconds: float) -> None:
        """Hand a message out again after some time."""

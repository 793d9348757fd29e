"""A feed in memory: the port's promises without a server."""

from __future__ import annotations

from collections.abc import Sequence

from projections.ports import FeedLost, FeedTaken, Message


class MemoryFeed:
    """Keeps messages in a list. `body_limit`: bytes of one."""

    def __init__(self, body_limit: int = 1 << 20) -> None:
        self.messages: list[Message] = []
        self._body_limit = body_limit
        self._known: set[str] = set()
        self._ledger: str | None = None

    def close(self) -> None:
        """Close nothing."""

    def body_max(self) -> int:
        return self._body_limit

    def begin(self, ledger: str) -> None:
        if self._ledger not in (None, ledger):
            raise FeedTaken("the stream has the events of another ledger.")
        self._ledger = ledger
        self.messages.clear()
        self._known.clear()

    def publish(self, messages: Sequence[Message]) -> None:
        if self._ledger is None:
            raise FeedLost("there is no stream.")
        for message in messages:
            if message.id not in self._known:
                self._known.add(message.id)
                self.messages.append(message)

"""The feed: the end of a follower that says; every event becomes a message, in order.

What is stored of a page is stored before its position moves: after a crash in between, the page is
published again, under the same ids, which the stream recognises for a while and consumers for ever.
Who begins at the first event begins with an empty stream, so a feed is filled again by setting its
position back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeAlias

from ledger.kernel.alarms import Alarm
from ledger.ports import RecordedEvent
from projections.engine import End
from projections.ports import FeedBroken, FeedStream, Message, P, Progress, ProjectionStore

FEED = "feed"
BEGINNING = 0
"""The position before the first event of all."""

MessageOf: TypeAlias = Callable[[RecordedEvent, bool], Message]
"""Returns what an event is as a message, with its content or without."""

_log = logging.getLogger(__name__)


class Publishing(End):
    """Publishes each page, then confirms it."""

    name = FEED

    def __init__(
        self,
        store: ProjectionStore,
        stream: FeedStream,
        message_of: MessageOf,
    ) -> None:
        self.store = store
        self._stream = stream
        self._message_of = message_of

    def take(self, at: P, until: int, events: Sequence[RecordedEvent]) -> P:
        try:
            if isinstance(at, Progress) and at.position == BEGINNING and events:
                self._stream.begin(events[0].hash.hex())
            self._stream.publish(messages_of(events, self._message_of, self._stream.body_max()))
        except FeedBroken as error:
            _log.error(
                "ALARM: the feed does not get on: %s",
                error.detail,
                extra=Alarm.FOLLOWER_STOPPED.mark,
            )
            raise
        return self.store.confirm(at, until, {})

    def close(self) -> None:
        self._stream.close()


def messages_of(
    events: Sequence[RecordedEvent], message_of: MessageOf, body_max: int
) -> list[Message]:
    """Return the messages of events; without its content where no server would take it."""
    messages = [message_of(event, True) for event in events]
    return [
        message if len(message.body) <= body_max else message_of(event, False)
        for event, message in zip(events, messages, strict=True)
    ]

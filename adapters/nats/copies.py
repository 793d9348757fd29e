"""The copy on NATS: the feed's stream as `tally compare` reads and mends it, while it is published.

A stream is only added to. What is missing comes after all that is there, under its own id; what is
wrong is deleted and said again (decision 52).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256

from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, Header
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from adapters.nats.address import NatsAddress
from adapters.nats.connection import Connecting
from adapters.nats.feed import (
    HEADERS_MAX,
    STREAM,
    batches_of,
    forget_ids,
    settings_of_stream,
    store,
)
from adapters.nats.kept_messages import FeedRow, KeptMessage, KeptMessages, place_of
from adapters.nats.retention import Retention, retention_of
from ledger.kernel.errors import Unavailable
from ledger.ports import RecordedEvent
from projections.copies import Part
from projections.feed import FEED, MessageOf, messages_of
from projections.ports import Applied, Message
from projections.read import Read
from projections.read_model import Row

STRAYS = 1_000
FETCHED = 500
FETCHED_WITHIN_S = 10.0

PUT_BACK = "Tally-Put-Back"
"""The header of a message that was missing: it is out of the order of its org."""


class NatsCopy(Connecting):
    """The stream, read whole when it is first asked of, which is after the moment of the snapshot.
    `heads`: asks for the last sequence of each org now."""

    name = purpose = FEED
    columns: Sequence[str] = FeedRow._fields

    def __init__(
        self,
        address: NatsAddress,
        message_of: MessageOf,
        applied: Applied,
        heads: Callable[[], Mapping[str, int]],
    ) -> None:
        super().__init__(address)
        self._message_of = message_of
        self._heads = heads
        self.has, self.why_not = applied.has, applied.why_not
        self._kept: KeptMessages | None = None
        self._retention = Retention()
        self._ledger: str | None = None
        self._body_max = 0
        self._right: dict[FeedRow, Message] = {}
        """What the events of this part say: what is missing of it is published."""

    @property
    def left_out(self) -> str | None:
        """Say of how many events nothing need be there any more, and why."""
        return str(self._retention) if self._retention.left else None

    def right(self, events: Sequence[Read]) -> list[Row]:
        recorded = [event for event, _, _ in events]
        kept = self._messages(recorded)
        messages = messages_of(recorded, self._message_of, self._body_max)
        self._right = {}
        for event, message in zip(recorded, messages, strict=True):
            row = _row_of(message)
            if self._retention.keeps(event) or kept.has(event.org, event.sequence):
                self._right[row] = message
            else:
                self._retention.left += 1
        return list(self._right)

    def stored(self, part: Part) -> list[Row]:
        kept = self._messages([])
        return [row for span in part.spans for row in kept.span(span)]

    def mend(self, part: Part, wrong: Iterable[Row], right: Sequence[Row]) -> None:
        kept = self._messages([])
        missing = [self._right[row] for row in map(FeedRow._make, right) if not kept.numbers(row)]
        self._run(self._delete(self._numbers(wrong)))
        for batch in batches_of(missing):
            self._run(self._put_back(batch))

    def strays(self) -> list[Row]:
        """Return messages beyond the end of their org, which is asked for after they were read:
        what came in between is not stray."""
        kept = self._messages([])
        return [*kept.beyond(self._heads(), STRAYS)]

    def drop(self, strays: Sequence[Row]) -> None:
        self._run(self._delete(self._numbers(strays)))

    def close(self) -> None:
        super().close()
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _numbers(self, rows: Iterable[Row]) -> list[int]:
        kept = self._messages([])
        return [number for row in rows for number in kept.numbers(FeedRow._make(row))]

    def _messages(self, first: Sequence[RecordedEvent]) -> KeptMessages:
        """Return what the stream has. `first`: the first events of all, by which a ledger is known;
        it cannot be told when they are archived."""
        if self._kept is None:
            if first and first[0].position == 1:
                self._ledger = first[0].hash.hex()
            self._kept = KeptMessages()
            try:
                self._run(self._read(self._kept))
            except Unavailable:
                self.close()
                raise
        return self._kept

    # -- on the stream ------------------------------------------------------------------------

    async def _read(self, kept: KeptMessages) -> None:
        client = await self._connected()
        self._body_max = client.max_payload - HEADERS_MAX
        jetstream = client.jetstream()
        settings = await settings_of_stream(jetstream, self._ledger)
        first_stored_us = await _read_all(jetstream, kept)
        now_us = time.time_ns() // 1_000
        self._retention = retention_of(settings, kept.firsts(), first_stored_us, now_us)

    async def _delete(self, numbers: Iterable[int]) -> None:
        jetstream = (await self._connected()).jetstream()
        for number in numbers:
            try:
                await jetstream.delete_msg(STREAM, number)
            except NotFoundError:
                continue  # it has just left

    async def _put_back(self, batch: Sequence[Message]) -> None:
        """Store messages again, also those of which the server knows the id from lately."""
        client = await self._connected()
        known = await store(client, batch, {PUT_BACK: "1"})
        if known:
            settings = await settings_of_stream(client.jetstream(), self._ledger)
            await forget_ids(client, settings, [message.id for message in known])
            if await store(client, known, {PUT_BACK: "1"}):
                raise Unavailable("NATS does not take messages again that are missing.")


async def _read_all(jetstream: JetStreamContext, kept: KeptMessages) -> int | None:
    """Take in every message there is now; return when the first was stored."""
    left = (await jetstream.stream_info(STREAM)).state.messages
    first_stored_us = None
    if left:
        settings = ConsumerConfig(ack_policy=AckPolicy.NONE, mem_storage=True)
        reader = await jetstream.pull_subscribe(">", stream=STREAM, config=settings)
        while left:
            found = await reader.fetch(min(left, FETCHED), FETCHED_WITHIN_S)
            kept.add(map(_kept, found))
            if first_stored_us is None:
                first_stored_us = int(found[0].metadata.timestamp.timestamp() * 1e6)
            left = min(left - len(found), found[-1].metadata.num_pending)
        await reader.unsubscribe()
    return first_stored_us


def _kept(stored: Msg) -> KeptMessage:
    headers = stored.headers or {}
    org, sequence = place_of(headers.get(Header.MSG_ID.value) or stored.subject)
    return KeptMessage(
        org,
        sequence,
        stored.metadata.sequence.stream,
        stored.subject,
        sha256(stored.data).hexdigest(),
        PUT_BACK in headers,
    )


def _row_of(message: Message) -> FeedRow:
    org, sequence = place_of(message.id)
    return FeedRow(org, sequence, 0, message.subject, sha256(message.body).hexdigest())

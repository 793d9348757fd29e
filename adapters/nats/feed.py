"""The feed's stream on JetStream: pages of messages, each stored whole or not at all.

A batch that is stored as one (ADR-50 of NATS) is flushed once, so ten times as many messages a
second are durable as one by one (`bench/feed.py`), and none is before one that is missing.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from nats.js.api import Header, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from adapters.nats.connection import NatsAddress, UnsuitableNats, answering, connect
from ledger.kernel.errors import Unavailable
from projections.ports import FeedLost, FeedTaken, Message

STREAM = "LEDGER"
SUBJECTS = "ledger.>"
REMEMBERED_S = 120.0
"""How long the server knows the id of a message again; each costs it memory for so long."""

BATCH_MESSAGES = 500
"""Half of what a server stores as one."""
BATCH_BYTES = 4 * 1024 * 1024
HEADERS_MAX = 4096
"""More bytes than what stands around a body."""

PAUSE_MAX_S = 60.0
"""After which the server may have given us up: it pings every two minutes."""

_LEDGER = "tallystick-ledger"
_PATIENCE_S = 30.0
_FORGETTING_S = 0.1
"""The shortest that a server takes; twice as long after it, it knows no id any more."""

_KNOWN_ID = 10201
_UNSUITABLE = {10060, 10174}
"""The stream that takes the subjects is not ours, or takes no batches."""

_MSG_ID = Header.MSG_ID.value

T = TypeVar("T")


class NatsFeed:
    """One stream of one cluster. It connects when it is used, and anew after a failure or a pause:
    nobody hears the server's pings in between."""

    def __init__(self, address: NatsAddress) -> None:
        self._address = address
        self._loop: asyncio.Runner | None = None
        self._client: Client | None = None
        self._used_at = 0.0

    def body_max(self) -> int:
        return self._run(self._connected()).max_payload - HEADERS_MAX

    def begin(self, ledger: str) -> None:
        self._run(self._begin(ledger))

    def publish(self, messages: Sequence[Message]) -> None:
        for batch in batches_of(messages):
            self._run(self._store(batch))

    def close(self) -> None:
        if self._loop is not None:
            self._loop.run(self._disconnect())
            self._loop.close()
            self._loop = None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            self._loop = asyncio.Runner()
        try:
            with answering():
                return self._loop.run(work)
        except Unavailable:
            self._loop.run(self._disconnect())
            raise
        finally:
            self._used_at = time.monotonic()

    async def _connected(self) -> Client:
        if time.monotonic() - self._used_at > PAUSE_MAX_S:
            await self._disconnect()
        if self._client is None:
            self._client = await connect(self._address, "feed")
        return self._client

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _begin(self, ledger: str) -> None:
        jetstream = (await self._connected()).jetstream()
        try:
            info = await jetstream.stream_info(STREAM)
        except NotFoundError:
            await jetstream.add_stream(_settings(ledger))
            return
        kept = info.config
        if (kept.metadata or {}).get(_LEDGER, ledger) != ledger:
            raise FeedTaken(
                f"the stream {STREAM} has the events of another ledger: give this one an account "
                "of its own in NATS, or delete that stream."
            )
        await jetstream.purge_stream(STREAM)
        remembered = kept.duplicate_window or REMEMBERED_S
        kept.metadata = {**(kept.metadata or {}), _LEDGER: ledger}
        kept.allow_atomic = True
        # A server goes on knowing the ids of what was purged, and would store none of it again.
        kept.duplicate_window = _FORGETTING_S
        await jetstream.update_stream(kept)
        await asyncio.sleep(2 * _FORGETTING_S)
        kept.duplicate_window = remembered
        await jetstream.update_stream(kept)

    async def _store(self, batch: Sequence[Message]) -> None:
        client = await self._connected()
        if len(batch) > 1:
            reply = await _commit(client, batch)
            if _refused(reply) != _KNOWN_ID:
                _require_stored(reply)
                return
        for message in batch:  # one after the other: those that are known again are left out
            _require_stored(await _publish(client, message, _headers(message)))


async def _commit(client: Client, batch: Sequence[Message]) -> Msg:
    """Store a batch as one; return what the server says of it."""
    name = {Header.BATCH_ID.value: uuid.uuid4().hex}
    for number, message in enumerate(batch[:-1], 1):
        headers = _headers(message) | name | {Header.BATCH_SEQUENCE.value: str(number)}
        await client.publish(message.subject, message.body, headers=headers)
    end = {Header.BATCH_SEQUENCE.value: str(len(batch)), Header.BATCH_COMMIT.value: "1"}
    return await _publish(client, batch[-1], _headers(batch[-1]) | name | end)


async def _publish(client: Client, message: Message, headers: dict[str, str]) -> Msg:
    try:
        return await client.request(message.subject, message.body, _PATIENCE_S, headers=headers)
    except NoRespondersError as error:
        raise FeedLost(
            f"there is no stream {STREAM} any more: `tally rebuild feed` fills a new one."
        ) from error


def _refused(reply: Msg) -> int:
    """Return the number of the error that refused it, or 0."""
    error = json.loads(reply.data).get("error")
    return int(error["err_code"]) if error else 0


def _require_stored(reply: Msg) -> None:
    refused = _refused(reply)
    why = f"NATS refuses it: {json.loads(reply.data).get('error')}."
    if refused in _UNSUITABLE:
        raise UnsuitableNats(why)
    if refused:
        raise Unavailable(why)


def _headers(message: Message) -> dict[str, str]:
    return {_MSG_ID: message.id, Header.EXPECTED_STREAM.value: STREAM}


def batches_of(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Yield messages in order, as many at once as a server stores as one."""
    batch: list[Message] = []
    size = 0
    for message in messages:
        if batch and (len(batch) == BATCH_MESSAGES or size + len(message.body) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += len(message.body)
    if batch:
        yield batch


def _settings(ledger: str) -> StreamConfig:
    """Return the stream as it is made. An operator may change it later: replicas, an age."""
    return StreamConfig(
        name=STREAM,
        description="Every event of the ledger, in the order of its org.",
        subjects=[SUBJECTS],
        storage=StorageType.FILE,
        duplicate_window=REMEMBERED_S,
        allow_atomic=True,
        metadata={_LEDGER: ledger},
    )

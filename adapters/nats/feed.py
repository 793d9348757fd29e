"""The feed's stream on JetStream: pages of messages, each stored whole or not at all.

A batch that is stored as one (ADR-50 of NATS) is flushed once, so ten times as many messages a
second are durable as one by one (`bench/feed.py`), and none is before one that is missing.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from nats.js.api import Header, StorageType, StreamConfig
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from adapters.nats.connection import Connecting, UnsuitableNats
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

_LEDGER = "tallystick-ledger"
_PATIENCE_S = 10.0
"""How long an answer is waited for: a client does not say when its server was lost."""
_FORGETTING_S = (0.1, 0.11)
"""Windows after which it knows none; a server takes no shorter ones."""
_FORGOTTEN_WITHIN_S = 10.0

_KNOWN_ID = 10201
_NO_MESSAGE = "-"
"""What no message is called."""
_ASKED = "ledger.none"
"""Where a message would go that only asks."""
_UNSUITABLE = {10060, 10174}
"""The stream that takes the subjects is not ours, or takes no batches."""

_MSG_ID = Header.MSG_ID.value
_NO_HEADERS: Mapping[str, str] = {}


class NatsFeed(Connecting):
    """One stream of one cluster."""

    purpose = "feed"

    def body_max(self) -> int:
        return self._run(self._connected()).max_payload - HEADERS_MAX

    def begin(self, ledger: str) -> None:
        self._run(self._begin(ledger))

    def publish(self, messages: Sequence[Message]) -> None:
        for batch in batches_of(messages):
            self._run(self._store(batch))

    async def _begin(self, ledger: str) -> None:
        client = await self._connected()
        jetstream = client.jetstream()
        try:
            kept = await settings_of_stream(jetstream, ledger)
        except FeedLost:
            await jetstream.add_stream(_settings(ledger))
            return
        kept.metadata = {**(kept.metadata or {}), _LEDGER: ledger}
        kept.allow_atomic = True
        # A server goes on knowing the ids of what was purged, and would store none of it again.
        await forget_ids(client, kept, await _newest(jetstream))
        await jetstream.purge_stream(STREAM)

    async def _store(self, batch: Sequence[Message]) -> None:
        await store(await self._connected(), batch)


async def settings_of_stream(jetstream: JetStreamContext, ledger: str | None) -> StreamConfig:
    """Return how the stream is set. Raises FeedLost, or FeedTaken when it is of another ledger than
    this one, if we know which one we are."""
    try:
        kept = (await jetstream.stream_info(STREAM)).config
    except NotFoundError as error:
        raise _lost() from error
    if ledger is not None and (kept.metadata or {}).get(_LEDGER, ledger) != ledger:
        raise FeedTaken(
            f"the stream {STREAM} has the events of another ledger: give this one an account "
            "of its own in NATS, or delete that stream."
        )
    return kept


async def forget_ids(client: Client, kept: StreamConfig, newest: Sequence[str]) -> None:
    """Have the server know no id any more. `newest`: some of those that it knows, of which the one
    is that it would know longest."""
    remembered = kept.duplicate_window
    try:
        await _forget(client, kept, newest)
    finally:
        is_set = remembered > max(_FORGETTING_S)  # if not, somebody was killed just here
        kept.duplicate_window = remembered if is_set else REMEMBERED_S
        await client.jetstream().update_stream(kept)


async def _forget(client: Client, kept: StreamConfig, newest: Sequence[str]) -> None:
    """A server may still see the window before when it is told of another one, and looks again
    when that is over: so it is told once more."""
    deadline = time.monotonic() + _FORGOTTEN_WITHIN_S
    while time.monotonic() < deadline:
        for kept.duplicate_window in _FORGETTING_S:
            await client.jetstream().update_stream(kept)
            await asyncio.sleep(2 * kept.duplicate_window)
            if newest and not [name for name in newest if await _is_known(client, name)]:
                return
        if not newest:
            return
    raise Unavailable("NATS does not forget the ids of messages.")


async def _is_known(client: Client, name: str) -> bool:
    """Tell whether the server would leave a message out that is called so; it stores none, as the
    one before it is said to be another."""
    headers = {Header.EXPECTED_LAST_MSG_ID.value: _NO_MESSAGE}
    reply = await _publish(client, Message(name, _ASKED, b""), headers)
    return not _refused(reply)


async def _newest(jetstream: JetStreamContext) -> list[str]:
    """Return the id of the last message, if there is one."""
    try:
        last = await jetstream.get_last_msg(STREAM, SUBJECTS)
    except NotFoundError:
        return []
    name = (last.headers or {}).get(_MSG_ID)
    return [] if name is None else [name]


async def store(
    client: Client, batch: Sequence[Message], headers: Mapping[str, str] = _NO_HEADERS
) -> list[Message]:
    """Store messages in order, as one if none is known; return those that are, and are left out."""
    if len(batch) > 1:
        reply = await _commit(client, batch, headers)
        if _refused(reply) != _KNOWN_ID:
            _require_stored(reply)
            return []
    known = []
    for message in batch:  # one after the other: those that are known again are left out
        reply = await _publish(client, message, headers)
        _require_stored(reply)
        if json.loads(reply.data).get("duplicate"):
            known.append(message)
    return known


async def _commit(client: Client, batch: Sequence[Message], more: Mapping[str, str]) -> Msg:
    """Store a batch as one; return what the server says of it."""
    name = {**more, Header.BATCH_ID.value: uuid.uuid4().hex}
    for number, message in enumerate(batch[:-1], 1):
        headers = _headers(message) | name | {Header.BATCH_SEQUENCE.value: str(number)}
        await client.publish(message.subject, message.body, headers=headers)
    end = {Header.BATCH_SEQUENCE.value: str(len(batch)), Header.BATCH_COMMIT.value: "1"}
    return await _publish(client, batch[-1], name | end)


async def _publish(client: Client, message: Message, more: Mapping[str, str]) -> Msg:
    headers = {**more, **_headers(message)}
    try:
        return await client.request(message.subject, message.body, _PATIENCE_S, headers=headers)
    except NoRespondersError as error:
        raise _lost() from error


def _lost() -> FeedLost:
    return FeedLost(f"there is no stream {STREAM} any more: `tally rebuild feed` fills a new one.")


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

"""Events of an org, with who recorded them and from where."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from api.http.answers import Answer, Hash, Time
from api.queries.audit_trail import FoundEvent, actor_of
from ledger.kernel.decoding import decoder
from ledger.kernel.times import format_time
from ledger.registry import FACTS

WITHHELD = ("secret_hash",)
"""Members of a body that are not shown: a credential's hash is nobody's business."""

WITHHOLDING = {topic for topic, fact in FACTS.items() if set(WITHHELD) & set(fact.__annotations__)}
"""The types that have some."""

StoredBody = Annotated[
    Any, msgspec.Meta(description="The fact, as schemas/events describes its type; or null.")
]

_as_it_is = decoder(msgspec.Raw)
"""Checks that bytes are JSON without making anything of them."""


class ActorAnswer(Answer):
    """Who asked: a subject, with a key, in a request."""

    subject: str
    key_id: str
    request_id: str


class OriginAnswer(Answer):
    """Where a caller was; null where `erased`."""

    address: str | None
    agent: str | None
    erased: bool


class WalletNameAnswer(Answer):
    """Whose wallet an event is about."""

    owner: str
    asset: str


class EventAnswer(Answer):
    """An event; never its position, which would tell a tenant the volume of others. Null as `actor`
    and `origin`: nobody outside asked for it, such as the scheduler."""

    sequence: int
    hash: Hash
    type: str
    stream: str
    version: int
    wallet: WalletNameAnswer | None
    recorded_at: Time
    actor: ActorAnswer | None
    origin: OriginAnswer | None
    idempotency_key: str | None
    body: StoredBody
    body_bytes: int


def event_answer(event: FoundEvent, texts: dict[str, str]) -> EventAnswer:
    """Return a stored event; `texts`: where callers were, by digest."""
    actor = actor_of(event)
    return EventAnswer(
        sequence=event.sequence,
        hash=event.hash.hex(),
        type=event.type,
        stream=event.stream,
        version=event.version,
        wallet=wallet_of(event.stream),
        recorded_at=format_time(event.recorded_us),
        actor=ActorAnswer(actor.subject, actor.key, actor.request) if actor else None,
        origin=origin_answer(actor.origin if actor else None, texts),
        idempotency_key=event.idempotency_key or None,
        body=None if event.body is None else _body(event.type, event.body),
        body_bytes=event.body_bytes,
    )


def origin_answer(digest: str | None, texts: dict[str, str]) -> OriginAnswer | None:
    """Return where a caller was; None when it was nobody outside."""
    if digest is None:
        return None
    text = texts.get(digest)
    known = {"address": None, "agent": None} if text is None else msgspec.json.decode(text)
    return OriginAnswer(known["address"], known["agent"], text is None)


def wallet_of(stream: str) -> WalletNameAnswer | None:
    """Return whose wallet a stream is, if it is one."""
    kind, _, name = stream.partition("/")
    if kind != "wallet":
        return None
    asset, _, owner = name.partition("/")
    return WalletNameAnswer(owner, asset)


def _body(type_: str, body: bytes) -> Any:
    """Return the fact as JSON; None when its bytes are none: `tally verify` says why."""
    try:
        body.decode()
        fact = _as_it_is(body) if type_ not in WITHHOLDING else msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if isinstance(fact, dict):
        for name in WITHHELD:
            fact.pop(name, None)
    return fact

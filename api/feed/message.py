"""The message of an event: its place, its kind and what it says, as versioned JSON.

The subject is `ledger.<org>.<context>.<event>`; the id is org and sequence, the same whenever it is
published. Never the position, which would tell a tenant the volume of others, and no text that can
be erased: what was published cannot be taken back.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from api.feed.content import Content, Contents, kind_of_content, nothing
from api.feed.credits.caps import CONTENTS as CAPS
from api.feed.credits.wallets import CONTENTS as WALLETS
from api.feed.privacy.erasures import CONTENTS as ERASURES
from api.feed.purchases.warnings import CONTENTS as WARNINGS
from api.feed.rating.rate_cards import CONTENTS as RATE_CARDS
from api.feed.tenancy.orgs import CONTENTS as ORGS
from api.http.answers import Answer, Hash, Time, encode
from api.http.audit_trail.answers import WalletNameAnswer, wallet_of
from ledger.kernel.times import format_time
from ledger.ports import RecordedEvent
from ledger.registry import UnknownFact, UnreadableFact, fact_of
from projections.ports import Message

CONTENTS: Contents = {**WALLETS, **CAPS, **ERASURES, **RATE_CARDS, **ORGS, **WARNINGS}

VERSION = 1
"""Of every schema; one that changes otherwise than by a new member gets the next."""

C = TypeVar("C", bound=Content)


class EventMessage(Answer, Generic[C]):
    """An event of an org. `id` is the message's: whoever has seen it before leaves it out. Null as
    `content`: it is too large for the server, or cannot be read; `GET /v1/audit/events` has it."""

    id: str
    org: str
    sequence: int
    hash: Hash
    type: str
    schema: str
    stream: str
    wallet: WalletNameAnswer | None
    recorded_at: Time
    content: C | None


def message_of(event: RecordedEvent, with_content: bool = True) -> Message:
    """Return the message of an event."""
    content = _content(event) if with_content else None
    message = EventMessage(
        id=message_id(event.org, event.sequence),
        org=event.org,
        sequence=event.sequence,
        hash=event.hash.hex(),
        type=event.type,
        schema=schema_name(event.type),
        stream=event.stream,
        wallet=wallet_of(event.stream),
        recorded_at=format_time(event.recorded_us),
        content=content,
    )
    return Message(message.id, f"ledger.{event.org}.{event.type}", encode(message))


def message_id(org: str, sequence: int) -> str:
    """Return what the message of an event is known by."""
    return f"{org}-{sequence}"


def schema_name(topic: str) -> str:
    """Return what the form of a kind of messages is called: its file is in `schemas/feed`."""
    return f"{topic}.v{VERSION}"


def content_type(topic: str) -> type[Content]:
    """Return what the content of a kind of events is."""
    return kind_of_content(CONTENTS.get(topic, nothing))


def _content(event: RecordedEvent) -> Content | None:
    """Return what an event says; None where nobody can tell: `tally verify` says why, and the
    messages after it are not kept waiting."""
    try:
        return CONTENTS.get(event.type, nothing)(event, fact_of(event))
    except (UnknownFact, UnreadableFact):
        return None

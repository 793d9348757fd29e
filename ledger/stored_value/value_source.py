"""The value source: which gift card, whose store credit in which currency, or which other order, an
order is paid from."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from ledger.kernel.errors import NotFound
from ledger.kernel.ids import split_stream_id, stream_id

VALUE_STREAM = "stored-value"
GIFT_CARD_ID_PATTERN = r"gc_[0-9a-f]{24}"
_GIFT_CARD_ID = re.compile(GIFT_CARD_ID_PATTERN)


class SourceKind(StrEnum):
    """What value is stored as: on a card that whoever has its code may use, or as a user's own; and
    what another order gives for goods of it that came back, which is stored by that order."""

    GIFT_CARD = "gift-card"
    STORE_CREDIT = "store-credit"
    EXCHANGE = "exchange"


class ValueSource(NamedTuple):
    """A gift card by its id, a store credit by its currency and user, or another order by its
    id."""

    kind: SourceKind
    name: str

    @property
    def path(self) -> str:
        """How it is called in its org."""
        return f"{self.kind}/{self.name}"

    @property
    def field(self) -> str:
        """How requests call it."""
        return self.kind.replace("-", "_")

    @property
    def words(self) -> str:
        """How sentences call it."""
        return self.field.replace("_", " ")


def of_gift_card(card: str) -> ValueSource:
    """Return a gift card as a source."""
    return ValueSource(SourceKind.GIFT_CARD, card)


def of_store_credit(user: str, currency: str) -> ValueSource:
    """Return a user's store credit as a source; the user is last, as it may hold slashes."""
    return ValueSource(SourceKind.STORE_CREDIT, f"{currency}/{user}")


def of_exchange(order: str) -> ValueSource:
    """Return as a source what another order gives for goods of it, or as where such goes."""
    return ValueSource(SourceKind.EXCHANGE, order)


def new_gift_card_id(random: bytes) -> str:
    """Return the id of a gift card, from twelve random bytes. It is not its code, and opens
    nothing."""
    return f"gc_{random.hex()}"


def check_gift_card_id(card: str) -> str:
    """Return the id of a gift card. Raises NotFound for what is none."""
    if not _GIFT_CARD_ID.fullmatch(card):
        raise no_such(of_gift_card(card))
    return card


def no_such(source: ValueSource) -> NotFound:
    """Return why nothing is found."""
    if source.kind is SourceKind.GIFT_CARD:
        return NotFound("there is no such gift card.", field=source.field)
    return NotFound("the user has no store credit in that currency.", field=source.field)


def value_id(org: str, source: ValueSource) -> str:
    """Return the stream of a source's value."""
    return stream_id(org, VALUE_STREAM, source.path)


def source_of(aggregate_id: str) -> ValueSource:
    """Return the source whose stream that is."""
    _, stream = split_stream_id(aggregate_id)
    return source_at(stream.partition("/")[2])


def source_at(path: str) -> ValueSource:
    """Return the source that is called so in its org."""
    kind, _, name = path.partition("/")
    return ValueSource(SourceKind(kind), name)

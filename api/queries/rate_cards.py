"""The versions of rate cards, read from their events."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader

FIRST_PLACE = 2**63 - 1


class PublishedPrice(msgspec.Struct, frozen=True):
    """A price as it was published."""

    model: str
    meter: str
    price: str
    per: int
    currency: str


class Version(msgspec.Struct, frozen=True):
    """What an event of a publication holds for readers."""

    card_version: int
    prices: list[PublishedPrice]
    effective_us: int | None = None


class Published(msgspec.Struct, frozen=True):
    """A version with its place in the chain of the card's org."""

    sequence: int
    hash: bytes
    recorded_us: int
    version: Version


_decode = msgspec.json.Decoder(Version).decode


async def rate_card(reader: Reader, org: str, before: int, limit: int) -> list[Published]:
    """Versions of an org's card, newest first, before a version."""
    # The fact that opens a card is version 1 of its stream: the n-th publication is n + 1.
    parameters = {"org": org, "before": min(before, FIRST_PLACE - 1) + 1, "limit": limit}
    return [
        Published(row["sequence"], row["hash"], row["recorded_us"], _decode(row["body"]))
        for row in await reader.rows(org, "rate_cards", parameters)
    ]

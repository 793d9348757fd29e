"""The versions of rate cards, read from their events."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader
from ledger.kernel.ids import PLATFORM
from ledger.rating.prices import DEFAULT_CARD, CardVersion, Price, version_of

FIRST_PLACE = 2**63 - 1


class Version(msgspec.Struct, frozen=True):
    """What an event of a publication holds for readers."""

    card_version: int
    prices: list[Price]
    effective_us: int | None = None
    margin_bps: int = 0
    minimum: int = 0


class Published(msgspec.Struct, frozen=True):
    """A version with its place in the chain of the card's org."""

    sequence: int
    hash: bytes
    recorded_us: int
    version: Version


class CardAt(msgspec.Struct, frozen=True):
    """A card as it was at one moment."""

    name: str
    version: CardVersion

    def version_at(self, occurred_us: int) -> CardVersion | None:
        """The version in force then: it was read for that moment."""
        return self.version


_decode = msgspec.json.Decoder(Version).decode


async def rate_card(reader: Reader, org: str, before: int, limit: int) -> list[Published]:
    """Versions of an org's card, newest first, before a version."""
    # The fact that opens a card is version 1 of its stream: the n-th publication is n + 1.
    parameters = {"org": org, "before": min(before, FIRST_PLACE - 1) + 1, "limit": limit}
    return [
        Published(row["sequence"], row["hash"], row["recorded_us"], _decode(row["body"]))
        for row in await reader.rows(org, "rate_cards", parameters)
    ]


async def cards_at(reader: Reader, org: str, occurred_us: int) -> list[CardAt]:
    """The cards that price an org's use, the first to be asked first: its own, then the default."""
    found = []
    for name, owner in ((org, org), (DEFAULT_CARD, PLATFORM)):
        parameters = {"org": owner, "occurred_us": occurred_us}
        row = await reader.row(owner, "rate_card_at", parameters)
        if row is not None:
            read = _decode(row["body"])
            version = version_of(
                read.card_version, read.effective_us, read.prices, read.margin_bps, read.minimum
            )
            found.append(CardAt(name, version))
    return found

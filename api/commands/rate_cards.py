"""Prices: `PublishRateCard`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.books import Books
from api.commands.command import KeyedCommand
from api.commands.receipts import Recording
from ledger.kernel.ids import PLATFORM, stream_id
from ledger.rating.card import CARD_STREAM, DEFAULT_CARD, Price, RateCard


@dataclass(frozen=True)
class PublishRateCard(KeyedCommand):
    """Publish a version of an org's prices; those of the platform are the default card."""

    prices: list[Price]
    effective_us: int | None = None
    margin_bps: int = 0
    minimum: int = 0

    operation: ClassVar[str] = "rate-cards"

    def effect(self, books: Books) -> Recording:
        if self.org != PLATFORM:
            books.org(self.org)
        at = books.now(self.org)
        card = books.get(RateCard, stream_id(self.org, CARD_STREAM))
        if card is None:
            name = DEFAULT_CARD if self.org == PLATFORM else self.org
            card = RateCard.open(self.org, name, at)
        card.publish(
            self.prices,
            self.effective_us,
            at,
            fingerprint=self.fingerprint,
            margin_bps=self.margin_bps,
            minimum=self.minimum,
        )
        return books.record(card, self.actor, self.key)

"""Rate cards: prices per model and meter, in versions that begin at a time."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.kernel.errors import Invalid
from ledger.kernel.events import Fact, FirstFact, LedgerAggregate
from ledger.kernel.ids import stream_id
from ledger.kernel.limits import PRICES_PER_CARD_MAX
from ledger.kernel.times import check_time, format_time, microseconds
from ledger.rating.prices import (
    DEFAULT_CARD,
    PRICED_PER,
    CardVersion,
    Mode,
    Price,
    Tier,
    in_force,
    version_of,
)

__all__ = [
    "CARD_STREAM",
    "DEFAULT_CARD",
    "PRICED_PER",
    "CardVersion",
    "Mode",
    "Price",
    "RateCard",
    "Tier",
]

CARD_STREAM = "rate-card"


class RateCard(LedgerAggregate):
    """The prices of one org, or the platform's default."""

    TOPIC: ClassVar[str] = "rating.RateCard"

    def __init__(self, name: str) -> None:
        self.name = name
        self.versions: list[CardVersion] = []
        self.published: list[RateCard.RateCardPublished] = []

    class Event(Fact):
        """Base of a card's facts."""

    class RateCardOpened(Event, FirstFact):
        """A card exists; it has no prices yet."""

        TOPIC: ClassVar[str] = "rating.RateCardOpened"
        name: str

    class RateCardPublished(Event):
        """A version of the prices, in force from its effective time on."""

        TOPIC: ClassVar[str] = "rating.RateCardPublished"
        fingerprint: str
        card_version: int
        prices: list[Price]
        effective_us: int | None = None
        margin_bps: int = 0
        minimum: int = 0

        def apply(self, aggregate: RateCard) -> None:
            aggregate.published.append(self)
            aggregate.versions.append(
                version_of(
                    self.card_version,
                    self.effective_us,
                    self.prices,
                    self.margin_bps,
                    self.minimum,
                )
            )

    @classmethod
    def open(cls, org: str, name: str, at: datetime) -> RateCard:
        """A card begins with its first version."""
        return cls._create(
            cls.RateCardOpened, id=stream_id(org, CARD_STREAM), timestamp=at, name=name
        )

    def publish(
        self,
        prices: list[Price],
        effective_us: int | None,
        at: datetime,
        *,
        fingerprint: str,
        margin_bps: int = 0,
        minimum: int = 0,
    ) -> None:
        """Publish a version. The first has no start: it prices whatever is older too."""
        if not prices or len(prices) > PRICES_PER_CARD_MAX:
            raise Invalid(f"prices must hold 1 to {PRICES_PER_CARD_MAX} prices.", field="prices")
        _check_unique(prices)
        if self.versions:
            effective_us = self._later_start(effective_us, microseconds(at))
        self.trigger_event(
            self.RateCardPublished,
            timestamp=at,
            fingerprint=fingerprint,
            card_version=len(self.versions) + 1,
            prices=prices,
            effective_us=effective_us if self.versions else None,
            margin_bps=margin_bps,
            minimum=minimum,
        )

    def _later_start(self, effective_us: int | None, now_us: int) -> int:
        last_us = self.versions[-1].effective_us or 0
        start = max(now_us, last_us + 1) if effective_us is None else effective_us
        if start < now_us:
            raise Invalid(
                "effective_from must not be in the past: what was used then is already priced.",
                field="effective_from",
            )
        if start <= last_us:
            raise Invalid(
                f"effective_from must be after {format_time(last_us)}, where the version before "
                "it begins.",
                field="effective_from",
            )
        return check_time(start, "effective_from")

    def version_at(self, occurred_us: int) -> CardVersion | None:
        """The version in force when something occurred."""
        return in_force(self.versions, occurred_us)


def _check_unique(prices: list[Price]) -> None:
    seen: set[tuple[str, str, int | None]] = set()
    for place, price in enumerate(prices):
        name = (price.model, price.meter, price.context_over)
        if name in seen:
            raise Invalid(
                f"prices name the model and meter {price.model} {price.meter} twice.",
                field=f"prices.{place}",
            )
        seen.add(name)

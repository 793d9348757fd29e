"""Rate cards: prices per model and meter, in versions that begin at a time."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.events import Fact, FirstFact, LedgerAggregate
from ledger.kernel.ids import stream_id
from ledger.kernel.limits import PRICES_PER_CARD_MAX
from ledger.kernel.times import format_time, microseconds

CARD_STREAM = "rate-card"
DEFAULT_CARD = "default"
"""The card of the org `platform`: it prices what an org's own card does not."""

PRICED_PER = (1, 1_000, 1_000_000)


class Price(msgspec.Struct, frozen=True):
    """A price as it was published: `price` is a decimal string for `per` units of a meter."""

    model: str
    meter: str
    price: str
    per: int
    currency: str
    unit_price: int
    """Attodollars (10**-18 USD) for one unit."""


class CardVersion(msgspec.Struct, frozen=True):
    """The prices in force from `effective_us` (None: always) until the next version."""

    version: int
    effective_us: int | None
    prices: dict[str, dict[str, int]]
    """model → meter → unit price in attodollars."""


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

        def apply(self, aggregate: RateCard) -> None:
            aggregate.published.append(self)
            aggregate.versions.append(
                CardVersion(self.card_version, self.effective_us, _by_model(self.prices))
            )

    @classmethod
    def open(cls, org: str, name: str, at: datetime) -> RateCard:
        """A card begins with its first version."""
        return cls._create(
            cls.RateCardOpened, id=stream_id(org, CARD_STREAM), timestamp=at, name=name
        )

    def publish(
        self, prices: list[Price], effective_us: int | None, at: datetime, *, fingerprint: str
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
        return start

    def version_at(self, occurred_us: int) -> CardVersion | None:
        """The version in force when something occurred."""
        for version in reversed(self.versions):
            if version.effective_us is None or version.effective_us <= occurred_us:
                return version
        return None


def _by_model(prices: list[Price]) -> dict[str, dict[str, int]]:
    models: dict[str, dict[str, int]] = {}
    for price in prices:
        models.setdefault(price.model, {})[price.meter] = price.unit_price
    return models


def _check_unique(prices: list[Price]) -> None:
    seen: set[tuple[str, str]] = set()
    for place, price in enumerate(prices):
        if (price.model, price.meter) in seen:
            raise Invalid(
                f"prices name the model and meter {price.model} {price.meter} twice.",
                field=f"prices.{place}",
            )
        seen.add((price.model, price.meter))

"""Rate cards: prices per model and meter, in versions that begin at a time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
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
MARGIN_BPS_MAX = 1_000_000
TIERS_MAX = 100


class Mode(StrEnum):
    """How a quantity becomes a charge."""

    FLAT = "flat"
    """Each unit costs the same."""
    PACKAGE = "package"
    """Whole packages of `per` units are charged; a part of one is a whole one."""
    GRADUATED = "graduated"
    """The units up to each bound cost what their tier says."""
    VOLUME = "volume"
    """All units cost what the tier of the whole quantity says."""


class Tier(msgspec.Struct, frozen=True, omit_defaults=True):
    """Units up to a bound, counted from the first; the last tier has none."""

    price: str
    unit_price: int
    up_to: int | None = None


class Price(msgspec.Struct, frozen=True, omit_defaults=True):
    """A price as it was published: `price` is a decimal string for `per` units of a meter.

    `unit_price` is attodollars (10**-18 USD) for one unit, for a package the price of a whole one.
    `context_over`: only for lines with more input tokens than that.
    """

    model: str
    meter: str
    price: str
    per: int
    currency: str
    unit_price: int
    mode: Mode = Mode.FLAT
    tiers: list[Tier] = []
    context_over: int | None = None


class CardVersion(msgspec.Struct, frozen=True):
    """The prices in force from `effective_us` (None: always) until the next version.

    `prices` is model → meter → prices, those for longer contexts first. A line costs at least
    `minimum` microcredits; `margin_bps` basis points are added to what it costs.
    """

    version: int
    effective_us: int | None
    prices: dict[str, dict[str, list[Price]]]
    margin_bps: int = 0
    minimum: int = 0


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
            aggregate.versions.append(version_of(self))

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
        return start

    def version_at(self, occurred_us: int) -> CardVersion | None:
        """The version in force when something occurred."""
        for version in reversed(self.versions):
            if version.effective_us is None or version.effective_us <= occurred_us:
                return version
        return None


def version_of(published: RateCard.RateCardPublished) -> CardVersion:
    """The prices of a published version, arranged for pricing."""
    models: dict[str, dict[str, list[Price]]] = {}
    for price in published.prices:
        models.setdefault(price.model, {}).setdefault(price.meter, []).append(price)
    for meters in models.values():
        for prices in meters.values():
            prices.sort(key=lambda price: -(price.context_over or 0))
    return CardVersion(
        published.card_version,
        published.effective_us,
        models,
        published.margin_bps,
        published.minimum,
    )


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

"""Rate cards: prices per model and meter, in versions that begin at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import Fact, FirstFact, LedgerAggregate
from ledger.kernel.ids import stream_id
from ledger.kernel.times import microseconds
from ledger.rating import consistency
from ledger.rating.names import Name, ProviderName
from ledger.rating.rate_card_prices import (
    ALL_PARTS,
    DEFAULT_CARD,
    PRICED_PER,
    TWO_PARTS,
    CardVersion,
    Mode,
    Price,
    PublishedVersion,
    Tier,
    TierOver,
    version_of,
)
from ledger.rating.schedule import Schedule

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
    STREAM: ClassVar[str] = CARD_STREAM

    def __init__(self, name: str) -> None:
        self.name = name
        self.schedule = Schedule()
        self.versions: dict[int, PublishedVersion] = {}
        """Those in the schedule."""
        self._arranged: dict[int, CardVersion] = {}
        """Those of them that have priced something."""
        self.counts_all_wallets = False
        """Whether a version had a price that counts what all wallets of an org use."""

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
        names: list[Name] = field(default_factory=list)
        providers: list[ProviderName] = field(default_factory=list)
        rule: int = TWO_PARTS

        @property
        def published(self) -> PublishedVersion:
            """What it says, whoever recorded it."""
            return PublishedVersion(
                self.card_version,
                self.prices,
                self.effective_us,
                self.margin_bps,
                self.minimum,
                self.names,
                self.providers,
                self.rule,
            )

        def apply(self, aggregate: RateCard) -> None:
            replaced = aggregate.schedule.publish(self.card_version, self.effective_us)
            aggregate.versions.pop(replaced or 0, None)
            aggregate.versions[self.card_version] = self.published
            if any(price.tier_over is TierOver.ORG for price in self.prices):
                aggregate.counts_all_wallets = True

    class RateCardVersionWithdrawn(Event):
        """A version that had not begun never will."""

        TOPIC: ClassVar[str] = "rating.RateCardVersionWithdrawn"
        fingerprint: str
        card_version: int

        def apply(self, aggregate: RateCard) -> None:
            aggregate.schedule.withdraw(self.card_version)
            del aggregate.versions[self.card_version]

    @classmethod
    def open(cls, org: str, name: str, at: datetime) -> RateCard:
        """Return a card begins with its first version."""
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
        names: Sequence[Name] = (),
        providers: Sequence[ProviderName] = (),
        rule: int = ALL_PARTS,
    ) -> None:
        """Publish a version, in force from now on unless it says when. One that begins when
        another is planned to replaces it; the first to be in force prices what is older, too."""
        consistency.check(prices, names, providers)
        self.trigger_event(
            self.RateCardPublished,
            timestamp=at,
            fingerprint=fingerprint,
            card_version=self.schedule.last + 1,
            prices=prices,
            effective_us=self.schedule.start_for(effective_us, microseconds(at)),
            margin_bps=margin_bps,
            minimum=minimum,
            names=list(names),
            providers=list(providers),
            rule=rule,
        )

    def withdraw(self, version: int, at: datetime, *, fingerprint: str) -> None:
        """Withdraw a version that has not begun."""
        self.schedule.check_withdrawal(version, microseconds(at))
        self.trigger_event(
            self.RateCardVersionWithdrawn,
            timestamp=at,
            fingerprint=fingerprint,
            card_version=version,
        )

    def version_at(self, occurred_us: int) -> CardVersion | None:
        """Return the version in force when something occurred."""
        number = self.schedule.in_force(occurred_us)
        if number is None:
            return None
        found = self._arranged.get(number)
        if found is None:
            found = self._arranged[number] = version_of(self.versions[number])
        return found

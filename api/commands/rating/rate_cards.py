"""Rate cards: `PublishRateCard`, `WithdrawRateCardVersion`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.rating.lookup import find_card
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org_or_platform
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import PLATFORM
from ledger.rating.names import Name, ProviderName
from ledger.rating.rate_card import DEFAULT_CARD, Price, RateCard
from ledger.rating.rate_card_prices import ALL_PARTS


@dataclass(frozen=True)
class PublishRateCard(KeyedCommand):
    """Publish a version of an org's prices; those of the platform are the default card."""

    prices: list[Price]
    effective_us: int | None = None
    margin_bps: int = 0
    minimum: int = 0
    names: list[Name] = field(default_factory=list)
    providers: list[ProviderName] = field(default_factory=list)
    rule: int = ALL_PARTS

    operation: ClassVar[str] = "rate-cards"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org_or_platform(unit, self.org)
        at = unit.now(self.org)
        card = find_card(unit, self.org)
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
            names=self.names,
            providers=self.providers,
            rule=self.rule,
        )
        return unit.record(card, self.actor, self.key)


@dataclass(frozen=True)
class WithdrawRateCardVersion(KeyedCommand):
    """Withdraw a version of an org's prices that has not begun."""

    version: int

    operation: ClassVar[str] = "rate-cards/withdraw"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org_or_platform(unit, self.org)
        card = find_card(unit, self.org)
        if card is None:
            raise NotFound("there is no rate card.", field="version")
        card.withdraw(self.version, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(card, self.actor, self.key)

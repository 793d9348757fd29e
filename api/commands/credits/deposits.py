"""Credits that come in: `DepositCredits` (bought) and `GrantCredits` (given)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.credits.lookup import find_wallet, wallet_refs
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.credits.lots import Terms
from ledger.kernel.texts import Text


@dataclass(frozen=True)
class DepositCredits(KeyedCommand):
    """Record bought credits."""

    user: str
    asset: str
    terms: Terms
    reference: str | None = None

    operation: ClassVar[str] = "deposits"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return wallet_refs(self.org, [self.user], self.asset)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        wallet = find_wallet(unit, self.org, self.user, self.asset)
        wallet.deposit(
            self.terms,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reference=self.reference,
        )
        return unit.record(wallet, self.actor, self.key)


@dataclass(frozen=True)
class GrantCredits(KeyedCommand):
    """Record given credits."""

    user: str
    asset: str
    terms: Terms
    reason: Text | None = None

    operation: ClassVar[str] = "credits"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return wallet_refs(self.org, [self.user], self.asset)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        wallet = find_wallet(unit, self.org, self.user, self.asset)
        wallet.grant(
            self.terms,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
        )
        return unit.record(wallet, self.actor, self.key)

"""Moving credit: `TransferCredits` between wallets, `ConvertMoney` between assets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.credits.lookup import find_wallet, wallet_refs
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import Invalid
from ledger.kernel.money import CREDIT

DOLLARS = "usd"


@dataclass(frozen=True)
class TransferCredits(KeyedCommand):
    """Move slices of lots to another wallet of the org; from or to `@pool` it is an allocation."""

    from_user: str
    to_user: str
    amount: int
    asset: str = CREDIT

    operation: ClassVar[str] = "transfers"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return wallet_refs(self.org, [self.from_user, self.to_user], self.asset)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        if self.from_user == self.to_user:
            raise Invalid("to_user must be another wallet than from_user.", field="to_user")
        require_org(unit, self.org)
        giver = find_wallet(unit, self.org, self.from_user, self.asset)
        receiver = find_wallet(unit, self.org, self.to_user, self.asset)
        at = unit.now(self.org)
        giver.send(receiver, self.amount, at, fingerprint=self.fingerprint)
        stored_fact = unit.record(giver, self.actor, self.key)
        unit.record(receiver, self.actor)
        return stored_fact


@dataclass(frozen=True)
class ConvertMoney(KeyedCommand):
    """Turn dollars of a wallet into credits of the same owner, at the fixed rate."""

    user: str
    cents: int

    operation: ClassVar[str] = "conversions"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        dollars, target = (wallet_refs(self.org, [self.user], each) for each in (DOLLARS, CREDIT))
        return dollars + target

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        dollars = find_wallet(unit, self.org, self.user, DOLLARS)
        target = find_wallet(unit, self.org, self.user)
        at = unit.now(self.org)
        dollars.convert(target, self.cents, at, fingerprint=self.fingerprint)
        stored_fact = unit.record(dollars, self.actor, self.key)
        unit.record(target, self.actor)
        return stored_fact

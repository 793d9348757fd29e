"""Moving credit: `TransferCredits` between wallets, `ConvertMoney` between assets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import wallet_id
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

    def wallets(self, unit: UnitOfWork) -> Iterable[str]:
        return [wallet_id(self.org, user, self.asset) for user in (self.from_user, self.to_user)]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        if self.from_user == self.to_user:
            raise Invalid("to_user must be another wallet than from_user.", field="to_user")
        unit.org(self.org)
        giver = unit.wallet(self.org, self.from_user, self.asset)
        receiver = unit.wallet(self.org, self.to_user, self.asset)
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

    def wallets(self, unit: UnitOfWork) -> Iterable[str]:
        return [wallet_id(self.org, self.user, asset) for asset in (DOLLARS, CREDIT)]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        unit.org(self.org)
        dollars = unit.wallet(self.org, self.user, DOLLARS)
        target = unit.wallet(self.org, self.user, CREDIT)
        at = unit.now(self.org)
        dollars.convert(target, self.cents, at, fingerprint=self.fingerprint)
        stored_fact = unit.record(dollars, self.actor, self.key)
        unit.record(target, self.actor)
        return stored_fact

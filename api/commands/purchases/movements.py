"""Movements: what a provider's book has beside purchases: `RecordFees` and `RecordAccount`, which
no caller asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import NotFound
from ledger.kernel.keys import Key
from ledger.purchases.booking import Booking
from ledger.purchases.provider_account import ProviderAccount, account_id
from ledger.purchases.purchase import Purchase, purchase_id


@dataclass(frozen=True)
class RecordFees(Command[int]):
    """Record what the provider has kept of a purchase's money; say how much of it is new."""

    purchase: str
    fees: Sequence[Booking]

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Purchase, purchase_id(self.org, self.purchase))]

    def decide(self, unit: UnitOfWork) -> int:
        purchase = unit.get(Purchase, purchase_id(self.org, self.purchase))
        if purchase is None:
            raise NotFound("there is no purchase of that id.", field="purchase")
        for each in self.fees:
            purchase.record_fee(each, unit.now(self.org))
        new = len(purchase.pending_events)
        if new:
            unit.record(purchase, self.actor)
        return new


@dataclass(frozen=True)
class RecordAccount(Command[int]):
    """Record what the provider has paid out in a month, and kept that is of no purchase; say how
    much of it is new."""

    provider: str
    month: str
    payouts: Sequence[Booking] = ()
    fees: Sequence[Booking] = ()

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(ProviderAccount, account_id(self.provider, self.month))]

    def decide(self, unit: UnitOfWork) -> int:
        at = unit.now(self.org)
        account = unit.get(ProviderAccount, account_id(self.provider, self.month))
        account = account or ProviderAccount.open(self.provider, self.month, at)
        before = len(account.pending_events)
        for each in self.payouts:
            account.record_payout(each, at)
        for each in self.fees:
            account.record_fee(each, at)
        new = len(account.pending_events) - before
        if new:
            unit.record(account, self.actor)
        return new

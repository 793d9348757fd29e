"""Purchases: `StartPurchase` and `ConfirmPurchase`, which callers ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.credits.lookup import find_wallet
from api.commands.purchases.lookup import buyer_of, find_purchase, offers_of, policy_of
from api.commands.purchases.on_purchase import OnPurchase
from api.commands.result import CommandResult, PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.credits.admission import check_lots, check_room
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.keys import Key
from ledger.kernel.money import CREDIT
from ledger.kernel.texts import Text
from ledger.purchases.notice import Money
from ledger.purchases.offers import credits_for, money_for
from ledger.purchases.purchase import Purchase, purchase_id, transfer_notice
from ledger.purchases.purchase_base import NOTICES, Page


@dataclass(frozen=True)
class StartPurchase(KeyedCommand):
    """Begin to buy credits for a wallet: for so much money, or so many microcredits in a currency,
    at the offers of now.

    `purchase` is its id. `page`: where it is paid; none: by bank transfer.
    """

    purchase: str
    user: str
    provider: str
    money: Money | None = None
    credits: int | None = None
    currency: str = "usd"
    page: Page | None = None

    operation: ClassVar[str] = "checkout"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        if (self.money is None) == (self.credits is None):
            raise Invalid("give amount, or credits: one of them.", field="amount")
        if unit.get(Purchase, purchase_id(self.org, self.purchase)) is not None:
            raise Conflict("there is a purchase of that id.", field="purchase")
        currency = self.currency if self.money is None else self.money.currency
        found = offers_of(unit, self.org, currency)
        offers = found.published.offers
        money = self.money or money_for(offers, self.credits or 0)
        bought = credits_for(offers, money)
        wallet = find_wallet(unit, self.org, self.user)
        check_room(wallet.funds, bought.total, CREDIT)
        check_lots(wallet.funds)
        purchase = Purchase.start(
            self.org,
            self.purchase,
            self.user,
            self.provider,
            money,
            bought,
            found.org,
            found.published.version,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            page=self.page,
        )
        return unit.record(purchase, self.actor, self.key)


@dataclass(frozen=True)
class ConfirmPurchase(KeyedCommand):
    """Confirm that the bank transfer of a purchase came, by its reference; one transfer confirms
    one purchase. `paid_us`: when it came, where that was earlier."""

    purchase: str
    reference: str
    paid_us: int | None = None

    operation: ClassVar[str] = "purchases/confirm"

    @cached_property
    def _transfer(self) -> Key:
        return Key(self.org, NOTICES, transfer_notice(self.reference))

    def idempotency_keys(self) -> Iterable[Key]:
        return [*super().idempotency_keys(), self._transfer]

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Purchase, purchase_id(self.org, self.purchase))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        check_text(self.reference, "reference")
        purchase, wallet = find_purchase(unit, self.org, self.purchase)
        if unit.keys.find(self._transfer) is not None and not purchase.is_paid:
            raise Conflict(
                f"the transfer {self.reference} has confirmed another purchase.", field="reference"
            )
        buyer, policy = buyer_of(unit, self.org, purchase.user), policy_of(unit, self.org)
        flags = buyer.flags(purchase.credits, policy, unit.now(self.org))
        purchase.confirm(
            wallet,
            self.reference,
            self.paid_us,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            flags=flags,
            is_held_back=bool(flags) and policy.holds_back,
        )
        confirmed = unit.record(purchase, self.actor, self.key)
        unit.claim(self._transfer, CommandResult(confirmed, 0), "")
        if purchase.lot is not None:
            unit.record(wallet, self.actor)
        buyer.count(self.purchase, purchase.credits, unit.now(self.org))
        unit.record(buyer, self.actor)
        return confirmed


@dataclass(frozen=True)
class CloseReview(OnPurchase):
    """Close the review of a purchase, approved or not."""

    is_approved: bool
    reason: Text | None = None

    operation: ClassVar[str] = "purchases/review"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        purchase, wallet = find_purchase(unit, self.org, self.purchase)
        purchase.close_review(
            wallet,
            unit.now(self.org),
            is_approved=self.is_approved,
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
        )
        closed = unit.record(purchase, self.actor, self.key)
        if purchase.lot is not None and wallet.pending_events:
            unit.record(wallet, self.actor)
        return closed

"""The payment of a purchase: begun, opened, and then paid, failed or expired, each once.

What comes late or twice changes nothing: each stage is reached only from those before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from ledger.credits.lots import Kind, Lot, Paid, Terms
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import FirstFact
from ledger.kernel.errors import Conflict
from ledger.purchases.notice import DisputeChanged, Money, PaymentFailed, PaymentPaid, RefundChanged
from ledger.purchases.purchase_base import (
    STAGES,
    Flag,
    Page,
    PurchaseBase,
    PurchaseFact,
    SavedMethod,
    Stage,
)
from ledger.purchases.reviews import flag

EARLY_MAX = 100
"""What one purchase keeps of what was told before its payment was."""


class PurchaseStarted(PurchaseFact, FirstFact):
    """Somebody, or a rule, is about to pay. `credits` and `bonus` are what it buys by that version
    of those offers, whatever is published since."""

    TOPIC: ClassVar[str] = "purchases.PurchaseStarted"
    fingerprint: str
    user: str
    provider: str
    money: Money
    credits: int
    bonus: int
    offers_org: str
    offers_version: int
    page: Page | None = None
    charge: SavedMethod | None = None

    def person(self, subject: str) -> str:
        return self.user


class CheckoutOpened(PurchaseFact):
    """The provider has a page for it. `stage`: how far its payment has come by then."""

    TOPIC: ClassVar[str] = "purchases.CheckoutOpened"
    session: str
    url: str
    expires_us: int
    stage: Stage = Stage.OPEN

    def apply(self, aggregate: PurchaseBase) -> None:
        aggregate.session, aggregate.url = self.session, self.url
        aggregate.stage = self.stage


class PurchasePaid(PurchaseFact):
    """The money came in. `lot` was granted for it; none: it is held back until it was reviewed.

    `customer` and `method`: what it was paid with, by the provider's ids, where that can be charged
    again. `paid_us`: when, where that was earlier.
    """

    TOPIC: ClassVar[str] = "purchases.PurchasePaid"
    fingerprint: str
    user: str
    provider: str
    money: Money
    payment: str
    lot: Lot | None = None
    customer: str | None = None
    method: str | None = None
    paid_us: int | None = None

    def apply(self, aggregate: PurchaseBase) -> None:
        aggregate.stage = Stage.PAID
        aggregate.payment = self.payment
        aggregate.paid_us = self.recorded_us if self.paid_us is None else self.paid_us
        aggregate.lot = self.lot
        aggregate.early = []

    def person(self, subject: str) -> str:
        return self.user


class PurchaseFailed(PurchaseFact):
    """No money came in. `code` is the provider's; `needs_person`: the buyer had to confirm it."""

    TOPIC: ClassVar[str] = "purchases.PurchaseFailed"
    code: str
    needs_person: bool = False

    def apply(self, aggregate: PurchaseBase) -> None:
        aggregate.stage = Stage.FAILED


class PurchaseExpired(PurchaseFact):
    """Nobody paid before the page was taken away."""

    TOPIC: ClassVar[str] = "purchases.PurchaseExpired"

    def apply(self, aggregate: PurchaseBase) -> None:
        aggregate.stage = Stage.EXPIRED


class NoticeKept(PurchaseFact):
    """Something was told of the payment before the payment was: it counts once that is known."""

    TOPIC: ClassVar[str] = "purchases.NoticeKept"
    happening: RefundChanged | DisputeChanged

    def apply(self, aggregate: PurchaseBase) -> None:
        aggregate.early = [*aggregate.early, self.happening]


def open_checkout(
    purchase: PurchaseBase, session: str, url: str, expires_us: int, at: datetime
) -> None:
    """Record the page of a purchase, once."""
    if purchase.session is None:
        purchase.trigger_event(
            CheckoutOpened,
            timestamp=at,
            session=session,
            url=url,
            expires_us=expires_us,
            stage=Stage.OPEN if purchase.stage is Stage.STARTED else purchase.stage,
        )


def pay(
    purchase: PurchaseBase,
    wallet: Wallet,
    told: PaymentPaid,
    at: datetime,
    *,
    fingerprint: str = "",
    notice: str | None = None,
    paid_us: int | None = None,
    flags: Sequence[Flag] = (),
    is_held_back: bool = False,
) -> bool:
    """Record that the money came in, and the credits that it buys; tell whether it did so now.

    Another amount or currency than ours buys nothing. `flags`: why a person must look at it.
    """
    if told.money != purchase.money:
        flag(purchase, Flag.OTHER_MONEY, at, money=told.money, notice=notice)
        return False
    if purchase.is_paid:
        if told.payment != purchase.payment:
            flag(purchase, Flag.PAID_TWICE, at, money=told.money, notice=notice)
        return False
    for why in flags:
        flag(purchase, why, at)
    purchase.trigger_event(
        PurchasePaid,
        timestamp=at,
        fingerprint=fingerprint,
        user=purchase.user,
        provider=purchase.provider,
        money=told.money,
        payment=told.payment,
        lot=None if is_held_back else grant(purchase, wallet, at, is_locked=bool(flags)),
        customer=told.customer,
        method=told.method,
        paid_us=paid_us,
        notice=notice,
    )
    return True


def grant(purchase: PurchaseBase, wallet: Wallet, at: datetime, *, is_locked: bool = False) -> Lot:
    """Grant what a purchase buys, as one lot that never expires."""
    paid = Paid(purchase.money.amount, purchase.money.currency)
    terms = Terms(Kind.PURCHASED, purchase.total, paid=paid)
    return wallet.deposit(
        terms, at, fingerprint="", purchase=purchase.id_in_org, is_locked=is_locked
    )


def fail(
    purchase: PurchaseBase, told: PaymentFailed, at: datetime, notice: str | None = None
) -> None:
    """Record that no money came in, unless it is known to have ended."""
    if _is_before(purchase.stage, Stage.FAILED):
        purchase.trigger_event(
            PurchaseFailed,
            timestamp=at,
            code=told.code,
            needs_person=told.needs_person,
            notice=notice,
        )


def expire(purchase: PurchaseBase, at: datetime, notice: str | None = None) -> None:
    """Record that nobody paid in time, unless somebody did."""
    if _is_before(purchase.stage, Stage.EXPIRED):
        purchase.trigger_event(PurchaseExpired, timestamp=at, notice=notice)


def keep(
    purchase: PurchaseBase,
    told: RefundChanged | DisputeChanged,
    at: datetime,
    notice: str | None = None,
) -> None:
    """Keep what is told of a payment that is not known yet."""
    if told in purchase.early:
        return
    if len(purchase.early) >= EARLY_MAX:
        raise Conflict("too much is told of a purchase that is not known to be paid.", field="id")
    purchase.trigger_event(NoticeKept, timestamp=at, happening=told, notice=notice)


def _is_before(stage: Stage, other: Stage) -> bool:
    return STAGES.index(stage) < STAGES.index(other)

"""Refunds of a purchase: of its unused part when we are asked, of anything when the provider tells
us that money went back.

`refundable = floor(paid * unused / granted)`, where what was refunded before still counts as
unused: so several refunds give together what one would have given, never more.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.credits.lots import Lot
from ledger.credits.reversals import Restored
from ledger.credits.take_backs import Cause, Taken
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Conflict, Invalid, RefundWindowClosed
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time, microseconds
from ledger.purchases.notice import Money, RefundChanged, RefundState
from ledger.purchases.purchase_base import Flag, PurchaseBase, PurchaseFact, Refund
from ledger.purchases.reviews import flag


class RefundRequested(Reasoned, PurchaseFact):
    """Money is to go back for what was not used: `credits` of the lot are set aside for it.
    `overrides`: an operator asked after the time for it was over."""

    TOPIC: ClassVar[str] = "purchases.RefundRequested"
    fingerprint: str
    refund: str
    user: str
    money: Money
    credits: int
    reason: str | None = None
    overrides: bool = False

    def apply(self, aggregate: PurchaseBase) -> None:
        asked = Refund(self.money.amount, self.credits, RefundState.PENDING, is_ours=True)
        aggregate.refunds = {**aggregate.refunds, self.refund: asked}

    def person(self, subject: str) -> str:
        return self.user


class RefundFound(PurchaseFact):
    """Money went back at the provider's, without us: `credits` were taken from the wallet."""

    TOPIC: ClassVar[str] = "purchases.RefundFound"
    refund: str
    money: Money
    credits: int
    taken: Taken

    def apply(self, aggregate: PurchaseBase) -> None:
        found = Refund(
            self.money.amount,
            self.credits,
            RefundState.PENDING,
            is_ours=False,
            taken=self.taken,
            number=self.refund,
        )
        aggregate.refunds = {**aggregate.refunds, self.refund: found}


class RefundPaid(PurchaseFact):
    """The money is back with the buyer."""

    TOPIC: ClassVar[str] = "purchases.RefundPaid"
    refund: str
    provider: str
    money: Money
    number: str

    def apply(self, aggregate: PurchaseBase) -> None:
        paid = msgspec.structs.replace(
            aggregate.refunds[self.refund], state=RefundState.PAID, number=self.number
        )
        aggregate.refunds = {**aggregate.refunds, self.refund: paid}


class RefundFailed(PurchaseFact):
    """The money is with us again, or has never left. `was_paid`: it had been with the buyer."""

    TOPIC: ClassVar[str] = "purchases.RefundFailed"
    refund: str
    provider: str
    money: Money
    number: str
    code: str | None = None
    was_paid: bool = False

    def apply(self, aggregate: PurchaseBase) -> None:
        known = aggregate.refunds.get(self.refund)
        failed = Refund(
            self.money.amount,
            known.credits if known else 0,
            RefundState.FAILED,
            is_ours=known.is_ours if known else False,
            number=self.number,
        )
        aggregate.refunds = {**aggregate.refunds, self.refund: failed}


def refundable(purchase: PurchaseBase, left: int) -> int:
    """Return the money that can go back when so much is left of the lot."""
    unused = left + _gone_back(purchase)
    whole = purchase.money.amount * unused // purchase.total
    return max(0, whole - purchase.refunded)


def share_of(purchase: PurchaseBase, amount: int) -> int:
    """Return the credits that a part of the money has bought."""
    return min(purchase.total, purchase.total * amount // purchase.money.amount)


def request_refund(
    purchase: PurchaseBase,
    wallet: Wallet,
    refund: str,
    amount: int | None,
    window_us: int,
    at: datetime,
    *,
    fingerprint: str,
    reason: str | None,
    overrides: bool = False,
) -> None:
    """Ask for money to go back: so much, or all that can. Its credits are set aside at once."""
    lot = _check_refundable(purchase, window_us, at, reason, overrides)
    left = wallet.left_of(lot.id, at)
    rest = refundable(purchase, left)
    if rest == 0:
        raise Conflict(
            "there is nothing to refund: what it bought is used, or was refunded.", field="purchase"
        )
    amount = rest if amount is None else amount
    if not 0 < amount <= rest:
        limit = format_amount(rest, purchase.money.currency)
        raise Conflict(
            f"amount must be more than zero, at most the {limit} {purchase.money.currency} that "
            "were paid for what is not used.",
            field="amount",
        )
    share = -(-amount * purchase.total // purchase.money.amount)
    credits = left if amount == rest else min(left, share)
    wallet.set_aside(purchase.id_in_org, refund, lot, credits, at)
    purchase.trigger_event(
        RefundRequested,
        timestamp=at,
        fingerprint=fingerprint,
        refund=refund,
        user=purchase.user,
        money=Money(amount, purchase.money.currency),
        credits=credits,
        reason=reason,
        overrides=overrides,
    )


def hear_refund(
    purchase: PurchaseBase,
    wallet: Wallet,
    told: RefundChanged,
    at: datetime,
    notice: str | None = None,
) -> None:
    """Take in where a refund is: it goes from pending to paid, and from either to failed."""
    name = _name_of(purchase, told)
    known = purchase.refunds.get(name)
    ours = known is not None and known.is_ours
    if told.money.currency != purchase.money.currency or (
        known is not None and known.amount != told.money.amount
    ):
        flag(purchase, Flag.OTHER_MONEY, at, money=told.money, notice=notice)
    elif told.state is RefundState.FAILED:
        _fail(purchase, wallet, name, known, told, at, notice)
    elif known is None:
        _find(purchase, wallet, name, told, at, notice)
    elif told.state is RefundState.PAID and known.state is RefundState.PENDING:
        if ours:
            wallet.let_go(purchase.id_in_org, name, at)
        _paid(purchase, name, told, at, notice)


def _find(
    purchase: PurchaseBase,
    wallet: Wallet,
    name: str,
    told: RefundChanged,
    at: datetime,
    notice: str | None,
) -> None:
    credits = share_of(purchase, told.money.amount) if purchase.lot else 0
    taken = take_back(purchase, wallet, Cause.REFUND, name, credits, at)
    if taken.debt:
        wallet.suspend_unpaid(name, at)
    is_paid = told.state is RefundState.PAID
    purchase.trigger_event(
        RefundFound,
        timestamp=at,
        refund=name,
        money=told.money,
        credits=credits,
        taken=taken,
        notice=None if is_paid else notice,
    )
    if is_paid:
        _paid(purchase, name, told, at, notice)


def _paid(
    purchase: PurchaseBase, name: str, told: RefundChanged, at: datetime, notice: str | None
) -> None:
    purchase.trigger_event(
        RefundPaid,
        timestamp=at,
        refund=name,
        provider=purchase.provider,
        money=told.money,
        number=told.refund,
        notice=notice,
    )


def _fail(
    purchase: PurchaseBase,
    wallet: Wallet,
    name: str,
    known: Refund | None,
    told: RefundChanged,
    at: datetime,
    notice: str | None,
) -> None:
    if known is not None:
        if known.state is RefundState.FAILED:
            return
        _give_back(purchase, wallet, name, known, at)
    purchase.trigger_event(
        RefundFailed,
        timestamp=at,
        refund=name,
        provider=purchase.provider,
        money=told.money,
        number=told.refund,
        code=told.code,
        was_paid=known is not None and known.state is RefundState.PAID,
        notice=notice,
    )


def _give_back(
    purchase: PurchaseBase, wallet: Wallet, name: str, refund: Refund, at: datetime
) -> None:
    if refund.is_ours and refund.state is RefundState.PENDING:
        wallet.put_back(purchase.id_in_org, name, at)
        return
    taken = refund.taken
    if taken is None:
        assert purchase.lot is not None
        taken = Taken([Restored(purchase.lot, refund.credits)])
    restore(purchase, wallet, Cause.REFUND, name, taken, at)
    wallet.resume_unpaid(name, at)


def take_back(
    purchase: PurchaseBase, wallet: Wallet, cause: Cause, of: str, credits: int, at: datetime
) -> Taken:
    """Take credits of a purchase whose money was taken from us; return where they came from."""
    if purchase.lot is None or not credits:
        return Taken()
    return wallet.take_back(purchase.id_in_org, purchase.lot, cause, of, credits, at)


def restore(
    purchase: PurchaseBase, wallet: Wallet, cause: Cause, of: str, taken: Taken, at: datetime
) -> None:
    """Give back what was taken."""
    if purchase.lot is not None and (taken.parts or taken.debt):
        wallet.restore_taken(purchase.id_in_org, purchase.lot, cause, of, taken, at)


def _check_refundable(
    purchase: PurchaseBase, window_us: int, at: datetime, reason: str | None, overrides: bool
) -> Lot:
    if purchase.lot is None or purchase.paid_us is None:
        raise Conflict(
            f"the purchase is {purchase.status}: only what was paid for and granted is refunded.",
            field="purchase",
        )
    if purchase.is_asked_back:
        raise Conflict(
            "the purchase is disputed: its money goes back by the dispute, or not at all.",
            field="purchase",
        )
    if purchase.flags:
        raise Conflict("the purchase is under review: close that first.", field="purchase")
    if overrides and reason is None:
        raise Invalid("reason must say why it is refunded all the same.", field="reason")
    closed_us = purchase.paid_us + window_us
    if microseconds(at) >= closed_us and not overrides:
        raise RefundWindowClosed(
            f"the purchase could be refunded until {format_time(closed_us)}.",
            field="purchase",
            closed_at=format_time(closed_us),
        )
    return purchase.lot


def _gone_back(purchase: PurchaseBase) -> int:
    """Return the credits of the lot that went with money that went back, or are set aside for
    it."""
    assert purchase.lot is not None
    return sum(
        each.taken.of(purchase.lot.id) if each.taken is not None else each.credits
        for each in purchase.refunds.values()
        if each.lives
    )


def _name_of(purchase: PurchaseBase, told: RefundChanged) -> str:
    """Return how a refund is called here: by our id if we asked for it, else by the provider's."""
    if told.refund_asked is not None and told.refund_asked in purchase.refunds:
        return told.refund_asked
    numbers = {each.number: name for name, each in purchase.refunds.items()}
    return numbers.get(told.refund, told.refund)

"""Refunds of an invoice: money of a payment that its provider has given back, asked for by a credit
note or found there; each is paid once, and may fail, also after it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from ledger.credits.take_backs import Cause, Taken
from ledger.credits.wallet import Wallet
from ledger.invoices.invoice_base import InvoiceBase, InvoiceFact, InvoiceState, Method
from ledger.invoices.returns import (
    Brought,
    Refund,
    credits_of,
    give_credits_back,
    known_refund,
    take_credits,
)
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.money import format_amount
from ledger.purchases.notice import DisputeState, RefundChanged, RefundState


class PaymentRefunded(InvoiceFact):
    """Money of a payment is back with the payer, by the provider's refund `number`; `refund`: how
    it is called here. `taken`: credits that went with it."""

    TOPIC: ClassVar[str] = "invoices.PaymentRefunded"
    user: str
    currency: str
    refund: str
    number: str
    payment: str
    amount: int
    taken: Taken

    def apply(self, aggregate: InvoiceBase) -> None:
        paid = Refund(
            id=self.refund,
            payment=self.payment,
            amount=self.amount,
            state=RefundState.PAID,
            number=self.number,
            taken=self.taken,
        )
        aggregate.becomes(refunds=_with(aggregate.invoice, paid))

    def person(self, subject: str) -> str:
        return self.user


class PaymentRefundFailed(InvoiceFact):
    """The money of a refund is with us again, or has never left: `was_paid` says which. It is owed
    to the payer, as far as a credit note says so. `code` is the provider's; `credits` came back
    with it."""

    TOPIC: ClassVar[str] = "invoices.PaymentRefundFailed"
    user: str
    currency: str
    refund: str
    number: str
    payment: str
    amount: int
    code: str | None = None
    was_paid: bool = False
    credits: int = 0

    def apply(self, aggregate: InvoiceBase) -> None:
        failed = Refund(
            id=self.refund,
            payment=self.payment,
            amount=self.amount,
            state=RefundState.FAILED,
            number=self.number or None,
        )
        aggregate.becomes(refunds=_with(aggregate.invoice, failed))

    def person(self, subject: str) -> str:
        return self.user


def refunded_payment(state: InvoiceState, amount: int, number: str | None) -> str:
    """Return the payment that so much is to go back of. Raises Invalid and Conflict."""
    if number is not None and any(each.number == number for each in state.refunds):
        raise Conflict(f"the refund {number} is recorded already.", field="refund.reference")
    if any(each.state is not DisputeState.WON for each in state.disputes):
        raise Conflict(
            "the payment is disputed: its money goes back by the dispute, or not at all.",
            field="refund",
        )
    left = {
        each.reference: each.amount - _gone_back(state, each.reference)
        for each in state.payments
        if each.method is Method.STRIPE and each.reference is not None
    }
    payment = max(left, key=lambda name: left[name], default=None)
    if payment is None:
        raise Invalid(
            "nothing of the invoice was paid by a payment at stripe: say bank.",
            field="refund.method",
        )
    if amount > left[payment]:
        currency = state.draft.currency
        raise Invalid(
            f"at most {format_amount(left[payment], currency)} {currency} can go back of the "
            f"payment {payment}.",
            field="amount",
        )
    return payment


def hear_refund(
    invoice: InvoiceBase, wallet: Wallet, brought: Brought, told: RefundChanged, at: datetime
) -> None:
    """Take in where a refund is: it goes from pending to paid, and from either to failed. One that
    was found at the provider's counts as soon as it is paid."""
    state = invoice.invoice
    known = known_refund(state.refunds, told)
    name = known.id if known else told.refund
    fields: dict[str, Any] = {
        "user": state.draft.user,
        "currency": state.draft.currency,
        "refund": name,
        "number": told.refund,
        "payment": told.payment,
        "amount": told.money.amount,
    }
    now = known.state if known else RefundState.PENDING
    if told.state is RefundState.FAILED and now is not RefundState.FAILED:
        taken = known.taken if known is not None else Taken()
        give_credits_back(wallet, invoice.id_in_org, Cause.REFUND, name, taken, at)
        invoice.trigger_event(
            PaymentRefundFailed,
            timestamp=at,
            code=told.code,
            was_paid=now is RefundState.PAID,
            credits=credits_of(taken),
            **fields,
        )
    elif told.state is RefundState.PAID and now is RefundState.PENDING:
        taken = take_credits(
            wallet,
            invoice.id_in_org,
            brought,
            Cause.REFUND,
            name,
            told.money.amount,
            state.total,
            at,
        )
        invoice.trigger_event(PaymentRefunded, timestamp=at, taken=taken, **fields)


def _gone_back(state: InvoiceState, payment: str | None) -> int:
    return sum(each.amount for each in state.refunds if each.payment == payment and each.lives)


def _with(state: InvoiceState, refund: Refund) -> list[Refund]:
    """Return the refunds with one as it is now."""
    if all(each.id != refund.id for each in state.refunds):
        return [*state.refunds, refund]
    return [refund if each.id == refund.id else each for each in state.refunds]

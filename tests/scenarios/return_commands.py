"""What a provider says of the money of an invoice, in a line each."""

from __future__ import annotations

from api.commands.invoices.fees import RecordInvoiceFees
from api.commands.subscriptions.returns import RecordReturns
from ledger.purchases.booking import Booking
from ledger.purchases.notice import (
    DisputeChanged,
    DisputeState,
    Happening,
    Money,
    PaymentPaid,
    RefundChanged,
    RefundState,
)
from tests.scenarios.commands import ACTOR, ORG


def returned(
    amount: int,
    state: str = "paid",
    *,
    payment: str,
    number: str = "re_1",
    asked: str | None = None,
    currency: str = "usd",
) -> RefundChanged:
    """Money that went back, or not."""
    money, code = Money(amount, currency), "declined" if state == "failed" else None
    return RefundChanged(number, payment, money, RefundState(state), asked, code)


def asked_back(
    state: str = "open",
    amount: int = 2_000,
    *,
    payment: str,
    number: str = "dp_1",
    currency: str = "usd",
    due_us: int | None = 1,
) -> DisputeChanged:
    """Money that a bank asks back, or has decided about."""
    money = Money(amount, currency)
    return DisputeChanged(number, payment, money, "fraudulent", DisputeState(state), due_us)


def came(amount: int, *, payment: str) -> PaymentPaid:
    """Money that came."""
    return PaymentPaid(payment, Money(amount, "usd"))


def tell(invoice: str, *told: Happening, charge: str | None = None) -> RecordReturns:
    """How the money of an invoice stands."""
    return RecordReturns(ORG, ACTOR, invoice, told, charge)


def keep_fees(invoice: str, *fees: Booking) -> RecordInvoiceFees:
    """What the provider has kept of an invoice's money."""
    return RecordInvoiceFees(ORG, ACTOR, invoice, "stripe", fees)

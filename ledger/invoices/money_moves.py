"""The money moves of invoices: what a provider was paid for one, has given back and has kept, to be
compared with its book."""

from __future__ import annotations

from typing import TypeAlias

from ledger.invoices.disputes import PaymentDisputed, PaymentDisputeLost, PaymentDisputeWon
from ledger.invoices.fees import PaymentFeeRecorded
from ledger.invoices.invoice_base import InvoiceFact, Method
from ledger.invoices.payments import PaymentApplied
from ledger.invoices.postings import BAD_DEBT, INVOICED
from ledger.invoices.refunds import PaymentRefunded, PaymentRefundFailed
from ledger.kernel.ids import name_of
from ledger.purchases.money_moves import (
    DISPUTED,
    DISPUTES,
    PROCESSING,
    MoneyMove,
    Moved,
    moved_by,
    processor_of,
)
from ledger.purchases.notice import Money
from ledger.purchases.purchase_base import STRIPE

Returned: TypeAlias = (
    PaymentRefunded | PaymentRefundFailed | PaymentDisputed | PaymentDisputeWon | PaymentDisputeLost
)
"""Money of a payment that went back, is asked back, or came again."""

_PROCESSOR = processor_of(STRIPE)


@moved_by.register
def _paid(fact: PaymentApplied) -> Moved | None:
    """Return it with the legs that the invoice books."""
    payment = fact.payment
    if payment.method is not Method.STRIPE or payment.reference is None:
        return None
    return Moved(
        MoneyMove.PAYMENT,
        payment.reference,
        STRIPE,
        Money(payment.amount, fact.currency),
        _PROCESSOR,
        BAD_DEBT if fact.was_written_off else INVOICED,
        payment.paid_us,
        _invoice(fact),
    )


@moved_by.register
def _refunded(fact: PaymentRefunded) -> Moved:
    return _moved(fact, MoneyMove.REFUND, fact.number, INVOICED, _PROCESSOR)


@moved_by.register
def _came_back(fact: PaymentRefundFailed) -> Moved | None:
    if not fact.was_paid:
        return None
    return _moved(fact, MoneyMove.REFUND_BACK, fact.number, _PROCESSOR, INVOICED)


@moved_by.register
def _disputed(fact: PaymentDisputed) -> Moved:
    return _moved(fact, MoneyMove.DISPUTE, fact.dispute, DISPUTED, _PROCESSOR)


@moved_by.register
def _won(fact: PaymentDisputeWon) -> Moved | None:
    if not fact.was_open:
        return None
    return _moved(fact, MoneyMove.DISPUTE_WON, fact.dispute, _PROCESSOR, DISPUTED)


@moved_by.register
def _lost(fact: PaymentDisputeLost) -> Moved:
    return _moved(fact, MoneyMove.DISPUTE_LOST, fact.dispute, DISPUTES, DISPUTED)


@moved_by.register
def _kept(fact: PaymentFeeRecorded) -> Moved:
    booking = fact.booking
    return Moved(
        MoneyMove.FEE,
        booking.movement,
        fact.provider,
        booking.money,
        PROCESSING,
        processor_of(fact.provider),
        booking.moved_us,
        _invoice(fact),
    )


def _moved(fact: Returned, why: MoneyMove, of: str, debit: str, credit: str) -> Moved:
    money = Money(fact.amount, fact.currency)
    return Moved(why, of, STRIPE, money, debit, credit, invoice=_invoice(fact))


def _invoice(fact: InvoiceFact) -> str:
    return name_of(fact.originator_id)

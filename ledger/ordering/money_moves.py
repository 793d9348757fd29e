"""The money moves of orders: what a provider was paid for one, has given back and has kept, to be
compared with its book; and what gift cards and store credit have paid, which no provider knows."""

from __future__ import annotations

from ledger.credits.postings import CLEARING, Posting
from ledger.invoices.postings import ORDERS, Booked, booked_by, income
from ledger.kernel.ids import name_of
from ledger.ordering.order_base import OrderFact
from ledger.ordering.order_facts import OrderConfirmed
from ledger.ordering.order_fees import OrderFeeRecorded
from ledger.ordering.order_payments import OrderDisputed, OrderPaid, StrayMoneyCame
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid
from ledger.ordering.value_returns import OrderValueReturned
from ledger.purchases.money_moves import (
    DISPUTED,
    DISPUTES,
    PROCESSING,
    MoneyMove,
    Moved,
    moved_by,
    processor_of,
)
from ledger.purchases.notice import DisputeState, Money

SALES = income(ORDERS)
"""What orders have brought: with its tax, until an invoice says how much of it is tax."""

STRAYS = "Liabilities:Strays"
"""Money that no order takes, until it is back."""


@moved_by.register
def _paid(fact: OrderPaid) -> Moved:
    processor = processor_of(fact.provider)
    return _moved(
        fact,
        MoneyMove.PAYMENT,
        fact.payment,
        fact.provider,
        fact.money,
        processor,
        SALES,
        fact.paid_us,
    )


@moved_by.register
def _strayed(fact: StrayMoneyCame) -> Moved:
    processor = processor_of(fact.provider)
    return _moved(
        fact, MoneyMove.PAYMENT, fact.payment, fact.provider, fact.money, processor, STRAYS
    )


@moved_by.register
def _refunded(fact: OrderRefundPaid) -> Moved:
    processor = processor_of(fact.provider)
    return _moved(
        fact, MoneyMove.REFUND, fact.number, fact.provider, fact.money, _of(fact), processor
    )


@moved_by.register
def _came_back(fact: OrderRefundFailed) -> Moved | None:
    if not fact.was_paid:
        return None
    processor = processor_of(fact.provider)
    return _moved(
        fact, MoneyMove.REFUND_BACK, fact.number, fact.provider, fact.money, processor, _of(fact)
    )


@moved_by.register
def _disputed(fact: OrderDisputed) -> Moved | None:
    processor = processor_of(fact.provider)
    match fact.state:
        case DisputeState.OPEN:
            why, debit, credit = MoneyMove.DISPUTE, DISPUTED, processor
        case DisputeState.WON:
            why, debit, credit = MoneyMove.DISPUTE_WON, processor, DISPUTED
        case _:
            why, debit, credit = MoneyMove.DISPUTE_LOST, DISPUTES, DISPUTED
    if not fact.was_open and fact.state is not DisputeState.OPEN:
        return None
    return _moved(fact, why, fact.dispute, fact.provider, fact.money, debit, credit)


@moved_by.register
def _kept(fact: OrderFeeRecorded) -> Moved:
    booking, processor = fact.booking, processor_of(fact.provider)
    return _moved(
        fact,
        MoneyMove.FEE,
        booking.movement,
        fact.provider,
        booking.money,
        PROCESSING,
        processor,
        booking.moved_us,
    )


@booked_by.register
def _spent(fact: OrderConfirmed) -> Booked | None:
    """What stored value, or the order that was exchanged, books on the other side of the same
    account is what it has paid."""
    if not fact.spent:
        return None
    return Booked(fact.currency, [Posting(CLEARING, fact.spent), Posting(SALES, -fact.spent)])


@booked_by.register
def _returned(fact: OrderValueReturned) -> Booked | None:
    """What a new order has given back, that order has booked."""
    if fact.of_exchange:
        return None
    amount = fact.amount
    return Booked(fact.currency, [Posting(SALES, amount), Posting(CLEARING, -amount)])


def _of(fact: OrderRefundPaid | OrderRefundFailed) -> str:
    """Return what goes back: what a new order has given back, what was sold, or was never taken."""
    if fact.of_exchange:
        return CLEARING
    return SALES if fact.lines else STRAYS


def _moved(
    fact: OrderFact,
    why: MoneyMove,
    of: str,
    provider: str,
    money: Money,
    debit: str,
    credit: str,
    at_us: int | None = None,
) -> Moved:
    order = name_of(fact.originator_id)
    return Moved(why, of, provider, money, debit, credit, at_us, order=order)

"""The money moves of orders: what a provider was paid for one, and has given back, to be compared
with its book."""

from __future__ import annotations

from ledger.ordering.order_payments import OrderDisputed, OrderPaid, StrayMoneyCame
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid
from ledger.purchases.money_moves import (
    DISPUTED,
    DISPUTES,
    MoneyMove,
    Moved,
    moved_by,
    processor_of,
)
from ledger.purchases.notice import DisputeState

SALES = "Income:Orders"
"""What orders have brought."""


@moved_by.register
def _paid(fact: OrderPaid) -> Moved:
    processor = processor_of(fact.provider)
    return Moved(
        MoneyMove.PAYMENT, fact.payment, fact.provider, fact.money, processor, SALES, fact.paid_us
    )


@moved_by.register
def _strayed(fact: StrayMoneyCame) -> Moved:
    processor = processor_of(fact.provider)
    return Moved(MoneyMove.PAYMENT, fact.payment, fact.provider, fact.money, processor, SALES)


@moved_by.register
def _refunded(fact: OrderRefundPaid) -> Moved:
    processor = processor_of(fact.provider)
    return Moved(MoneyMove.REFUND, fact.number, fact.provider, fact.money, SALES, processor)


@moved_by.register
def _came_back(fact: OrderRefundFailed) -> Moved | None:
    if not fact.was_paid:
        return None
    processor = processor_of(fact.provider)
    return Moved(MoneyMove.REFUND_BACK, fact.number, fact.provider, fact.money, processor, SALES)


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
    return Moved(why, fact.dispute, fact.provider, fact.money, debit, credit)

"""The status of an order: where it is, and where it can go from there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ledger.kernel.errors import Invalid


class OrderStatus(StrEnum):
    """Where an order is."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    PROCESSING = "processing"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FULFILLED = "fulfilled"
    REFUNDED = "refunded"
    PAYMENT_FAILED = "payment_failed"
    CANCELLED = "cancelled"


class PaymentState(StrEnum):
    """Where the money of an order is."""

    UNPAID = "unpaid"
    AUTHORISED = "authorised"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


_PENDING, _CONFIRMED = OrderStatus.PENDING, OrderStatus.CONFIRMED

NEXT: Mapping[OrderStatus, tuple[OrderStatus, ...]] = {
    _PENDING: (_CONFIRMED, OrderStatus.PAYMENT_FAILED, OrderStatus.CANCELLED),
    _CONFIRMED: (
        OrderStatus.PROCESSING,
        OrderStatus.PARTIALLY_FULFILLED,
        OrderStatus.FULFILLED,
        OrderStatus.CANCELLED,
        OrderStatus.REFUNDED,
    ),
    OrderStatus.PROCESSING: (
        OrderStatus.PARTIALLY_FULFILLED,
        OrderStatus.FULFILLED,
        OrderStatus.CANCELLED,
        OrderStatus.REFUNDED,
    ),
    OrderStatus.PARTIALLY_FULFILLED: (OrderStatus.FULFILLED, OrderStatus.REFUNDED),
    OrderStatus.FULFILLED: (OrderStatus.REFUNDED,),
    OrderStatus.REFUNDED: (),
    OrderStatus.PAYMENT_FAILED: (_CONFIRMED,),
    OrderStatus.CANCELLED: (),
}
"""Where an order can go. One whose payment has failed is confirmed when its money comes late and
all that it held is still to be had."""

OPEN = frozenset({OrderStatus.PENDING})
"""Those that hold something until a moment."""

SOLD = frozenset(
    {
        OrderStatus.CONFIRMED,
        OrderStatus.PROCESSING,
        OrderStatus.PARTIALLY_FULFILLED,
        OrderStatus.FULFILLED,
    }
)
"""Those that were confirmed and not cancelled."""


def check_next(status: OrderStatus, to: OrderStatus) -> None:
    """Raise Invalid where an order cannot go from a status to another; it names those it can."""
    allowed = NEXT[status]
    if to not in allowed:
        can = ", ".join(allowed) or "nothing"
        raise Invalid(f"the order is {status}: it can become {can}, not {to}.", field="status")

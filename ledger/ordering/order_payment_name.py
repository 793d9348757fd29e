"""The name of an order's payment: how a provider knows it, always alike."""

from __future__ import annotations

import re

ORDER_ID_PATTERN = "ord_[0-9a-f]{24}"
_PAYMENT = re.compile(f"({ORDER_ID_PATTERN})-pay")


def payment_name(order: str) -> str:
    """Return how the payment of an order is called: it has one."""
    return f"{order}-pay"


def is_order_payment(name: str) -> bool:
    """Tell whether a name is that of an order's payment."""
    return _PAYMENT.fullmatch(name) is not None


def order_of_payment(name: str) -> str:
    """Return the order that a payment is of."""
    return name.removesuffix("-pay")

"""The context of orders: what was bought, how it is paid, and what goes back."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.ordering import money_moves  # noqa: F401  # it registers what it tells
from ledger.ordering.cart_abandonment import CartAbandonment
from ledger.ordering.cart_checkout import CartCheckout
from ledger.ordering.exchange_inspection import ExchangeInspection
from ledger.ordering.inspection import OrderInspection
from ledger.ordering.invoice_inspection import OrderInvoiceInspection
from ledger.ordering.order import ORDER_STATES, ORDER_STREAM, Order
from ledger.ordering.order_policy import ORDER_POLICIES, ORDER_POLICY_STREAM, OrderPolicy
from ledger.ordering.past_order import PAST_ORDERS, PastOrder
from ledger.ordering.past_order_id import PAST_ORDER_STREAM
from ledger.ordering.value_inspection import OrderValueInspection

CONTEXT = Context(
    name="ordering",
    aggregates=(Order, CartCheckout, CartAbandonment, PastOrder, OrderPolicy),
    uses=("catalogue", "pricing", "inventory", "purchases", "invoices", "stored_value", "credits"),
    checks=(
        OrderInspection,
        OrderInvoiceInspection,
        OrderValueInspection,
        ExchangeInspection,
    ),
    read_models=(
        "orders",
        "order_lines",
        "order_disputes",
        "analysts_order_lines",
        "analysts_abandoned_carts",
        "analysts_placed_orders",
    ),
    tables=(
        Table(ORDER_STATES, key=("org", "id"), stream=f"{ORDER_STREAM}/{{id}}"),
        Table(ORDER_POLICIES, stream=ORDER_POLICY_STREAM),
        Table(PAST_ORDERS, key=("org", "id"), stream=f"{PAST_ORDER_STREAM}/{{id}}"),
    ),
)

"""The context of orders: what was bought, how it is paid, and what goes back."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.ordering import money_moves  # noqa: F401  # it registers what it tells
from ledger.ordering.cart_checkout import CartCheckout
from ledger.ordering.inspection import OrderInspection
from ledger.ordering.invoice_inspection import OrderInvoiceInspection
from ledger.ordering.order import ORDER_STATES, ORDER_STREAM, Order

CONTEXT = Context(
    name="ordering",
    aggregates=(Order, CartCheckout),
    uses=("catalogue", "pricing", "inventory", "purchases", "invoices"),
    checks=(OrderInspection, OrderInvoiceInspection),
    read_models=("orders", "order_lines", "analysts_order_lines"),
    tables=(Table(ORDER_STATES, key=("org", "id"), stream=f"{ORDER_STREAM}/{{id}}"),),
)

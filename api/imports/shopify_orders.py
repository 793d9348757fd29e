"""Shopify: an export of orders, a row a line; what is of the whole order stands in its first row.

An order is what it is called, as #1001. Of whom it is is not in the file but for their address.
"""

from __future__ import annotations

from collections.abc import Sequence

from api.imports.columns import Cells
from api.imports.imported_order import (
    ADDRESS,
    ImportedOrder,
    OrderedLine,
    address_of,
    amount_of,
    checked_order,
    currency_of,
    discounted,
    email_of,
    one_of,
    placed_of,
    shipping_of,
    sku_in,
    taxed,
    time_of,
    title_of,
    units_in,
)
from api.imports.platform import Platform
from api.imports.read_item import NotTaken, Remark
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.past_terms import PastShipping

SOURCE = "shopify"
_SHOPIFYS = {"address 1": "address1", "address 2": "address2", "postal code": "zip"}
_SHOPIFYS |= {"region": "province"}

COLUMNS: dict[str, tuple[str, ...]] = {
    **{
        f"{what} {each}": (f"{what} {_SHOPIFYS.get(each, each)}",)
        for what in ("billing", "shipping")
        for each in ADDRESS
    },
    "number": ("name",),
    "email": (),
    "payment": ("financial status",),
    "paid at": (),
    "fulfilment": ("fulfillment status",),
    "currency": (),
    "subtotal": (),
    "shipping": (),
    "taxes": (),
    "duties": (),
    "total": (),
    "discount": ("discount amount",),
    "method": ("shipping method",),
    "placed at": ("created at",),
    "cancelled at": (),
    "refunded": ("refunded amount",),
    "units": ("lineitem quantity",),
    "title": ("lineitem name",),
    "price": ("lineitem price",),
    "sku": ("lineitem sku",),
    "taxable": ("lineitem taxable",),
    "line discount": ("lineitem discount",),
    "note": ("notes",),
    "tags": (),
    "code": ("discount code",),
}
LEFT_OUT = {
    "note": "note left out",
    "tags": "tags left out",
    "code": "code of its discount left out",
}
PAYMENTS = {
    "paid": PaymentState.PAID,
    "partially_refunded": PaymentState.PARTLY_REFUNDED,
    "refunded": PaymentState.REFUNDED,
    **dict.fromkeys(
        ("pending", "authorized", "partially_paid", "voided", "expired", ""), PaymentState.UNPAID
    ),
}
FULFILMENTS = {
    "fulfilled": OrderStatus.FULFILLED,
    "partial": OrderStatus.PARTIALLY_FULFILLED,
    **dict.fromkeys(("unfulfilled", "pending", "restocked", ""), OrderStatus.CONFIRMED),
}


def _named(cells: Cells) -> tuple[str, Sequence[str]]:
    return cells["number"], [cells["number"]]


def _read(rows: Sequence[Cells]) -> ImportedOrder:
    first = rows[0]
    if not first["number"]:
        raise NotTaken(first.line, "it has no number.")
    currency = currency_of(first)
    lines, shipping, is_included = _sums(rows, currency)
    remarks = [Remark(first.line, what) for thing, what in LEFT_OUT.items() if first[thing]]
    payment = PaymentState(one_of(first, "payment", PAYMENTS))
    ended_us = time_of(first, "cancelled at")
    order = ImportedOrder(
        line=first.line,
        source=SOURCE,
        number=first["number"],
        currency=currency,
        placed_us=placed_of(first, "placed at"),
        status=_status(first, payment, is_cancelled=ended_us is not None),
        payment_status=payment,
        lines=lines,
        total=amount_of(first, "total", currency),
        shipping=shipping,
        is_tax_included=is_included,
        refunded=amount_of(first, "refunded", currency),
        paid_us=time_of(first, "paid at"),
        ended_us=ended_us,
        email=email_of(first, "email", remarks),
        sent_to=address_of(first, "shipping ", remarks),
        billed=address_of(first, "billing ", remarks),
        remarks=tuple(remarks),
    )
    return checked_order(order)


def _sums(
    rows: Sequence[Cells], currency: str
) -> tuple[list[OrderedLine], PastShipping | None, bool]:
    """Return the lines with their discounts and taxes, what it cost to send them, and whether taxes
    are within prices: whichever of both comes to the total."""
    first = rows[0]
    lines = [_line(row, currency) for row in rows if row["units"]]
    amounts = [
        amount_of(first, each, currency)
        for each in ("subtotal", "shipping", "taxes", "duties", "total", "discount")
    ]
    subtotal, sending, taxes, duties, total, discount = amounts
    taken_off = sum(each.subtotal for each in lines) - subtotal
    known = sum(each.discount for each in lines)
    if taken_off < 0 or known > taken_off:
        raise NotTaken(first.line, "its lines do not come to its subtotal: it was changed later.")
    lines = discounted(lines, taken_off - known)
    rest = total - duties - subtotal - sending
    if rest not in (0, taxes) and 0 < discount - taken_off <= sending:
        sending -= discount - taken_off  # it was sent for less
        rest = total - duties - subtotal - sending
    if rest not in (0, taxes):
        raise NotTaken(first.line, "its lines, shipping and taxes do not come to its total.")
    is_taxed = [row.truth("taxable", True) for row in rows if row["units"]]
    lines, of_sending = taxed(lines, sending, taxes, is_taxed)
    if duties:
        lines.append(OrderedLine("", "duties", 1, duties))
    return lines, shipping_of(first["method"], sending, of_sending), rest == 0 and taxes > 0


def _line(row: Cells, currency: str) -> OrderedLine:
    units, discount = units_in(row, "units"), amount_of(row, "line discount", currency)
    price = amount_of(row, "price", currency)
    return OrderedLine(sku_in(row), title_of(row["title"]), units, price * units, discount)


def _status(first: Cells, payment: PaymentState, *, is_cancelled: bool) -> OrderStatus:
    if is_cancelled or first["payment"].casefold() in ("voided", "expired"):
        return OrderStatus.CANCELLED
    if payment is PaymentState.REFUNDED:
        return OrderStatus.REFUNDED
    fulfilled = OrderStatus(one_of(first, "fulfilment", FULFILMENTS))
    is_open = payment is PaymentState.UNPAID and fulfilled is OrderStatus.CONFIRMED
    return OrderStatus.PENDING if is_open else fulfilled


SHOPIFY_ORDERS = Platform(
    "Shopify",
    COLUMNS,
    (("number",), ("payment",), ("title",), ("units",), ("price",), ("total",), ("placed at",)),
    _named,
    _read,
)

"""Own orders: a file of orders in columns of ours, a row a line; what is of the whole order stands
in its first row."""

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
    email_of,
    one_of,
    placed_of,
    shipping_of,
    sku_in,
    time_of,
    title_of,
    units_in,
)
from api.imports.made_names import slug_of
from api.imports.platform import Platform
from api.imports.read_item import NotTaken, Remark
from ledger.ordering.order_status import OrderStatus, PaymentState

SOURCE = "csv"
COLUMNS: dict[str, tuple[str, ...]] = {
    **{each: () for each in ADDRESS},
    **{f"billing {each}": () for each in ADDRESS},
    "number": ("order", "order number"),
    "source": (),
    "placed at": ("placed_at",),
    "paid at": ("paid_at",),
    "cancelled at": ("cancelled_at",),
    "status": (),
    "payment status": ("payment_status",),
    "currency": (),
    "user": ("customer", "customer id"),
    "email": (),
    "sku": (),
    "title": (),
    "units": ("quantity",),
    "subtotal": (),
    "discount": (),
    "tax": (),
    "shipping": (),
    "shipping tax": ("shipping_tax",),
    "shipping method": ("shipping_method",),
    "tax included": ("tax_included",),
    "total": ("order total",),
    "refunded": (),
}


def _named(cells: Cells) -> tuple[str, Sequence[str]]:
    return cells["number"], [cells["number"]]


def _read(rows: Sequence[Cells]) -> ImportedOrder:
    first = rows[0]
    if not first["number"]:
        raise NotTaken(first.line, "it has no number.")
    currency, remarks = currency_of(first), list[Remark]()
    sending = amount_of(first, "shipping", currency), amount_of(first, "shipping tax", currency)
    order = ImportedOrder(
        line=first.line,
        source=slug_of(first["source"], 63) if first["source"] else SOURCE,
        number=first["number"],
        currency=currency,
        placed_us=placed_of(first, "placed at"),
        status=OrderStatus(one_of(first, "status", _names(OrderStatus))),
        payment_status=PaymentState(one_of(first, "payment status", _names(PaymentState))),
        lines=[_line(row, currency) for row in rows],
        total=amount_of(first, "total", currency),
        shipping=shipping_of(first["shipping method"], *sending),
        is_tax_included=first.truth("tax included", False),
        refunded=amount_of(first, "refunded", currency),
        paid_us=time_of(first, "paid at"),
        ended_us=time_of(first, "cancelled at"),
        user=first["user"] or None,
        email=email_of(first, "email", remarks),
        sent_to=address_of(first, "", remarks),
        billed=address_of(first, "billing ", remarks),
        remarks=tuple(remarks),
    )
    return checked_order(order)


def _names(kind: type[OrderStatus] | type[PaymentState]) -> dict[str, str]:
    return {each.value: each.value for each in kind}


def _line(row: Cells, currency: str) -> OrderedLine:
    return OrderedLine(
        sku_in(row),
        title_of(row["title"]),
        units_in(row, "units"),
        amount_of(row, "subtotal", currency),
        amount_of(row, "discount", currency),
        amount_of(row, "tax", currency),
    )


OWN_ORDERS = Platform(
    "CSV",
    COLUMNS,
    (("number",), ("placed at",), ("total",), ("units",), ("subtotal",)),
    _named,
    _read,
)

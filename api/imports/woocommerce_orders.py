"""WooCommerce: an export of orders with a row a line, as its extension for orders writes it ("one
row per item"): every row says what is of the whole order."""

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
from api.imports.platform import Platform
from api.imports.read_item import NotTaken, Remark
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.past_terms import PastShipping

SOURCE = "woocommerce"
_THEIRS = {"address 1": "address_1", "address 2": "address_2", "postal code": "postcode"}
_THEIRS |= {"region": "state"}

COLUMNS: dict[str, tuple[str, ...]] = {
    **{
        f"{what} {each}": (f"{what}_{_THEIRS.get(each, each)}",)
        for what in ("billing", "shipping")
        for each in ADDRESS
        if each != "name"
    },
    **{
        f"{what} {each} name": (f"{what}_{each}_name",)
        for what in ("billing", "shipping")
        for each in ("first", "last")
    },
    "number": ("order_number_formatted", "order_number"),
    "id": ("order_id",),
    "placed at": ("date", "order_date"),
    "paid at": ("paid_date", "date_paid"),
    "status": ("order_status",),
    "shipping": ("shipping_total",),
    "shipping tax": ("shipping_tax_total",),
    "fees": ("fee_total",),
    "fee tax": ("fee_tax_total",),
    "total": ("order_total",),
    "refunded": ("refunded_total",),
    "currency": ("order_currency",),
    "method": ("shipping_method",),
    "user": ("customer_id",),
    "email": ("billing_email",),
    "title": ("item_name",),
    "sku": ("item_sku",),
    "units": ("item_quantity",),
    "line subtotal": ("item_subtotal",),
    "line total": ("item_total",),
    "line tax": ("item_total_tax", "item_tax"),
    "note": ("customer_note",),
}
STATUSES = {
    "completed": OrderStatus.FULFILLED,
    "processing": OrderStatus.CONFIRMED,
    "refunded": OrderStatus.REFUNDED,
    "cancelled": OrderStatus.CANCELLED,
    "failed": OrderStatus.PAYMENT_FAILED,
    **dict.fromkeys(("pending", "on-hold"), OrderStatus.PENDING),
}
PAID = (OrderStatus.FULFILLED, OrderStatus.CONFIRMED)


class _Cells:
    """A row whose names of persons are in two cells."""

    def __init__(self, row: Cells) -> None:
        self._row, self.line = row, row.line

    def __getitem__(self, thing: str) -> str:
        what, _, rest = thing.partition(" ")
        if rest == "name":
            return f"{self._row[f'{what} first name']} {self._row[f'{what} last name']}".strip()
        return self._row[thing]


def _named(cells: Cells) -> tuple[str, Sequence[str]]:
    name = cells["id"] or cells["number"]
    return name, [name]


def _read(rows: Sequence[Cells]) -> ImportedOrder:
    first = rows[0]
    if not (number := first["number"] or first["id"]):
        raise NotTaken(first.line, "it has no number.")
    currency = currency_of(first)
    status = OrderStatus(one_of(first, "status", STATUSES | _prefixed()))
    refunded = amount_of(first, "refunded", currency)
    total = amount_of(first, "total", currency)
    remarks = [Remark(first.line, "note left out")] if first["note"] else []
    order = ImportedOrder(
        line=first.line,
        source=SOURCE,
        number=number,
        currency=currency,
        placed_us=placed_of(first, "placed at"),
        status=status,
        payment_status=_payment(status, refunded, total),
        lines=[*(_line(row, currency) for row in rows if row["units"]), *_fees(first, currency)],
        total=total,
        shipping=_shipping(first, currency),
        refunded=refunded,
        paid_us=time_of(first, "paid at"),
        user=first["user"] if first["user"] not in ("", "0") else None,
        email=email_of(first, "email", remarks),
        sent_to=address_of(_Cells(first), "shipping ", remarks),
        billed=address_of(_Cells(first), "billing ", remarks),
        remarks=tuple(remarks),
    )
    return checked_order(order)


def _prefixed() -> dict[str, OrderStatus]:
    return {f"wc-{name}": status for name, status in STATUSES.items()}


def _line(row: Cells, currency: str) -> OrderedLine:
    paid = amount_of(row, "line total", currency)
    subtotal = max(amount_of(row, "line subtotal", currency), paid)
    return OrderedLine(
        sku_in(row),
        title_of(row["title"]),
        units_in(row, "units"),
        subtotal,
        subtotal - paid,
        amount_of(row, "line tax", currency),
    )


def _fees(first: Cells, currency: str) -> list[OrderedLine]:
    """Return a line for the fees of an order, which are of no item."""
    fees, tax = amount_of(first, "fees", currency), amount_of(first, "fee tax", currency)
    return [OrderedLine("", "fees", 1, fees, 0, tax)] if fees or tax else []


def _shipping(first: Cells, currency: str) -> PastShipping | None:
    amount, tax = amount_of(first, "shipping", currency), amount_of(first, "shipping tax", currency)
    return shipping_of(first["method"], amount, tax)


def _payment(status: OrderStatus, refunded: int, total: int) -> PaymentState:
    if refunded or status is OrderStatus.REFUNDED:
        whole = refunded >= total or status is OrderStatus.REFUNDED
        return PaymentState.REFUNDED if whole else PaymentState.PARTLY_REFUNDED
    return PaymentState.PAID if status in PAID else PaymentState.UNPAID


WOOCOMMERCE_ORDERS = Platform(
    "WooCommerce",
    COLUMNS,
    (("number", "id"), ("status",), ("title",), ("units",), ("line total",), ("total",)),
    _named,
    _read,
)

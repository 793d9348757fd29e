"""The order bill: what an order comes to as its invoice says it, by the shares that its lines were
agreed with; nothing is computed by rates anew."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from ledger.invoices.bill import Bill, GivenDiscount, InvoiceLine, line_of, sum_up
from ledger.invoices.invoice_base import CreditedLine
from ledger.invoices.item import ONE, Item, Source
from ledger.ordering.order_payment_name import ORDER_ID_PATTERN
from ledger.ordering.order_terms import OrderTerms, PlacedLine, PlacedShipping

_INVOICE = re.compile(f"order-({ORDER_ID_PATTERN})(?:-.+)?")


def order_bill(order: str, terms: OrderTerms) -> Bill:
    """Return the bill of an order: a line for each of its own, in their order, and a last one for
    sending it. Its total is what there was to pay."""
    lines = [_sold(order, each) for each in terms.lines]
    if terms.shipping is not None:
        lines.append(_sent(order, terms.shipping))
    discounts = [
        GivenDiscount(name=each.promotion, amount=each.amount)
        for each in terms.promotions
        if each.amount
    ]
    return sum_up(lines, discounts)


def again_bill(lines: Sequence[InvoiceLine], parts: Sequence[CreditedLine]) -> Bill:
    """Return the bill of parts of lines that were taken back and are owed again, each by the shares
    that it was taken back with; those of one line of the order together."""
    found = dict[str | None, InvoiceLine]()
    for line, part in zip(lines, parts, strict=True):
        again = _again(line, part)
        known = found.get(again.item.of)
        found[again.item.of] = _together(known, again) if known else again
    return sum_up(list(found.values()))


def taken_of(
    lines: Sequence[InvoiceLine], left: Mapping[int, int], wanted: Mapping[str, int]
) -> dict[int, int]:
    """Return what of each line of a bill is taken back, by its place: what is wanted of the order's
    lines, by their names, at most what is left."""
    parts = {
        place: min(wanted.get(line.item.of or "", 0), left[place])
        for place, line in enumerate(lines)
    }
    return {place: amount for place, amount in parts.items() if amount > 0}


def line_name(order: str, line: int) -> str:
    """Return how a line of an order is called on invoices: what made theirs."""
    return f"{order}/{line}"


def invoice_name(order: str, refund: str = "") -> str:
    """Return the id of the invoice of an order, or of money that came again from a refund."""
    return f"order-{order}-{refund}" if refund else f"order-{order}"


def order_of_invoice(name: str) -> str | None:
    """Return the order that an invoice is of, by its id; None: it is of none."""
    found = _INVOICE.fullmatch(name)
    return found[1] if found else None


def _sold(order: str, line: PlacedLine) -> InvoiceLine:
    item = Item(
        source=Source.ORDER,
        text=line.sku,
        quantity=line.units * ONE,
        amount=line.subtotal,
        of=line_name(order, line.id),
    )
    return line_of(_taxed(item, line), line.total, line.discount, line.tax, line.taxed_by)


def _sent(order: str, shipping: PlacedShipping) -> InvoiceLine:
    item = Item(
        source=Source.ORDER,
        text=shipping.name,
        amount=shipping.amount,
        of=line_name(order, shipping.id),
    )
    return line_of(_taxed(item, shipping), shipping.amount, 0, shipping.tax, shipping.taxed_by)


def _taxed(item: Item, line: PlacedLine | PlacedShipping) -> Item:
    """Return an item with the tax category and the kind of price that its line was agreed with."""
    by = line.taxed_by
    if by is None:
        return item
    return msgspec.structs.replace(item, category=by.category, includes_tax=by.is_included)


def _again(line: InvoiceLine, part: CreditedLine) -> InvoiceLine:
    is_whole = part.total == line.total
    quantity = line.item.quantity if is_whole else ONE
    item = msgspec.structs.replace(line.item, quantity=quantity, amount=part.total)
    return InvoiceLine(
        item=item,
        amount=part.amount,
        discount=part.discount,
        tax=part.tax,
        total=part.total,
        taxed_by=line.taxed_by,
    )


def _together(one: InvoiceLine, other: InvoiceLine) -> InvoiceLine:
    total = one.total + other.total
    return InvoiceLine(
        item=msgspec.structs.replace(one.item, quantity=ONE, amount=total),
        amount=one.amount + other.amount,
        discount=one.discount + other.discount,
        tax=one.tax + other.tax,
        total=total,
        taxed_by=one.taxed_by,
    )

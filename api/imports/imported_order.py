"""The imported order: what was read of an order of another shop software, checked by the rules of
past orders before anything is sent.

Files say discounts and taxes of a whole order: they are spread over its lines in exact shares. What
does not add up to the total of the file is not taken: nobody knows which of its numbers is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from api.imports.columns import Cells
from api.imports.html_text import clean_line
from api.imports.made_names import sku_of
from api.imports.numbers import price_text
from api.imports.read_item import NotTaken, Remark
from ledger.invoices.tax_rates import TaxPlace
from ledger.kernel.contact_data import check_email
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_user
from ledger.kernel.limits import LINES_PER_ORDER_MAX, TEXT_MAX, UNITS_MAX
from ledger.kernel.money import parse_amount_or_zero, scale_of
from ledger.kernel.shares import spread
from ledger.kernel.times import microseconds
from ledger.ordering.contact import PostalAddress, check_address
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.past_terms import PastLine, PastShipping, past_terms

ADDRESS = ("name", "company", "address 1", "address 2", "city", "postal code", "region", "country")
"""What an address is written in, after what it is for."""

_OFFSET = re.compile(r" ?([+-][0-9]{2}):?([0-9]{2})$")


class NamedCells(Protocol):
    """What a row says, by what its cells are."""

    line: int

    def __getitem__(self, thing: str) -> str: ...


@dataclass(frozen=True)
class OrderedLine:
    """A line as it was read: what all its units came to, and what of the taxes is surely its."""

    sku: str
    title: str
    units: int
    subtotal: int
    discount: int = 0
    tax: int = 0


@dataclass(frozen=True)
class ImportedOrder:
    """An order to be recorded."""

    line: int
    source: str
    number: str
    currency: str
    placed_us: int
    status: OrderStatus
    payment_status: PaymentState
    lines: Sequence[OrderedLine]
    total: int
    shipping: PastShipping | None = None
    is_tax_included: bool = False
    refunded: int = 0
    paid_us: int | None = None
    ended_us: int | None = None
    user: str | None = None
    email: str | None = None
    sent_to: PostalAddress | None = None
    billed: PostalAddress | None = None
    remarks: Sequence[Remark] = field(default=())


def sku_in(row: Cells) -> str:
    """Return the SKU of a line; none: it is of no item."""
    return sku_of(row["sku"]) if row["sku"] else ""


def shipping_of(method: str, amount: int, tax: int) -> PastShipping | None:
    """Return what it cost to send an order, if it did."""
    return PastShipping(title_of(method) or "shipping", amount, tax) if amount or tax else None


def checked_order(order: ImportedOrder) -> ImportedOrder:
    """Return an order that the service takes. Raises NotTaken."""
    place = order.sent_to or order.billed
    lines = [PastLine(e.sku, e.units, e.subtotal, e.discount, e.tax) for e in order.lines]
    try:
        if not 0 < len(lines) <= LINES_PER_ORDER_MAX:
            raise Invalid(f"an order has 1 to {LINES_PER_ORDER_MAX} lines.", field="lines")
        if order.user is not None:
            check_user(order.user)
        terms = past_terms(
            order.source,
            order.currency,
            lines,
            order.shipping,
            TaxPlace(place.country, place.region) if place else None,
            is_tax_included=order.is_tax_included,
        )
    except Invalid as refusal:
        raise NotTaken(order.line, f"the order cannot be recorded: {refusal}") from None
    if terms.to_pay != order.total:
        raise NotTaken(order.line, "its lines, shipping and taxes do not come to its total.")
    if order.refunded > order.total:
        raise NotTaken(order.line, "more went back than it came to.")
    return order


def discounted(lines: Sequence[OrderedLine], discount: int) -> list[OrderedLine]:
    """Return lines with their shares of what was taken off the order beside what each has."""
    left = [each.subtotal - each.discount for each in lines]
    shares = spread(discount, left)
    return [
        OrderedLine(e.sku, e.title, e.units, e.subtotal, e.discount + share, e.tax)
        for e, share in zip(lines, shares, strict=True)
    ]


def taxed(
    lines: Sequence[OrderedLine], shipping: int, tax: int, is_taxed: Sequence[bool]
) -> tuple[list[OrderedLine], int]:
    """Return lines with their shares of a tax, and that of what it cost to send them: in proportion
    to what was paid for what is taxed."""
    weights = [
        (each.subtotal - each.discount) * so for each, so in zip(lines, is_taxed, strict=True)
    ]
    *shares, of_shipping = spread(tax, [*weights, shipping])
    given = [
        OrderedLine(e.sku, e.title, e.units, e.subtotal, e.discount, share)
        for e, share in zip(lines, shares, strict=True)
    ]
    return given, of_shipping


def currency_of(row: Cells) -> str:
    """Return the currency of an order. Raises NotTaken."""
    currency = row["currency"].lower()
    try:
        scale_of(currency)
    except Invalid:
        raise NotTaken(row.line, f"{row['currency'][:20] or 'nothing'} is no currency.") from None
    return currency


def amount_of(row: Cells, thing: str, currency: str) -> int:
    """Return an amount of a row, zero where there is none. Raises NotTaken."""
    if not row[thing]:
        return 0
    text = price_text(row[thing], row.line)
    try:
        return parse_amount_or_zero(text, currency, thing)
    except Invalid as refusal:
        raise NotTaken(row.line, str(refusal)) from None


def units_in(row: Cells, thing: str) -> int:
    """Return how many were ordered. Raises NotTaken."""
    found = re.fullmatch(r"([0-9]{1,12})(?:[.,]0*)?", row[thing])
    units = int(found[1]) if found else 0
    if not 1 <= units <= UNITS_MAX:
        raise NotTaken(row.line, f"{row[thing][:20] or 'nothing'} is no number of units.")
    return units


def time_of(row: Cells, thing: str) -> int | None:
    """Return a moment, in microseconds, that of a time without its zone in UTC. Raises NotTaken."""
    if not row[thing]:
        return None
    try:
        at = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", row[thing].replace(" UTC", "+00:00")))
        return microseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise NotTaken(row.line, f"{row[thing][:40]} is no time as 2026-02-28 17:30:00.") from None


def placed_of(row: Cells, thing: str) -> int:
    """Return when an order was placed. Raises NotTaken."""
    placed = time_of(row, thing)
    if placed is None:
        raise NotTaken(row.line, "it does not say when it was placed.")
    return placed


def email_of(row: Cells, thing: str, remarks: list[Remark]) -> str | None:
    """Return an e-mail address, if it is one."""
    if not row[thing]:
        return None
    try:
        return check_email(row[thing])
    except Invalid:
        remarks.append(Remark(row.line, "e-mail address left out: it is none"))
        return None


def address_of(row: NamedCells, what: str, remarks: list[Remark]) -> PostalAddress | None:
    """Return an address that can be one: its cells are called so after what it is for."""
    cells: Mapping[str, str] = {each: clean_line(row[f"{what}{each}"]) for each in ADDRESS}
    if not any(cells.values()):
        return None
    name = cells["name"] or cells["company"]
    lines = [cells["company"] if cells["name"] else "", cells["address 1"], cells["address 2"]]
    address = PostalAddress(
        name=name[:TEXT_MAX],
        country=cells["country"].upper(),
        address=[each[:TEXT_MAX] for each in lines if each],
        postal_code=cells["postal code"].removeprefix("'")[:TEXT_MAX] or None,
        city=cells["city"][:TEXT_MAX] or None,
        region=cells["region"][:TEXT_MAX] or None,
    )
    try:
        check_address(address)
    except Invalid:
        remarks.append(Remark(row.line, "address left out: it has no name or no country"))
        return None
    return address


def title_of(text: str) -> str:
    """Return what a line is called, in one line."""
    return clean_line(text)[:TEXT_MAX]


def one_of(row: Cells, thing: str, meanings: Mapping[str, str]) -> str:
    """Return what a cell means by a table of them. Raises NotTaken."""
    written = row[thing].casefold()
    if written not in meanings:
        raise NotTaken(row.line, f'the {thing} "{row[thing][:40]}" is not known.')
    return meanings[written]

"""The past terms: what a past order came to, as the terms of an order, exact to the unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from ledger.invoices.item import STANDARD
from ledger.invoices.tax_rates import WHOLE, AppliedTax, TaxPlace
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.shares import half_even
from ledger.ordering.contact import Contact
from ledger.ordering.order_status import SOLD, OrderStatus
from ledger.ordering.order_terms import OrderTerms, PlacedLine, PlacedShipping
from ledger.pricing.order_price import Step, StepKind
from ledger.pricing.stacking import Stacking

NO_SKU = ""
"""Of a line of which it is not known what was sold."""

_Taxed: TypeAlias = Callable[[int, int], AppliedTax | None]

METHOD = "imported"
"""What a past order was sent by."""


class PastLine(msgspec.Struct, frozen=True):
    """What was ordered: so many units of a SKU, what they came to before `discount`, and the
    `tax`."""

    sku: str
    units: int
    subtotal: int
    discount: int = 0
    tax: int = 0


class PastShipping(msgspec.Struct, frozen=True):
    """What it cost to send it, by what."""

    name: str
    amount: int
    tax: int = 0


class PastContact(Contact, frozen=True, kw_only=True, omit_defaults=True):
    """Who it was for, and what its lines are called: the content of its erasable text."""

    titles: list[str] = msgspec.field(default_factory=list)


def past_terms(
    source: str,
    currency: str,
    lines: Sequence[PastLine],
    shipping: PastShipping | None,
    ship_to: TaxPlace | None,
    *,
    is_tax_included: bool,
) -> OrderTerms:
    """Return what an order came to. `source`: where it was placed; `ship_to`: where it went, and
    was taxed. Raises Invalid where a line comes to less than nothing, or all to more than can be
    held."""
    country = ship_to.country if ship_to else ""

    def taxed(tax: int, total: int) -> AppliedTax | None:
        return _applied(source, country, tax, total, is_included=is_tax_included)

    placed = [_line(id, each, taxed) for id, each in enumerate(lines, start=1)]
    sent = None
    if shipping is not None:
        by = taxed(shipping.tax, shipping.amount)
        sent = PlacedShipping(
            id=len(placed) + 1,
            method=METHOD,
            name=shipping.name,
            amount=shipping.amount,
            to_pay=_to_pay(shipping.amount, shipping.tax, by),
            tax=shipping.tax,
            taxed_by=by,
        )
    terms = OrderTerms(
        currency=currency,
        lines=placed,
        stacking=Stacking.SEQUENTIAL,
        subtotal=sum(each.subtotal for each in placed),
        discount=sum(each.discount for each in placed),
        total=sum(each.total for each in placed),
        to_pay=sum(each.to_pay for each in placed) + (sent.to_pay if sent else 0),
        tax=sum(each.tax for each in placed) + (sent.tax if sent else 0),
        shipping=sent,
        ship_to=ship_to,
    )
    if max(terms.subtotal, terms.to_pay, terms.tax) > AMOUNT_MAX:
        raise Invalid("the order comes to more than the ledger can hold.", field="lines")
    return terms


def is_sold(status: OrderStatus) -> bool:
    """Tell whether something was sold by a past order: it was neither pending nor cancelled."""
    return status in SOLD or status is OrderStatus.REFUNDED


def _line(id: int, line: PastLine, taxed: _Taxed) -> PlacedLine:
    total = line.subtotal - line.discount
    if total < 0:
        raise Invalid(
            f"line {id} comes to less than nothing: its discount is at most its subtotal.",
            field="lines",
        )
    steps = [Step(StepKind.BASE_PRICE, METHOD, "price", line.subtotal, line.subtotal)]
    if line.discount:
        steps.append(Step(StepKind.ORDER_PROMOTION, METHOD, "discount", -line.discount, total))
    by = taxed(line.tax, total)
    return PlacedLine(
        id=id,
        sku=line.sku,
        units=line.units,
        unit_price=line.subtotal // line.units,
        price_of=METHOD,
        price_version=0,
        steps=steps,
        subtotal=line.subtotal,
        discount=line.discount,
        total=total,
        to_pay=_to_pay(total, line.tax, by),
        tax=line.tax,
        taxed_by=by,
    )


def _applied(
    source: str, country: str, tax: int, total: int, *, is_included: bool
) -> AppliedTax | None:
    """Return the rate that a tax comes to; of whose rates it was is not known."""
    if not tax:
        return None
    if is_included and tax > total:
        raise Invalid("a tax within prices is at most what was paid.", field="lines")
    net = total - tax if is_included else total
    return AppliedTax(
        name="tax",
        country=country,
        category=STANDARD,
        rate=half_even(tax * WHOLE, net) if net else 0,
        org=source,
        version=0,
        is_included=is_included,
    )


def _to_pay(total: int, tax: int, by: AppliedTax | None) -> int:
    return total if by is not None and by.is_included else total + tax

"""The terms of an order: its lines, prices and promotions as they were when it was placed, which
nothing changes any more."""

from __future__ import annotations

import msgspec

from ledger.invoices.bill import InvoiceLine
from ledger.pricing.order_price import LinePrice, Step, StepKind
from ledger.pricing.order_total import OrderTotal
from ledger.pricing.stacking import Stacking


class PlacedLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """So many units of a SKU, and what they came to: `subtotal - discount = total`.

    `id` names the line in its order, for ever. `steps`: all that made the total, with the line's
    exact shares of what was taken off the order; `to_pay`: with its `tax`, and at most goes back.
    `price_of` and
    `price_version`: which published price it began with.
    """

    id: int
    sku: str
    units: int
    unit_price: int
    price_of: str
    price_version: int
    steps: list[Step]
    subtotal: int
    discount: int
    total: int
    to_pay: int
    item: str | None = None
    item_type: str | None = None
    tax: int = 0


class BoughtLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line that is sold: `subtotal - discount = total`."""

    line: int
    sku: str
    units: int
    subtotal: int
    discount: int
    total: int
    item: str | None = None
    item_type: str | None = None


class AppliedPromotion(msgspec.Struct, frozen=True):
    """A promotion that an order has, and what it took off in all."""

    promotion: str
    amount: int


class OrderTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was agreed, in smallest units of the currency: `subtotal - discount = total`, and what
    there is `to_pay`. `stacking`: by which rule promotions were taken off; `group` and
    `price_list`: of whose prices these are."""

    currency: str
    lines: list[PlacedLine]
    stacking: Stacking
    subtotal: int
    discount: int
    total: int
    to_pay: int
    promotions: list[AppliedPromotion] = []
    group: str | None = None
    price_list: str | None = None
    tax: int = 0

    @property
    def units(self) -> dict[str, int]:
        """How many units of each SKU."""
        counted: dict[str, int] = {}
        for line in self.lines:
            counted[line.sku] = counted.get(line.sku, 0) + line.units
        return counted


def terms_of(
    total: OrderTotal,
    promotions: list[AppliedPromotion],
    currency: str,
    group: str | None,
    price_list: str | None,
) -> OrderTerms:
    """Return what an order comes to as it is agreed from now on."""
    price, bill = total.price, total.bill
    lines = zip(price.lines, bill.lines, strict=True)
    return OrderTerms(
        currency=currency,
        lines=[_line(number, *each) for number, each in enumerate(lines, start=1)],
        stacking=price.stacking,
        subtotal=price.subtotal,
        discount=price.discount,
        total=price.total,
        to_pay=bill.total,
        tax=bill.tax,
        promotions=promotions,
        group=group,
        price_list=price_list,
    )


def bought_lines(terms: OrderTerms) -> list[BoughtLine]:
    """Return the lines of an order as they are sold."""
    return [
        BoughtLine(
            each.id,
            each.sku,
            each.units,
            each.subtotal,
            each.discount,
            each.total,
            each.item,
            each.item_type,
        )
        for each in terms.lines
    ]


def _line(id: int, priced: LinePrice, billed: InvoiceLine) -> PlacedLine:
    discount = -sum(step.delta for step in priced.steps if step.kind in _OF_PROMOTIONS)
    return PlacedLine(
        id=id,
        sku=priced.line.sku,
        units=priced.line.units,
        unit_price=priced.found.price.amount,
        price_of=priced.found.subject,
        price_version=priced.found.version,
        steps=priced.steps,
        subtotal=priced.total + discount,
        discount=discount,
        total=priced.total,
        to_pay=billed.total,
        tax=billed.tax,
        item=priced.line.item,
        item_type=priced.line.item_type,
    )


_OF_PROMOTIONS = (StepKind.PROMOTION, StepKind.ORDER_PROMOTION)

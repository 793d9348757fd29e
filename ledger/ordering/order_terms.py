"""The terms of an order: its lines, prices and promotions as they were when it was placed, which
nothing changes any more."""

from __future__ import annotations

import msgspec

from ledger.catalogue.benefit import Benefit
from ledger.catalogue.item_type import Kind
from ledger.invoices.bill import InvoiceLine, untaxed
from ledger.invoices.tax_rates import AppliedTax, TaxPlace
from ledger.pricing.asked_order import AskedOrder
from ledger.pricing.order_price import LinePrice, Step
from ledger.pricing.order_total import OrderTotal
from ledger.pricing.stacking import Stacking


class PlacedLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """So many units of a SKU, and what they came to: `subtotal - discount = total`.

    `id` names the line in its order, for ever. `steps`: all that made the total, with the line's
    exact shares of what was taken off the order; `to_pay`: that with its `tax`, which at most goes
    back. `price_of` and `price_version`: which published price it began with. `kind`: how it is
    fulfilled; `benefit`: what each unit gives that is no parcel; `slot`: that of an
    appointment; `from_location` and `to_location`: those of an internal transfer.
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
    taxed_by: AppliedTax | None = None
    kind: Kind | None = None
    benefit: Benefit | None = None
    slot: str | None = None
    from_location: str | None = None
    to_location: str | None = None

    @property
    def is_transferred(self) -> bool:
        """Whether it moves what the org has from one of its locations to another."""
        return self.from_location is not None


class PlacedShipping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By which method an order is sent, what that costs, and what there is `to_pay` for it with its
    `tax`. `id`: of its line, the last one."""

    id: int
    method: str
    name: str
    amount: int
    to_pay: int
    tax: int = 0
    taxed_by: AppliedTax | None = None


class BoughtLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line that is sold, or sending it: `subtotal - discount = total`, as its price says. `tax`:
    of what there is to pay for it; `price_tax`, `discount_tax`: what of `total` and of `discount`
    is tax, where prices have it within them."""

    line: int
    sku: str
    units: int
    subtotal: int
    discount: int
    total: int
    item: str | None = None
    item_type: str | None = None
    tax: int = 0
    price_tax: int = 0
    discount_tax: int = 0

    @property
    def net(self) -> int:
        """What it comes to without tax."""
        return self.total - self.price_tax

    @property
    def net_discount(self) -> int:
        """What promotions took off, without tax."""
        return self.discount - self.discount_tax


class AppliedPromotion(msgspec.Struct, frozen=True):
    """A promotion that an order has, and what it took off in all."""

    promotion: str
    amount: int


class OrderTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was agreed, in smallest units of the currency: `subtotal - discount = total` of the
    lines, and what there is `to_pay` with `shipping` and every `tax`. `stacking`: by which rule
    promotions were taken off; `group` and `price_list`: of whose prices these are; `ship_to`: where
    it goes, and is taxed."""

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
    shipping: PlacedShipping | None = None
    ship_to: TaxPlace | None = None

    @property
    def units(self) -> dict[str, int]:
        """How many units of each SKU."""
        counted: dict[str, int] = {}
        for line in self.lines:
            counted[line.sku] = counted.get(line.sku, 0) + line.units
        return counted


def terms_of(
    total: OrderTotal, promotions: list[AppliedPromotion], order: AskedOrder
) -> OrderTerms:
    """Return what an order comes to as it is agreed from now on."""
    price, bill = total.price, total.bill
    lines = zip(price.lines, bill.lines, strict=False)
    return OrderTerms(
        currency=order.currency,
        lines=[_line(number, *each) for number, each in enumerate(lines, start=1)],
        stacking=price.stacking,
        subtotal=price.subtotal,
        discount=price.discount,
        total=price.total,
        to_pay=bill.total,
        tax=bill.tax,
        promotions=promotions,
        group=order.group,
        price_list=order.price_list,
        shipping=_shipping(total),
        ship_to=order.ship_to,
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
            each.tax,
            _within(each.tax, each.taxed_by),
            each.discount - untaxed(each.discount, each.taxed_by),
        )
        for each in terms.lines
    ]


def bought_shipping(terms: OrderTerms) -> BoughtLine | None:
    """Return what sending an order is sold for, if it is sent: one unit of its method."""
    sent = terms.shipping
    if sent is None:
        return None
    return BoughtLine(
        sent.id,
        sent.method,
        1,
        sent.amount,
        0,
        sent.amount,
        tax=sent.tax,
        price_tax=_within(sent.tax, sent.taxed_by),
    )


def _within(tax: int, taxed_by: AppliedTax | None) -> int:
    """Return what of a price is tax."""
    return tax if taxed_by is not None and taxed_by.is_included else 0


def _line(id: int, priced: LinePrice, billed: InvoiceLine) -> PlacedLine:
    discount = -sum(step.delta for step in priced.steps if step.kind.is_promotion)
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
        taxed_by=billed.taxed_by,
        item=priced.line.item,
        item_type=priced.line.item_type,
        kind=priced.line.kind,
        benefit=priced.line.benefit,
        slot=priced.line.slot,
        from_location=priced.line.from_location,
        to_location=priced.line.to_location,
    )


def _shipping(total: OrderTotal) -> PlacedShipping | None:
    shipping, billed = total.shipping, total.billed_shipping
    if shipping is None or billed is None:
        return None
    return PlacedShipping(
        id=len(total.bill.lines),
        method=shipping.method.id,
        name=shipping.method.name,
        amount=shipping.amount,
        to_pay=billed.total,
        tax=billed.tax,
        taxed_by=billed.taxed_by,
    )

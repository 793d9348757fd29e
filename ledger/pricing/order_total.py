"""The order total: what there is to pay for an order, with its shipping and its taxes.

Amounts are integers of the smallest unit of the order's currency.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ledger.invoices.bill import Bill, InvoiceLine, Rounding, TaxOf, bill_of
from ledger.invoices.item import STANDARD, Draft, Item, Source
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX
from ledger.pricing.asked_order import AskedOrder
from ledger.pricing.order_price import LinePrice, OrderPrice
from ledger.pricing.shipping_method import ShippedGoods, ShippingMethod, goods_of


class ShippingPrice(msgspec.Struct, frozen=True):
    """What it costs to send an order by a method."""

    method: ShippingMethod
    amount: int


class OrderTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What an order comes to. `bill` has a line for each of the order's, in its order, and a last
    one for `shipping`, if there is one: `subtotal + tax = total`. `offers`: by which methods it may
    be sent."""

    price: OrderPrice
    offers: list[ShippingPrice]
    shipping: ShippingPrice | None
    bill: Bill
    is_sent: bool
    """Whether there are goods to send, and methods to send them by."""

    def check_sent(self) -> None:
        """Raise Invalid where an order that is sent does not say how."""
        if self.is_sent and self.shipping is None:
            names = ", ".join(each.method.id for each in self.offers)
            why = f"it is sent by one of {names}" if names else "no method fits it"
            raise Invalid(f"shipping is required: {why}.", field="shipping")

    @property
    def total(self) -> int:
        """What there is to pay."""
        return self.bill.total

    @property
    def billed_shipping(self) -> InvoiceLine | None:
        """The line of its shipping."""
        return None if self.shipping is None else self.bill.lines[-1]


def total_of(
    order: AskedOrder,
    price: OrderPrice,
    methods: Sequence[ShippingMethod],
    tax_of: TaxOf,
    rounding: Rounding,
    *,
    ships_free: bool,
) -> OrderTotal:
    """Return what an order comes to by the methods of its org and by taxes. Raises Invalid where
    the method that it asks for cannot be."""
    goods = goods_of(price.lines)
    offers = _offers(order, goods, methods, ships_free=ships_free)
    shipping = _chosen(order, goods, offers)
    items = [_item(each) for each in price.lines]
    if shipping is not None:
        items.append(_shipping_item(shipping))
    bill = bill_of(Draft(user="", currency=order.currency, items=items), tax_of, rounding)
    if bill.total > AMOUNT_MAX:
        raise Invalid("lines come to more than the ledger can hold.", field="lines")
    is_sent = bool(goods.units and methods)
    return OrderTotal(price=price, offers=offers, shipping=shipping, bill=bill, is_sent=is_sent)


def _offers(
    order: AskedOrder, goods: ShippedGoods, methods: Sequence[ShippingMethod], *, ships_free: bool
) -> list[ShippingPrice]:
    """Return by which methods an order may be sent, and for how much, those first that are to
    be."""
    if not goods.units:
        return []
    fitting = [each for each in methods if each.fits(order, goods)]
    return [
        ShippingPrice(each, 0 if ships_free else each.price_of(goods))
        for each in sorted(fitting, key=lambda each: each.place)
    ]


def _chosen(
    order: AskedOrder, goods: ShippedGoods, offers: Sequence[ShippingPrice]
) -> ShippingPrice | None:
    """Return the method that an order asks for. Raises Invalid where it cannot be sent so."""
    if order.shipping is None:
        return None
    if not goods.units:
        raise Invalid("nothing of the order is sent: leave shipping out.", field="shipping")
    found = next((each for each in offers if each.method.id == order.shipping), None)
    if found is None:
        names = ", ".join(each.method.id for each in offers) or "no method fits it"
        raise Invalid(f"the order is not sent by {order.shipping}: {names}.", field="shipping")
    return found


def _item(priced: LinePrice) -> Item:
    line = priced.line
    return Item(
        source=Source.ORDER,
        text=f"{line.units} x {line.sku}",
        amount=priced.total,
        category=line.tax_category or STANDARD,
        of=line.sku,
    )


def _shipping_item(shipping: ShippingPrice) -> Item:
    method = shipping.method
    return Item(
        source=Source.ORDER,
        text=method.name,
        amount=shipping.amount,
        category=method.tax_category or STANDARD,
        of=method.id,
    )

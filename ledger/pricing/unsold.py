"""Unsold: why lines of an order cannot be sold now, those of each SKU for themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from ledger.kernel.errors import Invalid
from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.pricing.base_price import PublishedPrices
from ledger.pricing.modifier import Modifier
from ledger.pricing.order_price import price_lines
from ledger.pricing.sold_as import SoldAs, as_sold


class Unsold(NamedTuple):
    """Why SKUs cannot be sold, of those that cannot, and the lines of all others as the catalogue
    says them."""

    why: dict[str, str]
    sold: list[OrderLine]


def unsold_of(
    order: AskedOrder,
    known: Mapping[str, SoldAs],
    published: Mapping[str, PublishedPrices],
    modifiers: Sequence[Modifier],
) -> Unsold:
    """Return what of an order cannot be sold."""
    found = Unsold({}, [])
    for sku in order.units:
        alone = [line for line in order.lines if line.sku == sku]
        try:
            sold = as_sold(msgspec.structs.replace(order, lines=alone), known)
            price_lines(sold, published, modifiers)
        except Invalid as refusal:
            found.why[sku] = refusal.detail
        else:
            found.sold.extend(sold.lines)
    return found

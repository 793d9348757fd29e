"""Unsold: why lines of an order cannot be sold now, each for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ledger.kernel.errors import Invalid
from ledger.pricing.asked_order import AskedOrder
from ledger.pricing.base_price import PublishedPrices
from ledger.pricing.modifier import Modifier
from ledger.pricing.order_price import price_lines
from ledger.pricing.sold_as import SoldAs, as_sold


def unsold_of(
    order: AskedOrder,
    known: Mapping[str, SoldAs],
    published: Mapping[str, PublishedPrices],
    modifiers: Sequence[Modifier],
) -> dict[str, str]:
    """Return why SKUs of an order that has each once cannot be sold, of those that cannot."""
    found = {}
    for line in order.lines:
        alone = msgspec.structs.replace(order, lines=[line])
        try:
            price_lines(as_sold(alone, known), published, modifiers)
        except Invalid as refusal:
            found[line.sku] = refusal.detail
    return found

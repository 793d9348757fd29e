"""Unsold lines: what of an order cannot be sold now, asked where a quote was refused."""

from __future__ import annotations

from api.queries.catalogue.skus import sold_as_asked
from api.queries.pricing.prices import modifiers_in, subject_prices
from api.queries.reader import Reader
from ledger.pricing.asked_order import ITEM, AskedOrder
from ledger.pricing.sold_as import SoldAs
from ledger.pricing.unsold import Unsold, unsold_of


async def unsold_lines(reader: Reader, org: str, order: AskedOrder) -> Unsold:
    """Return what of an order cannot be sold now, and why."""
    subjects = sorted({each for line in order.lines for each in line.subjects})
    known, prices, modifiers = await reader.all(
        org,
        sold_as_asked(org, sorted(order.units)),
        ("pricing/prices_of_lines", {"org": org, "ids": subjects, "item": ITEM}),
        ("pricing/modifiers", {"org": org}),
    )
    sold_as = {row["sku"]: SoldAs.of(row) for row in known}
    return unsold_of(order, sold_as, dict(map(subject_prices, prices)), modifiers_in(modifiers))

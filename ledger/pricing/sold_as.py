"""Sold as: what the catalogue says of a SKU that is to be priced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from ledger.kernel.errors import Invalid
from ledger.pricing.asked_order import AskedOrder, OrderLine


class SoldAs(NamedTuple):
    """The catalogue item that a SKU is a variant of, of which type, and whether it can be sold
    now."""

    item: str
    item_type: str
    is_sold: bool


def as_sold(order: AskedOrder, known: Mapping[str, SoldAs]) -> AskedOrder:
    """Return an order with what the catalogue says of its lines; a SKU that it does not know is
    what the line says. Raises Invalid, which names the line."""
    lines = [
        _line(place, line, known[line.sku]) if line.sku in known else line
        for place, line in enumerate(order.lines)
    ]
    return msgspec.structs.replace(order, lines=lines)


def _line(place: int, line: OrderLine, sold: SoldAs) -> OrderLine:
    if not sold.is_sold:
        raise Invalid(f"{line.sku} is not sold now.", field=f"lines.{place}.sku")
    for name, sent, known in (
        ("item", line.item, sold.item),
        ("item_type", line.item_type, sold.item_type),
    ):
        if sent not in (None, known):
            field = f"lines.{place}.{name}"
            raise Invalid(f"{field} must be {known}, or left out: {line.sku} is.", field=field)
    return msgspec.structs.replace(line, item=sold.item, item_type=sold.item_type)

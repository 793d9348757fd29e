"""Sold as: what the catalogue says of a SKU that is to be priced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from ledger.catalogue.benefit import DEFINED, Benefit
from ledger.catalogue.item_type import Kind
from ledger.kernel.decoding import converted
from ledger.kernel.errors import Invalid
from ledger.pricing.asked_order import AskedOrder, OrderLine


class SoldAs(NamedTuple):
    """The catalogue item that a SKU is a variant of, of which type and kind, its tax category, what
    a unit weighs in grams, whether it can be sold now, and what a unit gives that is no parcel."""

    item: str
    item_type: str
    kind: Kind
    tax_category: str
    weight: int | None
    is_sold: bool
    benefit: Benefit | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> SoldAs:
        """Return what a row says."""
        known = {name: row[name] for name in cls._fields}
        benefit = None if row["benefit"] is None else converted(row["benefit"], Benefit)
        return cls(**known | {"kind": Kind(row["kind"]), "benefit": benefit})


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
    if sold.kind in DEFINED and sold.benefit is None:
        raise Invalid(
            f"it is not said yet what {line.sku} gives: PUT /v1/catalogue/skus/{line.sku}/benefit.",
            field=f"lines.{place}.sku",
        )
    known = {name: value for name, value in sold._asdict().items() if name != "is_sold"}
    for name, value in known.items():
        if getattr(line, name) not in (None, value):
            field = f"lines.{place}.{name}"
            right = "left out" if value is None else f"{value}, or left out"
            raise Invalid(f"{field} must be {right}: {line.sku} is of the catalogue.", field=field)
    return msgspec.structs.replace(line, **known)

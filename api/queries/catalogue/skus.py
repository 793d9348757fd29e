"""SKUs: what each means, in one read by org and SKU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from api.queries.reader import Reader
from ledger.catalogue.item_type import Kind
from ledger.catalogue.variant import Variant
from ledger.kernel.decoding import converted


class SkuRow(msgspec.Struct, frozen=True):
    """A SKU: a variant of an item. `offered`: whether the item still has it; `published`: whether
    it can be sold now."""

    sku: str
    item: str
    kind: Kind
    tax_category: str
    oversell: bool
    offered: bool
    published: bool
    variant: Variant


async def sku_row(reader: Reader, org: str, sku: str) -> SkuRow | None:
    """Return what a SKU of an org means."""
    row = await reader.row(org, "catalogue/sku", {"org": org, "sku": sku})
    return None if row is None else converted(row, SkuRow)


async def skus_of_item(reader: Reader, org: str, item: str) -> list[SkuRow]:
    """Return every SKU that an item ever had."""
    rows = await reader.rows(org, "catalogue/skus_of_item", {"org": org, "item": item})
    return [converted(row, SkuRow) for row in rows]


def sold_as_asked(org: str, skus: Sequence[str]) -> tuple[str, Mapping[str, object]]:
    """Return the question of which item each SKU is, of which type, and whether it is sold now, for
    who asks more in the same round trip."""
    return "catalogue/sold_as", {"org": org, "skus": skus}

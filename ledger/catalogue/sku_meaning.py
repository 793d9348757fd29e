"""The SKU meaning: what a SKU is for whoever prices it, keeps it in stock or sells it."""

from __future__ import annotations

from typing import NamedTuple

from ledger.catalogue.item_type import Kind
from ledger.catalogue.variant import Variant


class SkuMeaning(NamedTuple):
    """A variant of an item that is fulfilled and taxed so. `published`: whether it can be sold
    now."""

    item: str
    variant: Variant
    kind: Kind
    tax_category: str
    published: bool

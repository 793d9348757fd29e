"""The asked order: lines of SKUs, for whom, in which currency and when, as it is priced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

import msgspec

from ledger.catalogue.benefit import Benefit
from ledger.catalogue.item_type import Kind
from ledger.invoices.tax_rates import TaxPlace

ITEM = "item/"
"""How the subject of a price begins that is of a catalogue item as a whole: no SKU has a slash."""

DEFAULT_LIST = "default"
"""How the price list is called that has no name: it holds for every order."""


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """So many units of a SKU. `item` is the catalogue item that it is a variant of, `item_type` of
    which type that is, `kind` how it is fulfilled, `tax_category` by which rates it is taxed and
    `weight` what a unit weighs in grams, as far as they are known; `benefit`: what the catalogue
    says that a unit gives; `slot`: which of a calendar, where it is an appointment;
    `from_location` and `to_location`: where an internal transfer moves it."""

    sku: str
    units: int
    item: str | None = None
    item_type: str | None = None
    kind: Kind | None = None
    tax_category: str | None = None
    weight: int | None = None
    benefit: Benefit | None = None
    slot: str | None = None
    from_location: str | None = None
    to_location: str | None = None

    @property
    def is_shipped(self) -> bool:
        """Whether a parcel is sent of it; what is not known is taken for goods."""
        return self.kind in (None, Kind.PHYSICAL)

    @property
    def subjects(self) -> list[str]:
        """What a price may be of that it has: its own comes before that of its item."""
        return [self.sku, *([ITEM + self.item] if self.item is not None else [])]

    @property
    def rank(self) -> tuple[str, str, str, int]:
        """Where it stands among others, however they are sent: what is left over of shares goes by
        it, so that the order of lines changes no total."""
        return self.sku, self.item or "", self.item_type or "", self.units


class AskedOrder(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Lines, and what prices depend on beside them. `group`: of customers; `at_us`: when;
    `ship_to`: where it goes, and is taxed; `shipping`: the method by which."""

    lines: list[OrderLine]
    currency: str
    at_us: int
    group: str | None = None
    price_list: str | None = None
    ship_to: TaxPlace | None = None
    shipping: str | None = None

    @cached_property
    def units(self) -> Mapping[str, int]:
        """How many of each SKU: two lines of five are as one of ten."""
        counted: Counter[str] = Counter()
        for line in self.lines:
            counted[line.sku] += line.units
        return counted

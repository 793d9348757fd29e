"""Checks of the catalogue: a slug and a SKU are one item's, a SKU means the same for ever, and
custom fields are as the type of the item had them when they were recorded."""

from __future__ import annotations

from ledger.catalogue.catalogue_item import CatalogueItem
from ledger.catalogue.custom_fields import check_fields
from ledger.catalogue.item_type import ItemType
from ledger.catalogue.item_type_book import ItemTypeBook
from ledger.catalogue.variant import Variant
from ledger.inspection import Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import name_of
from ledger.kernel.report import Report
from ledger.ports import RecordedEvent

Named = tuple[str, str]
"""An org, and the id of something of it."""


class CatalogueInspection(Inspection):
    """Follows what each slug and SKU of an org is, and the versions of its item types."""

    KINDS = WHOLE = ("catalogue",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._types: dict[Named, ItemType] = {}
        self._type_of: dict[Named, str] = {}
        self._slugs: dict[Named, str] = {}
        self._skus: dict[Named, tuple[str, Variant]] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        named = event.org, name_of(fact.originator_id)
        match fact:
            case ItemTypeBook.ItemTypeOpened():
                self._types[named] = ItemType(named[1], 0, fact.kind, {})
            case ItemTypeBook.ItemTypePublished():
                self._see_type(event, named, fact)
            case CatalogueItem.ItemCreated():
                self._see_created(event, named, fact)
            case CatalogueItem.ItemDescribed():
                self._see_described(event, named, fact)
            case CatalogueItem.VariantsDefined():
                for variant in fact.variants:
                    self._see_variant(event, named, variant)

    def _see_type(
        self, event: RecordedEvent, named: Named, fact: ItemTypeBook.ItemTypePublished
    ) -> None:
        before = self._types.get(named)
        is_next = before is not None and fact.type_version == before.version + 1
        self._check(event, is_next, "the item type is not the version after the one before")
        if before is not None:
            self._types[named] = ItemType(named[1], fact.type_version, before.kind, fact.schema)

    def _see_created(
        self, event: RecordedEvent, named: Named, fact: CatalogueItem.ItemCreated
    ) -> None:
        self._type_of[named] = fact.type
        first = self._slugs.setdefault((event.org, fact.slug), named[1])
        self._check(event, first == named[1], f"the slug {fact.slug} is the item's {first}")
        of_type = self._types.get((event.org, fact.type))
        is_so = of_type is not None and of_type.kind == fact.kind
        self._check(event, is_so, f"the item is not fulfilled as its type {fact.type} is")

    def _see_described(
        self, event: RecordedEvent, named: Named, fact: CatalogueItem.ItemDescribed
    ) -> None:
        of_type = self._types.get((event.org, self._type_of.get(named, "")))
        if of_type is None or of_type.version != fact.type_version:
            self._check(event, False, f"its type has no version {fact.type_version} by then")
            return
        try:
            check_fields(fact.details.fields, of_type.schema, "fields")
        except Invalid as invalid:
            self._check(event, False, f"the custom fields are not as its type has them: {invalid}")
        else:
            self._check(event, True, "")

    def _see_variant(self, event: RecordedEvent, named: Named, variant: Variant) -> None:
        place = event.org, variant.sku
        item, first = self._skus.setdefault(place, (named[1], variant))
        self._check(event, item == named[1], f"the SKU {variant.sku} is the item's {item}")
        is_same = first.meaning == variant.meaning
        self._check(event, is_same, f"the SKU {variant.sku} means something else than before")

    def _check(self, event: RecordedEvent, holds: bool, what: str) -> None:
        self.report["catalogue"].checked += 1
        self._expect(event, holds, what)

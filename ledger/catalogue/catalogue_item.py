"""The catalogue item: something an org sells, in variants, and whether it is to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.catalogue.custom_fields import check_fields
from ledger.catalogue.details import ItemDetails, check_details
from ledger.catalogue.item_state import ItemState
from ledger.catalogue.item_type import ItemType, Kind
from ledger.catalogue.sku_meaning import SkuMeaning
from ledger.catalogue.variant import Option, Variant, check_variants
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.limits import SKUS_PER_ITEM_MAX
from ledger.kernel.rows import TableRow

ITEM_STREAM = "item"
CATALOGUE_ITEMS, CATALOGUE_SKUS = "catalogue_items", "catalogue_skus"
"""The tables of what items are now, and of what their SKUs mean."""

SLUGS, SKUS = "slug", "sku"
"""The key spaces of what is an item's for ever."""


class CatalogueItem(LedgerAggregate):
    """One item. What a SKU of it has once meant is kept, also when no variant has it any more."""

    TOPIC: ClassVar[str] = "catalogue.CatalogueItem"
    STREAM: ClassVar[str] = f"{ITEM_STREAM}/"

    def __init__(self, type: str, kind: Kind, slug: str) -> None:
        self.type, self.kind, self.slug = type, kind, slug
        self.type_version = 0
        self.state_of_item = ItemState.DRAFT
        self.details = ItemDetails({}, {}, "", [], [])
        self.options: list[Option] = []
        self.variants: list[Variant] = []
        self.skus: dict[str, Variant] = {}
        """Every SKU that it ever had, and the variant as it was last."""

    class Event(LedgerAggregate.Event):
        """Base of a catalogue item's facts."""

    class ItemCreated(Event, FirstFact):
        """There is to be an item of this type, found by this name."""

        TOPIC: ClassVar[str] = "catalogue.ItemCreated"
        type: str
        kind: Kind
        slug: str

        def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
            slug = KeyRow(slug_key(org, self.slug), sequence, 0, "")
            return [*super().keys(org, command, sequence), slug]

    class ItemDescribed(Event):
        """It says this of itself; its custom fields are as that version of its type has them."""

        TOPIC: ClassVar[str] = "catalogue.ItemDescribed"
        fingerprint: str
        type_version: int
        details: ItemDetails

        def apply(self, aggregate: CatalogueItem) -> None:
            aggregate.type_version, aggregate.details = self.type_version, self.details

    class VariantsDefined(Event):
        """These are its options and variants; `added`: the SKUs that it did not have before."""

        TOPIC: ClassVar[str] = "catalogue.VariantsDefined"
        fingerprint: str
        options: list[Option]
        variants: list[Variant]
        added: list[str]

        def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
            added = [KeyRow(sku_key(org, sku), sequence, 0, "") for sku in self.added]
            return [*super().keys(org, command, sequence), *added]

        def apply(self, aggregate: CatalogueItem) -> None:
            aggregate.options, aggregate.variants = self.options, self.variants
            aggregate.skus |= {each.sku: each for each in self.variants}

    class ItemPublished(Event):
        """It is to be seen and sold from now on."""

        TOPIC: ClassVar[str] = "catalogue.ItemPublished"
        fingerprint: str

        def apply(self, aggregate: CatalogueItem) -> None:
            aggregate.state_of_item = ItemState.PUBLISHED

    class ItemArchived(Event):
        """It is neither seen nor sold any more."""

        TOPIC: ClassVar[str] = "catalogue.ItemArchived"
        fingerprint: str

        def apply(self, aggregate: CatalogueItem) -> None:
            aggregate.state_of_item = ItemState.ARCHIVED

    @classmethod
    def create(cls, org: str, item: str, type: ItemType, slug: str, at: datetime) -> CatalogueItem:
        """Begin an item."""
        return cls._create(
            cls.ItemCreated,
            id=item_id(org, item),
            timestamp=at,
            type=type.id,
            kind=type.kind,
            slug=slug,
        )

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        item, offered = name_of(self.id), {each.sku for each in self.variants}
        columns = {
            "org": org,
            "id": item,
            "slug": self.slug,
            "type": self.type,
            "type_version": self.type_version,
            "kind": self.kind.value,
            "state": self.state_of_item.value,
            "details": msgspec.to_builtins(self.details),
            "options": msgspec.to_builtins(self.options),
            "variants": {each.sku: place for place, each in enumerate(self.variants)},
        }
        yield TableRow(CATALOGUE_ITEMS, columns)
        for sku, variant in self.skus.items():
            of_sku = {
                "org": org,
                "sku": sku,
                "item": item,
                "kind": self.kind.value,
                "tax_category": self.details.tax_category,
                "oversell": variant.oversell,
                "offered": sku in offered,
                "published": sku in offered and self.is_published,
                "variant": msgspec.to_builtins(variant),
            }
            yield TableRow(CATALOGUE_SKUS, of_sku)

    @property
    def is_published(self) -> bool:
        """Whether it is to be seen and sold."""
        return self.state_of_item is ItemState.PUBLISHED

    def is_sold(self, sku: str) -> bool:
        """Tell whether a SKU can be sold now."""
        return self.is_published and any(each.sku == sku for each in self.variants)

    def meaning_of(self, sku: str) -> SkuMeaning:
        """Return what one of its SKUs is."""
        tax_category, published = self.details.tax_category, self.is_sold(sku)
        return SkuMeaning(name_of(self.id), self.skus[sku], self.kind, tax_category, published)

    def describe(
        self, type: ItemType, details: ItemDetails, at: datetime, *, fingerprint: str
    ) -> None:
        """Say this of it. Raises Invalid."""
        check_details(details)
        check_fields(details.fields, type.schema, "fields")
        self.trigger_event(
            self.ItemDescribed,
            timestamp=at,
            fingerprint=fingerprint,
            type_version=type.version,
            details=details,
        )

    def added_skus(self, options: list[Option], variants: list[Variant]) -> list[str]:
        """Return the SKUs that would be new to it with these options and variants. Raises Invalid
        and Conflict."""
        check_variants(options, variants, self.kind)
        for place, variant in enumerate(variants):
            before = self.skus.get(variant.sku)
            if before is not None and before.meaning != variant.meaning:
                raise Conflict(
                    f"the SKU {variant.sku} means {_shown(before)} for ever: give what is other "
                    "a SKU of its own.",
                    field=f"variants.{place}",
                )
        added = [each.sku for each in variants if each.sku not in self.skus]
        if len(self.skus) + len(added) > SKUS_PER_ITEM_MAX:
            raise Conflict(
                f"an item has at most {SKUS_PER_ITEM_MAX} SKUs in all its life: make another item.",
                field="variants",
            )
        return added

    def define(
        self,
        options: list[Option],
        variants: list[Variant],
        added: list[str],
        at: datetime,
        *,
        fingerprint: str,
    ) -> None:
        """Have these options and variants, as they were checked."""
        self.trigger_event(
            self.VariantsDefined,
            timestamp=at,
            fingerprint=fingerprint,
            options=options,
            variants=variants,
            added=added,
        )

    def publish(self, at: datetime, *, fingerprint: str) -> None:
        """Have it seen and sold. Raises Conflict."""
        if self.is_published:
            raise Conflict("the item is published already.", field="item")
        if not self.variants:
            raise Conflict("the item has no variants: define one first.", field="item")
        self.trigger_event(self.ItemPublished, timestamp=at, fingerprint=fingerprint)

    def archive(self, at: datetime, *, fingerprint: str) -> None:
        """Have it neither seen nor sold. Raises Conflict."""
        if self.state_of_item is ItemState.ARCHIVED:
            raise Conflict("the item is archived already.", field="item")
        self.trigger_event(self.ItemArchived, timestamp=at, fingerprint=fingerprint)


def item_id(org: str, item: str) -> str:
    """Return the stream of a catalogue item."""
    return stream_id(org, ITEM_STREAM, item)


def slug_key(org: str, slug: str) -> Key:
    """Return the key that a slug is."""
    return Key(org, SLUGS, slug)


def sku_key(org: str, sku: str) -> Key:
    """Return the key that a SKU is."""
    return Key(org, SKUS, sku)


def _shown(variant: Variant) -> str:
    """Return what a variant means, for people."""
    named: Mapping[str, object] = variant.values | {
        name: value
        for name, value in (("credits", variant.credits), ("plan", variant.plan))
        if value is not None
    }
    return ", ".join(f"{name} {value}" for name, value in named.items()) or "the item itself"

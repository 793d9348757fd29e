"""Catalogue items: `CreateItem`, `DescribeItem`, `DefineVariants`, `PublishItem`, `ArchiveItem`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.catalogue.lookup import find_item, open_category, type_of
from api.commands.command import KeyedCommand
from api.commands.result import CommandResult, PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.catalogue.catalogue_item import CatalogueItem, item_id, sku_key, slug_key
from ledger.catalogue.details import ItemDetails
from ledger.catalogue.local_text import check_slug
from ledger.catalogue.variant import Option, Variant
from ledger.kernel.errors import Conflict
from ledger.kernel.keys import Key


@dataclass(frozen=True)
class CreateItem(KeyedCommand):
    """Begin an item of a type; nobody sees it until it is published. `item` is its id."""

    item: str
    type: str
    slug: str
    details: ItemDetails

    operation: ClassVar[str] = "items"

    def idempotency_keys(self) -> Iterable[Key]:
        return [*super().idempotency_keys(), slug_key(self.org, self.slug)]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        check_slug(self.slug, "slug")
        of_type = type_of(unit, self.org, self.type)
        _check_categories(unit, self.org, self.details)
        slug = slug_key(self.org, self.slug)
        if unit.keys.find(slug) is not None:
            raise Conflict(
                f"the slug {self.slug} is another item's, for ever: take another.", field="slug"
            )
        at = unit.now(self.org)
        item = CatalogueItem.create(self.org, self.item, of_type, self.slug, at)
        item.describe(of_type, self.details, at, fingerprint=self.fingerprint)
        described = unit.record(item, self.actor, self.key)
        unit.claim(slug, CommandResult(described, 0), "")
        return described


@dataclass(frozen=True)
class _OnItem(KeyedCommand):
    """A command that changes an item."""

    item: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(CatalogueItem, item_id(self.org, self.item))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        item = find_item(unit, self.org, self.item)
        self.change(unit, item)
        return unit.record(item, self.actor, self.key)

    def change(self, unit: UnitOfWork, item: CatalogueItem) -> None:
        """Change the item."""
        raise NotImplementedError


@dataclass(frozen=True)
class DescribeItem(_OnItem):
    """Say this of an item, in place of what was said; its custom fields are checked by its type as
    that is now."""

    details: ItemDetails

    operation: ClassVar[str] = "item"

    def change(self, unit: UnitOfWork, item: CatalogueItem) -> None:
        of_type = type_of(unit, self.org, item.type)
        _check_categories(unit, self.org, self.details)
        item.describe(of_type, self.details, unit.now(self.org), fingerprint=self.fingerprint)


@dataclass(frozen=True)
class DefineVariants(_OnItem):
    """Have an item in these variants, and in no others from now on."""

    options: list[Option]
    variants: list[Variant]

    operation: ClassVar[str] = "item variants"

    def must_ask(self, unit: UnitOfWork) -> bool:
        return True

    def idempotency_keys(self) -> Iterable[Key]:
        skus = (sku_key(self.org, each.sku) for each in self.variants)
        return [*super().idempotency_keys(), *skus]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        item = find_item(unit, self.org, self.item)
        added = item.added_skus(self.options, self.variants)
        for place, variant in enumerate(self.variants):
            is_new = variant.sku in added
            if is_new and unit.keys.find(sku_key(self.org, variant.sku)) is not None:
                raise Conflict(
                    f"the SKU {variant.sku} is another item's, for ever: take another.",
                    field=f"variants.{place}.sku",
                )
        at = unit.now(self.org)
        item.define(self.options, self.variants, added, at, fingerprint=self.fingerprint)
        defined = unit.record(item, self.actor, self.key)
        for sku in added:
            unit.claim(sku_key(self.org, sku), CommandResult(defined, 0), "")
        return defined


@dataclass(frozen=True)
class PublishItem(_OnItem):
    """Have an item seen and sold."""

    operation: ClassVar[str] = "item publish"

    def change(self, unit: UnitOfWork, item: CatalogueItem) -> None:
        item.publish(unit.now(self.org), fingerprint=self.fingerprint)


@dataclass(frozen=True)
class ArchiveItem(_OnItem):
    """Have an item neither seen nor sold."""

    operation: ClassVar[str] = "item archive"

    def change(self, unit: UnitOfWork, item: CatalogueItem) -> None:
        item.archive(unit.now(self.org), fingerprint=self.fingerprint)


def _check_categories(unit: UnitOfWork, org: str, details: ItemDetails) -> None:
    for place, category in enumerate(details.categories):
        open_category(unit, org, category, f"categories.{place}")

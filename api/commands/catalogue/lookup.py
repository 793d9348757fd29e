"""Lookup of item types, categories, catalogue items and SKUs."""

from __future__ import annotations

from api.commands.unit_of_work import UnitOfWork
from ledger.catalogue.catalogue_item import CatalogueItem, item_id, sku_key
from ledger.catalogue.category import Category, category_id
from ledger.catalogue.item_type import ItemType
from ledger.catalogue.item_type_book import ItemTypeBook, item_type_id
from ledger.catalogue.sku_meaning import SkuMeaning
from ledger.kernel.errors import Invalid, NotFound


def type_of(unit: UnitOfWork, org: str, item_type: str) -> ItemType:
    """Return an item type as it is now. Refused where there is none of that name."""
    book = unit.get(ItemTypeBook, item_type_id(org, item_type))
    if book is None or book.published is None:
        raise NotFound("there is no item type of that name.", field="type")
    return book.published


def find_item(unit: UnitOfWork, org: str, item: str) -> CatalogueItem:
    """Return a catalogue item. Refused where there is none of that id."""
    found = unit.get(CatalogueItem, item_id(org, item))
    if found is None:
        raise NotFound("there is no catalogue item of that id.", field="item")
    return found


def find_category(unit: UnitOfWork, org: str, slug: str, field: str = "category") -> Category:
    """Return a category. Refused where there is none of that slug."""
    found = unit.get(Category, category_id(org, slug))
    if found is None:
        raise NotFound(f"there is no category {slug}.", field=field)
    return found


def open_category(unit: UnitOfWork, org: str, slug: str, field: str) -> Category:
    """Return a category that something can be put in. Refused where there is none."""
    found = unit.get(Category, category_id(org, slug))
    if found is None or found.archived:
        raise Invalid(f"{field} must be a category that is there and not archived.", field=field)
    return found


def require_sku(unit: UnitOfWork, org: str, sku: str, field: str = "sku") -> SkuMeaning:
    """Return what a SKU is, sold now or not. Refused where no item ever had it.

    A command that asks has `sku_key(org, sku)` among its idempotency keys, and says that it
    `must_ask` unless `unit.keys.remembers` the key: so it is one look-up, with those of its others.
    """
    defined = unit.keys.find(sku_key(org, sku))
    item = unit.get(CatalogueItem, defined.aggregate_id) if defined else None
    if item is None:
        raise NotFound(f"no catalogue item has the SKU {sku}.", field=field)
    return item.meaning_of(sku)

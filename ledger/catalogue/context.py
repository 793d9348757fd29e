"""The context of the catalogue: what an org sells."""

from __future__ import annotations

from ledger.catalogue.benefit_book import BENEFIT_STREAM, BENEFITS, BenefitBook
from ledger.catalogue.catalogue_item import (
    CATALOGUE_ITEMS,
    CATALOGUE_SKUS,
    ITEM_STREAM,
    CatalogueItem,
)
from ledger.catalogue.category import CATEGORIES, CATEGORY_STREAM, Category
from ledger.catalogue.inspection import CatalogueInspection
from ledger.catalogue.item_type_book import ITEM_TYPE_STREAM, ITEM_TYPES, ItemTypeBook
from ledger.kernel.context import Context, Table

CONTEXT = Context(
    name="catalogue",
    aggregates=(ItemTypeBook, Category, CatalogueItem, BenefitBook),
    checks=(CatalogueInspection,),
    read_models=("catalogue_search",),
    tables=(
        Table(ITEM_TYPES, key=("org", "id"), stream=f"{ITEM_TYPE_STREAM}/{{id}}"),
        Table(CATEGORIES, key=("org", "id"), stream=f"{CATEGORY_STREAM}/{{id}}"),
        Table(CATALOGUE_ITEMS, key=("org", "id"), stream=f"{ITEM_STREAM}/{{id}}"),
        Table(CATALOGUE_SKUS, key=("org", "sku"), stream=f"{ITEM_STREAM}/{{item}}"),
        Table(BENEFITS, key=("org", "sku"), stream=f"{BENEFIT_STREAM}/{{sku}}"),
    ),
)

"""The part of the golden story that is about the catalogue: every fact of it, and what it
remembers."""

from __future__ import annotations

from api.commands.command import Command
from ledger.catalogue.benefit_book import BenefitBook
from ledger.catalogue.catalogue_item import CatalogueItem
from ledger.catalogue.category import Category
from ledger.catalogue.details import Media
from ledger.catalogue.item_type import Kind
from ledger.catalogue.item_type_book import ItemTypeBook
from ledger.catalogue.local_text import LocalText
from ledger.catalogue.variant import Variant
from tests.scenarios.catalogue_commands import (
    SMALL,
    archive,
    archive_category,
    category,
    create,
    define,
    describe,
    item_type,
    publish,
)

OfCatalogue = CatalogueItem | Category | ItemTypeBook | BenefitBook


def catalogue() -> list[Command[object]]:
    """A type with a second version, a tree of which a leaf is archived, a shirt that loses a size
    and is archived, and a pack of credits."""
    texts = {"en": LocalText("Shirt", "Warm."), "de": LocalText("Hemd")}
    media = [Media("shirts/one.png", {"en": "A shirt"})]
    return [
        item_type(),
        item_type(schema={"required": ["fabric"]}, key="second type"),
        category("clothing"),
        category("shirts", "clothing"),
        category("hats", "clothing"),
        archive_category("hats"),
        create(texts=texts, media=media, categories=["shirts"]),
        define(),
        publish(),
        describe(fabric="cotton"),
        define(SMALL, key="small only"),
        archive(),
        item_type("packs", Kind.CREDITS, {}, key="packs"),
        create("pack", "packs", fabric=None),
        define(Variant("PACK-1", credits=10**9), item="pack", options=[]),
    ]


def state_of_catalogue(aggregate: OfCatalogue) -> list[object]:
    """What an aggregate of the catalogue remembers."""
    match aggregate:
        case ItemTypeBook():
            return [aggregate.kind, aggregate.published]
        case BenefitBook():
            return [aggregate.benefit]
        case Category():
            return [aggregate.parent, aggregate.texts, aggregate.archived, aggregate.children]
    return [
        *(aggregate.type, aggregate.kind, aggregate.slug, aggregate.type_version),
        *(aggregate.state_of_item, aggregate.details, aggregate.options, aggregate.variants),
        aggregate.skus,
    ]

"""Answers about the catalogue."""

from __future__ import annotations

from typing import Annotated, Any

from api.http.answers import Amount, Answer, Hash, Time, one_of
from api.queries.catalogue.categories import CategoryRow
from api.queries.catalogue.items import ItemRow, ListedItem
from api.queries.catalogue.search import Facet
from api.queries.catalogue.skus import SkuRow
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.details import Media
from ledger.catalogue.item_state import ItemState
from ledger.catalogue.item_type import ItemType, Kind
from ledger.catalogue.local_text import LocalText
from ledger.catalogue.variant import Option
from ledger.kernel.money import CREDIT, format_amount

KindText = Annotated[str, one_of(Kind)]
StateText = Annotated[str, one_of(ItemState)]


class TextAnswer(Answer):
    """A title and a description in one language."""

    title: str
    description: str | None


class ItemTypeAnswer(Answer):
    """An item type, and the JSON Schema of the custom fields of its items."""

    name: str
    version: int
    kind: KindText
    field_schema: dict[str, Any]


class ItemTypesAnswer(Answer):
    """A page of item types, by their names."""

    data: list[ItemTypeAnswer]
    next_cursor: str | None


class CategoryAnswer(Answer):
    """A category: the one that it is in, and what it is called by language."""

    slug: str
    parent: str | None
    archived: bool
    texts: dict[str, TextAnswer]


class CategoriesAnswer(Answer):
    """A page of categories, by their slugs."""

    data: list[CategoryAnswer]
    next_cursor: str | None


class ArchivedCategoryAnswer(Answer):
    """A category that nothing is put in any more."""

    slug: str
    archived_at: Time


class MediaAnswer(Answer):
    """A picture, a film or a document, and what is to be read in its place by language."""

    source: str
    alt: dict[str, str]


class OptionValueAnswer(Answer):
    """A value of an option, and what it is called by language."""

    id: str
    labels: dict[str, str]


class OptionAnswer(Answer):
    """What a buyer chooses, and what it is called by language."""

    id: str
    labels: dict[str, str]
    values: list[OptionValueAnswer]


class CatalogueItemAnswer(Answer):
    """A catalogue item. `skus`: of its variants, in their order."""

    id: str
    slug: str
    type: str
    type_version: int
    kind: KindText
    state: StateText
    texts: dict[str, TextAnswer]
    fields: dict[str, Any]
    tax_category: str
    categories: list[str]
    media: list[MediaAnswer]
    options: list[OptionAnswer]
    skus: list[str]


class ListedItemAnswer(Answer):
    """A catalogue item as lists have it: its titles by language."""

    id: str
    slug: str
    type: str
    kind: KindText
    state: StateText
    tax_category: str
    titles: dict[str, str]


class CatalogueItemsAnswer(Answer):
    """A page of items, by their ids."""

    data: list[ListedItemAnswer]
    next_cursor: str | None


class CreatedItemAnswer(Answer):
    """A new item, a draft."""

    id: str
    slug: str
    type: str
    type_version: int
    created_at: Time


class DescribedItemAnswer(Answer):
    """An item that says something else of itself; its custom fields are as that version of its type
    has them."""

    id: str
    type_version: int
    changed_at: Time


class DefinedVariantsAnswer(Answer):
    """An item in other variants. `added`: the SKUs that it did not have before."""

    id: str
    skus: list[str]
    added: list[str]
    changed_at: Time


class ChangedItemAnswer(Answer):
    """An item that was published or archived."""

    id: str
    state: StateText
    changed_at: Time


class SkuAnswer(Answer):
    """What a SKU means. `offered`: whether its item still has it; `published`: whether it can be
    sold now. `weight`: in grams."""

    sku: str
    item: str
    kind: KindText
    tax_category: str
    values: dict[str, str]
    credits: Amount | None
    plan: str | None
    weight: int | None
    oversell: bool
    offered: bool
    published: bool


class VariantsAnswer(Answer):
    """The options of an item, and every SKU that it ever had, those that are offered first."""

    options: list[OptionAnswer]
    data: list[SkuAnswer]


class FileAnswer(Answer):
    """A file that is kept: its SHA-256, and how many bytes it has."""

    sha256: Hash
    bytes: int


class BenefitAnswer(Answer):
    """What a unit of a SKU gives, as it was defined for the `version`-th time."""

    sku: str
    version: int
    file: Hash | None
    name: str | None
    downloads: int | None
    course: str | None
    days: int | None
    calendar: str | None


class FacetAnswer(Answer):
    """How many of what was found are of a type, in a category or have a value of an option."""

    name: str
    items: int


class FacetsAnswer(Answer):
    """What those that were found are; options as `colour=red`."""

    types: list[FacetAnswer]
    categories: list[FacetAnswer]
    options: list[FacetAnswer]


class SearchAnswer(Answer):
    """A page of what was found, the best first, of `found` items; `is_more`: so many are ranked and
    counted, and there are others. `facets` come with the first page."""

    data: list[ListedItemAnswer]
    found: int
    is_more: bool
    facets: FacetsAnswer | None
    next_cursor: str | None
    as_of_sequence: int


def type_answer(found: ItemType) -> ItemTypeAnswer:
    """Return an item type as it is answered."""
    return ItemTypeAnswer(found.id, found.version, found.kind.value, found.schema)


def category_answer(found: CategoryRow) -> CategoryAnswer:
    """Return a category as it is answered."""
    return CategoryAnswer(found.id, found.parent, found.archived, texts_answer(found.texts))


def texts_answer(texts: dict[str, LocalText]) -> dict[str, TextAnswer]:
    """Return texts by language as they are answered."""
    return {locale: TextAnswer(each.title, each.description) for locale, each in texts.items()}


def item_answer(found: ItemRow) -> CatalogueItemAnswer:
    """Return an item as it is answered."""
    details = found.details
    return CatalogueItemAnswer(
        found.id,
        found.slug,
        found.type,
        found.type_version,
        found.kind.value,
        found.state.value,
        texts_answer(details.texts),
        details.fields,
        details.tax_category,
        details.categories,
        [_media(each) for each in details.media],
        options_answer(found.options),
        found.skus,
    )


def options_answer(options: list[Option]) -> list[OptionAnswer]:
    """Return options as they are answered."""
    return [
        OptionAnswer(
            each.id,
            each.labels,
            [OptionValueAnswer(value.id, value.labels) for value in each.values],
        )
        for each in options
    ]


def listed_answer(found: ListedItem) -> ListedItemAnswer:
    """Return an item as lists have it."""
    return ListedItemAnswer(
        found.id,
        found.slug,
        found.type,
        found.kind.value,
        found.state.value,
        found.tax_category,
        found.titles,
    )


def benefit_answer(sku: str, found: Benefit) -> BenefitAnswer:
    """Return what a unit of a SKU gives."""
    file, name, downloads = found.file, found.name, found.downloads
    return BenefitAnswer(
        sku, found.version, file, name, downloads, found.course, found.days, found.calendar
    )


def sku_answer(found: SkuRow) -> SkuAnswer:
    """Return what a SKU means as it is answered."""
    variant = found.variant
    credits = None if variant.credits is None else format_amount(variant.credits, CREDIT)
    return SkuAnswer(
        found.sku,
        found.item,
        found.kind.value,
        found.tax_category,
        variant.values,
        credits,
        variant.plan,
        variant.weight,
        found.oversell,
        found.offered,
        found.published,
    )


def facets_answer(facets: list[Facet]) -> FacetsAnswer:
    """Return facets as they are answered."""
    named: dict[str, list[FacetAnswer]] = {}
    for each in facets:
        named.setdefault(each.facet, []).append(FacetAnswer(each.name, each.items))
    return FacetsAnswer(*(named.get(name, []) for name in FacetsAnswer.__struct_fields__))


def _media(media: Media) -> MediaAnswer:
    return MediaAnswer(media.source, media.alt)

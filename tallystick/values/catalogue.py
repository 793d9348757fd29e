"""Values of catalogue.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemTypes:
    """A page of item types, by their names."""

    data: tuple[ItemType, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemType:
    """An item type, and the JSON Schema of the custom fields of its items."""

    name: str
    version: int
    kind: Literal[
        "physical",
        "digital_download",
        "digital_access",
        "appointment",
        "internal_transfer",
        "credits",
        "plan",
    ]
    field_schema: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Categories:
    """A page of categories, by their slugs."""

    data: tuple[Category, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """A category: the one that it is in, and what it is called by language."""

    slug: str
    parent: str | None
    archived: bool
    texts: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A title and a description in one language."""

    title: str
    description: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedCategory:
    """A category that nothing is put in any more."""

    slug: str
    archived_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CreatedItem:
    """A new item, a draft."""

    id: str
    slug: str
    type: str
    type_version: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueItems:
    """A page of items, by their ids."""

    data: tuple[ListedItem, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedItem:
    """A catalogue item as lists have it: its titles by language."""

    id: str
    slug: str
    type: str
    kind: Literal[
        "physical",
        "digital_download",
        "digital_access",
        "appointment",
        "internal_transfer",
        "credits",
        "plan",
    ]
    state: Literal["draft", "published", "archived"]
    tax_category: str
    titles: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueItem:
    """A catalogue item."""

    id: str
    slug: str
    type: str
    type_version: int
    kind: Literal[
        "physical",
        "digital_download",
        "digital_access",
        "appointment",
        "internal_transfer",
        "credits",
        "plan",
    ]
    state: Literal["draft", "published", "archived"]
    texts: Mapping[str, Text]
    fields: Mapping[str, Any]
    tax_category: str
    categories: tuple[str, ...]
    media: tuple[Media, ...]
    options: tuple[Option, ...]
    skus: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A picture, a film or a document, and what is to be read in its place by language."""

    source: str
    alt: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """What a buyer chooses, and what it is called by language."""

    id: str
    labels: Mapping[str, str]
    values: tuple[OptionValue, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionValue:
    """A value of an option, and what it is called by language."""

    id: str
    labels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class DescribedItem:
    """An item that says something else of itself; its custom fields are as that version of its
    type has them.
    """

    id: str
    type_version: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Variants:
    """The options of an item, and every SKU that it ever had, those that are offered first."""

    options: tuple[Option, ...]
    data: tuple[Sku, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sku:
    """What a SKU means."""

    sku: str
    item: str
    kind: Literal[
        "physical",
        "digital_download",
        "digital_access",
        "appointment",
        "internal_transfer",
        "credits",
        "plan",
    ]
    tax_category: str
    values: Mapping[str, str]
    credits: Decimal | None
    plan: str | None
    weight: int | None
    oversell: bool
    offered: bool
    published: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantSetting:
    """What a SKU means: a value of each option, and `credits` or a `plan` where the item's type
    sells those.
    """

    sku: str
    values: Mapping[str, str] | None = None
    credits: Decimal | int | None = None
    plan: str | None = None
    weight: int | None = None
    oversell: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DefinedVariants:
    """An item in other variants."""

    id: str
    skus: tuple[str, ...]
    added: tuple[str, ...]
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedItem:
    """An item that was published or archived."""

    id: str
    state: Literal["draft", "published", "archived"]
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file that is kept: its SHA-256, and how many bytes it has."""

    sha256: str
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Benefit:
    """What a unit of a SKU gives, as it was defined for the `version`-th time."""

    sku: str
    version: int
    file: str | None
    name: str | None
    downloads: int | None
    course: str | None
    days: int | None
    calendar: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """A page of what was found, the best first, of `found` items; `is_more`: so many are ranked
    and counted, and there are others.
    """

    data: tuple[ListedItem, ...]
    found: int
    is_more: bool
    facets: Facets | None
    next_cursor: str | None
    as_of_sequence: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """What those that were found are; options as `colour=red`."""

    types: tuple[Facet, ...]
    categories: tuple[Facet, ...]
    options: tuple[Facet, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facet:
    """How many of what was found are of a type, in a category or have a value of an option."""

    name: str
    items: int

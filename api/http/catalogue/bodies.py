"""Bodies of requests about the catalogue, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from api.http.catalogue.fields import (
    Categories,
    Chosen,
    CustomFields,
    Digest,
    FieldSchema,
    ItemKind,
    MediaList,
    Options,
    Slug,
    Texts,
)
from api.http.fields import Amount, Body, Label, Name, Sku
from api.http.requests import JsonBody
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.details import ItemDetails
from ledger.catalogue.variant import Variant
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import (
    ACCESS_DAYS_MAX,
    DOWNLOADS_MAX,
    VARIANTS_PER_ITEM_MAX,
    WEIGHT_MAX,
)
from ledger.kernel.money import CREDIT, parse_amount

STANDARD = "standard"
"""The tax category of what does not say its own."""

NO_FIELDS = {"type": "object", "maxProperties": 0}
"""The schema of items that have no custom fields."""


class ItemTypeBody(Body):
    """An item type: how its items are fulfilled, for ever, and the JSON Schema of their custom
    fields from now on; without one they have none."""

    kind: ItemKind
    field_schema: FieldSchema | None = None


class CategoryBody(Body):
    """A category: what it is called by language, and the one that it is in; none: it is at the
    top."""

    texts: Texts
    parent: Slug | None = None


class CatalogueItemBody(Body):
    """What an item says of itself: titles and descriptions by language, the custom `fields` of its
    type, the label that taxes are found by, categories, and pictures as names of blobs or https
    addresses."""

    texts: Texts
    fields: CustomFields | None = None
    tax_category: Label | None = None
    categories: Categories | None = None
    media: MediaList | None = None

    def details(self) -> ItemDetails:
        """Return what the item says of itself."""
        return ItemDetails(
            self.texts,
            self.fields or {},
            self.tax_category or STANDARD,
            self.categories or [],
            self.media or [],
        )


class NewItemBody(CatalogueItemBody):
    """An item to begin: of which type, and what it is called in links; both are for ever."""

    type: Slug
    slug: Slug


class VariantBody(Body):
    """What a SKU means: a value of each option, and `credits` or a `plan` where the item's type
    sells those. `weight`: in grams. `oversell`: whether more may be sold than there are."""

    sku: Sku
    values: Chosen | None = None
    credits: Amount | None = None
    plan: Label | None = None
    weight: Annotated[int, Field(ge=1, le=WEIGHT_MAX)] | None = None
    oversell: bool = False

    def variant(self) -> Variant:
        """Return the variant. Raises Invalid."""
        credits = None if self.credits is None else parse_amount(self.credits, CREDIT, "credits")
        return Variant(self.sku, self.values or {}, credits, self.plan, self.weight, self.oversell)


class VariantsBody(Body):
    """All options and variants that an item has from now on."""

    options: Options | None = None
    variants: Annotated[list[VariantBody], Field(min_length=1, max_length=VARIANTS_PER_ITEM_MAX)]

    def all_variants(self) -> list[Variant]:
        """Return the variants. Raises Invalid."""
        found = []
        for place, each in enumerate(self.variants):
            try:
                found.append(each.variant())
            except Invalid as refusal:
                raise refusal.at(f"variants.{place}") from None
        return found


class BenefitBody(Body):
    """What a unit of a SKU gives: the SHA-256 of a `file`, under which `name` and how often it is
    downloaded; the `course` to which there is access; how many `days` that lasts, or credits do;
    the `calendar` of which a slot is had."""

    file: Digest | None = None
    name: Label | None = None
    downloads: Annotated[int, Field(ge=1, le=DOWNLOADS_MAX)] | None = None
    course: Label | None = None
    days: Annotated[int, Field(ge=1, le=ACCESS_DAYS_MAX)] | None = None
    calendar: Name | None = None

    def benefit(self) -> Benefit:
        """Return what a unit gives, as far as a body can say."""
        return Benefit(**self.sent())


ItemTypeAsked = Annotated[ItemTypeBody, Depends(JsonBody(ItemTypeBody))]
CategoryAsked = Annotated[CategoryBody, Depends(JsonBody(CategoryBody))]
NewItem = Annotated[NewItemBody, Depends(JsonBody(NewItemBody))]
ItemChange = Annotated[CatalogueItemBody, Depends(JsonBody(CatalogueItemBody))]
BenefitAsked = Annotated[BenefitBody, Depends(JsonBody(BenefitBody))]
VariantsAsked = Annotated[VariantsBody, Depends(JsonBody(VariantsBody))]

"""Commands on the catalogue as the API would make them of checked input, in a line each."""

from __future__ import annotations

from typing import Any

import msgspec

from api.commands.catalogue.benefits import DefineBenefit
from api.commands.catalogue.categories import ArchiveCategory, DescribeCategory
from api.commands.catalogue.item_types import PublishItemType
from api.commands.catalogue.items import (
    ArchiveItem,
    CreateItem,
    DefineVariants,
    DescribeItem,
    PublishItem,
)
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.details import ItemDetails
from ledger.catalogue.item_type import Kind
from ledger.catalogue.local_text import LocalText
from ledger.catalogue.variant import Option, OptionValue, Variant
from tests.scenarios.commands import ACTOR, ORG

SIZES = {
    "type": "object",
    "properties": {"fabric": {"type": "string", "enum": ["cotton", "wool"]}},
    "required": ["fabric"],
    "additionalProperties": False,
}
SIZE = Option("size", [OptionValue("s"), OptionValue("m", {"en": "Medium"})])
SMALL, MEDIUM = Variant("SHIRT-S", {"size": "s"}), Variant("SHIRT-M", {"size": "m"}, weight=200)


def item_type(
    name: str = "clothes",
    kind: Kind = Kind.PHYSICAL,
    schema: dict[str, Any] = SIZES,
    *,
    key: str = "type",
) -> PublishItemType:
    """Clothes, of a fabric."""
    sent: dict[str, Any] = {"name": name, "kind": kind, "schema": schema}
    return PublishItemType(ORG, ACTOR, key=key, sent=sent, item_type=name, kind=kind, schema=schema)


def category(slug: str, parent: str | None = None, *, key: str = "") -> DescribeCategory:
    """A category, called like its slug."""
    texts = {"en": LocalText(slug.title())}
    return DescribeCategory(
        ORG,
        ACTOR,
        key=key or f"category {slug}",
        sent={"slug": slug, "parent": parent},
        category=slug,
        parent=parent,
        texts=texts,
    )


def archive_category(slug: str, *, key: str = "archive category") -> ArchiveCategory:
    """A category that nothing is put in any more."""
    return ArchiveCategory(ORG, ACTOR, key=key, sent={"slug": slug}, category=slug)


def details(title: str = "Shirt", fabric: str | None = "wool", **more: Any) -> ItemDetails:
    """What a shirt says of itself."""
    fields = {} if fabric is None else {"fabric": fabric}
    described = ItemDetails({"en": LocalText(title)}, fields, "standard", [], [])
    return msgspec.structs.replace(described, **more)


def create(
    item: str = "shirt", type: str = "clothes", *, slug: str = "", key: str = "", **more: Any
) -> CreateItem:
    """A shirt."""
    said, slug = details(**more), slug or item
    return CreateItem(
        ORG,
        ACTOR,
        key=key or f"create {item}",
        sent={"slug": slug, "type": type, "details": msgspec.to_builtins(said)},
        item=item,
        type=type,
        slug=slug,
        details=said,
    )


def describe(item: str = "shirt", *, key: str = "describe", **more: Any) -> DescribeItem:
    """The same shirt, otherwise."""
    said = details(**more)
    sent = {"item": item, "details": msgspec.to_builtins(said)}
    return DescribeItem(ORG, ACTOR, key=key, sent=sent, item=item, details=said)


def define(
    *variants: Variant, item: str = "shirt", options: list[Option] | None = None, key: str = ""
) -> DefineVariants:
    """A shirt in these variants."""
    chosen = list(variants or (SMALL, MEDIUM))
    given = [SIZE] if options is None else options
    return DefineVariants(
        ORG,
        ACTOR,
        key=key or f"variants {item}",
        sent={"item": item, "variants": chosen, "options": given},
        item=item,
        options=given,
        variants=chosen,
    )


def publish(item: str = "shirt", *, key: str = "publish") -> PublishItem:
    """A shirt that is sold."""
    return PublishItem(ORG, ACTOR, key=f"{key} {item}", sent={"item": item}, item=item)


def archive(item: str = "shirt", *, key: str = "archive") -> ArchiveItem:
    """A shirt that is sold no more."""
    return ArchiveItem(ORG, ACTOR, key=f"{key} {item}", sent={"item": item}, item=item)


def define_benefit(sku: str, benefit: Benefit, *, key: str = "") -> DefineBenefit:
    """What a unit of a SKU gives."""
    sent: dict[str, Any] = {"sku": sku, "benefit": msgspec.to_builtins(benefit)}
    return DefineBenefit(
        ORG, ACTOR, key=key or f"benefit {sku}", sent=sent, sku=sku, benefit=benefit
    )

"""The imported item: what was read of one thing that is sold, as the catalogue, prices and stock
take it, checked by their own rules before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.imports.html_text import SOURCE_MAX, clean_line, text_of_html
from api.imports.made_names import ids_of, made_sku, sku_of, slug_of
from api.imports.numbers import paid_for, price_text
from api.imports.read_item import NotTaken, ReadItem, ReadPrice, ReadVariant, Remark
from ledger.catalogue.custom_fields import check_fields
from ledger.catalogue.details import MEDIA_MAX, ItemDetails, Media, check_details
from ledger.catalogue.item_type import Kind
from ledger.catalogue.local_text import LocalText
from ledger.catalogue.variant import Option, OptionValue, Variant, check_variants
from ledger.inventory.stock_cost import Outlay
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import (
    CATEGORIES_PER_ITEM_MAX,
    CATEGORY_DEPTH_MAX,
    DESCRIPTION_MAX,
    MEDIA_PER_ITEM_MAX,
    TEXT_MAX,
)
from ledger.kernel.money import parse_amount_or_zero, scale_of
from ledger.pricing.base_price import BasePrice, check_prices

STANDARD = "standard"
"""The tax category of what does not say its own."""

FIELD_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "vendor": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "attributes": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
"""The custom fields of the item types that an import begins."""


@dataclass(frozen=True)
class Wanted:
    """How a file is to be understood where it does not say: in which language its texts are, and
    in which currency its prices."""

    locale: str
    currency: str


@dataclass(frozen=True)
class ImportedCategory:
    """A category: its slug, its title, and the slug of the one that it is in."""

    slug: str
    title: str
    parent: str | None


@dataclass(frozen=True)
class ImportedVariant:
    """A variant with what it costs, how many there are, and what those have cost together."""

    line: int
    meaning: Variant
    prices: list[BasePrice]
    units: int
    paid: Outlay | None = None


@dataclass(frozen=True)
class ImportedItem:
    """An item to begin. `slugs`: what it may be called, the first that is free."""

    line: int
    slugs: tuple[str, ...]
    kind: Kind
    locale: str
    details: ItemDetails
    categories: tuple[ImportedCategory, ...]
    options: list[Option]
    variants: tuple[ImportedVariant, ...]
    is_published: bool
    remarks: tuple[Remark, ...]

    @property
    def slug(self) -> str:
        """What it is called in links, where that is free."""
        return self.slugs[0]

    @property
    def skus(self) -> frozenset[str]:
        """Its SKUs."""
        return frozenset(each.meaning.sku for each in self.variants)


def imported(read: ReadItem, wanted: Wanted) -> ImportedItem:
    """Return an item as it is to be. Raises NotTaken."""
    remarks = list(read.remarks)
    slugs = tuple(dict.fromkeys(slug_of(each) for each in read.names if each.strip()))
    if not slugs:
        raise NotTaken(read.line, "it has neither a title nor a name for its link.")
    categories = _categories(read, remarks)
    details = ItemDetails(
        _texts(read, wanted.locale, remarks),
        _fields(read, remarks),
        clean_line(read.tax_category)[:TEXT_MAX] or STANDARD,
        list(categories),
        _media(read, wanted.locale, remarks),
    )
    ids = [ids_of(labels) for labels in _labels(read)]
    options = _options(read, ids, wanted.locale)
    names = list(ids_of([clean_line(each) for each in read.options]).values())
    variants = tuple(
        _variant(
            each, slugs[-1], dict(zip(names, _chosen(each, ids), strict=True)), wanted, remarks
        )
        for each in read.variants
    )
    item = ImportedItem(
        read.line,
        slugs,
        read.kind,
        wanted.locale,
        details,
        tuple({each.slug: each for path in categories.values() for each in path}.values()),
        options,
        variants,
        read.is_published,
        tuple(remarks),
    )
    _check(item)
    return item


def _check(item: ImportedItem) -> None:
    """Refuse what the catalogue would."""
    try:
        check_details(item.details)
        check_fields(item.details.fields, FIELD_SCHEMA, "fields")
    except Invalid as refusal:
        raise NotTaken(item.line, str(refusal)) from None
    try:
        check_variants(item.options, [each.meaning for each in item.variants], item.kind)
    except Invalid as refusal:
        raise NotTaken(_line_of(refusal, item), str(refusal)) from None


def _line_of(refusal: Invalid, item: ImportedItem) -> int:
    """Return the line of the variant at fault, or the first."""
    place = (refusal.field or "").split(".")[1:2]
    is_variant = (refusal.field or "").startswith("variants.") and place[0].isdecimal()
    return item.variants[int(place[0])].line if is_variant else item.line


def _texts(read: ReadItem, locale: str, remarks: list[Remark]) -> dict[str, LocalText]:
    found: dict[str, LocalText] = {}
    for language, (title, html) in read.texts.items():
        clean, text = clean_line(title), text_of_html(html)
        if not clean:
            raise NotTaken(read.line, "it has no title.")
        if len(clean) > TEXT_MAX:
            remarks.append(Remark(read.line, f"title cut to {TEXT_MAX} characters"))
        if len(text) > DESCRIPTION_MAX or len(html) > SOURCE_MAX:
            remarks.append(Remark(read.line, f"description cut to {DESCRIPTION_MAX:,} characters"))
        description = text[:DESCRIPTION_MAX].strip() or None
        found[language or locale] = LocalText(clean[:TEXT_MAX].strip(), description)
    return found


def _fields(read: ReadItem, remarks: list[Remark]) -> dict[str, Any]:
    found = {name: value for name, value in read.fields.items() if value}
    tags = found.get("tags", [])
    if len(tags) > TAGS_MAX:
        found["tags"] = tags[:TAGS_MAX]
        remarks.append(Remark(read.line, f"only the first {TAGS_MAX} tags kept"))
    return found


TAGS_MAX = 50
"""Tags of one item that are kept."""


def _categories(read: ReadItem, remarks: list[Remark]) -> dict[str, tuple[ImportedCategory, ...]]:
    """Return the categories that it is in, each with those above it."""
    found: dict[str, tuple[ImportedCategory, ...]] = {}
    for titles in read.categories:
        path = [title for each in titles if (title := clean_line(each)[:TEXT_MAX])]
        if len(path) > CATEGORY_DEPTH_MAX:
            what = f"category put {CATEGORY_DEPTH_MAX} levels deep, as no tree is deeper"
            remarks.append(Remark(read.line, what))
        above: list[ImportedCategory] = []
        for depth, title in enumerate(path[:CATEGORY_DEPTH_MAX], 1):
            slug = slug_of(" ".join(path[:depth]))
            above.append(ImportedCategory(slug, title, above[-1].slug if above else None))
        if above:
            found[above[-1].slug] = tuple(above)
    if len(found) > CATEGORIES_PER_ITEM_MAX:
        what = f"only the first {CATEGORIES_PER_ITEM_MAX} categories kept"
        remarks.append(Remark(read.line, what))
    return dict(list(found.items())[:CATEGORIES_PER_ITEM_MAX])


def _media(read: ReadItem, locale: str, remarks: list[Remark]) -> list[Media]:
    found: dict[str, Media] = {}
    for source, alt in read.media:
        if not source.startswith("https://") or len(source) > MEDIA_MAX:
            what = "picture left out: its address is not https, or too long"
            remarks.append(Remark(read.line, what))
            continue
        label = clean_line(alt)[:TEXT_MAX]
        found.setdefault(source, Media(source, {locale: label} if label else {}))
    if len(found) > MEDIA_PER_ITEM_MAX:
        remarks.append(Remark(read.line, f"only the first {MEDIA_PER_ITEM_MAX} pictures kept"))
    return list(found.values())[:MEDIA_PER_ITEM_MAX]


ANY = "Any"
"""What a variant has of an option of which it names no value."""


def _labels(read: ReadItem) -> list[list[str]]:
    """Return the values of each option, in the order in which variants have them."""
    return [
        list(dict.fromkeys(_label(each, place) for each in read.variants))
        for place in range(len(read.options))
    ]


def _label(variant: ReadVariant, place: int) -> str:
    values = variant.values
    return (clean_line(values[place]) if place < len(values) else "") or ANY


def _options(read: ReadItem, ids: list[dict[str, str]], locale: str) -> list[Option]:
    names = ids_of([clean_line(each) for each in read.options])
    if len(names) < len(read.options):
        raise NotTaken(read.line, "two of its options have the same name.")
    return [
        Option(
            name, [OptionValue(id, {locale: label}) for label, id in of.items()], {locale: title}
        )
        for (title, name), of in zip(names.items(), ids, strict=True)
    ]


def _chosen(variant: ReadVariant, ids: list[dict[str, str]]) -> list[str]:
    return [of[_label(variant, place)] for place, of in enumerate(ids)]


def _variant(
    read: ReadVariant, slug: str, values: dict[str, str], wanted: Wanted, remarks: list[Remark]
) -> ImportedVariant:
    written = read.sku.removeprefix("'").strip()
    sku = sku_of(written) if written else made_sku(slug, list(values.values()))
    if not written:
        remarks.append(Remark(read.line, "SKU made of the item's slug and the option values"))
    elif sku != written:
        remarks.append(Remark(read.line, "SKU written otherwise: A-Z a-z 0-9 . _ - and a digest"))
    if not read.prices:
        remarks.append(Remark(read.line, "no price: it is not sold until it has one"))
    if read.units < 0:
        remarks.append(Remark(read.line, "stock below zero: none received"))
    meaning = Variant(sku, values, weight=read.grams, oversell=read.oversell)
    prices = [_price(each, read.line, wanted.currency) for each in read.prices]
    try:
        check_prices(prices)
    except Invalid as refusal:
        raise NotTaken(read.line, str(refusal)) from None
    units = max(0, read.units)
    if read.cost and not units:
        remarks.append(Remark(read.line, "cost left out: there are no units that have cost it"))
    paid = _paid(read, units, wanted.currency) if read.cost and units else None
    return ImportedVariant(read.line, meaning, prices, units, paid)


def _paid(read: ReadVariant, units: int, currency: str) -> Outlay:
    return Outlay(paid_for(read.cost, units, read.line, scale_of(currency)), currency)


def _price(read: ReadPrice, line: int, currency: str) -> BasePrice:
    try:
        amount = parse_amount_or_zero(price_text(read.text, line), currency, "the price")
    except Invalid as refusal:
        raise NotTaken(line, str(refusal)) from None
    return BasePrice(currency=currency, amount=amount, from_us=read.from_us, until_us=read.until_us)

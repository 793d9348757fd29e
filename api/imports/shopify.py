"""Shopify: an export of products, a row a variant or a picture, those of a product by its handle.

Columns have had two sets of names; a file of either is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.imports.columns import Cells
from api.imports.numbers import grams_of, units_of
from api.imports.platform import Platform
from api.imports.read_item import NotTaken, ReadItem, ReadPrice, ReadVariant, Remark
from ledger.catalogue.item_type import Kind

NO_OPTION = ("title", "default title")
"""The option of what has none, and its value."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "handle": ("url handle",),
    "title": (),
    "body": ("body (html)", "description"),
    "vendor": (),
    "type": ("custom product type",),
    "category": ("product category", "standardized product type", "standard product type"),
    "tags": (),
    "published": ("published on online store",),
    "status": (),
    **{f"option{place} {what}": () for place in (1, 2, 3) for what in ("name", "value")},
    "sku": ("variant sku",),
    "grams": ("variant grams", "weight value (grams)"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "policy": ("variant inventory policy",),
    "continue": ("continue selling when out of stock",),
    "price": ("variant price",),
    "former": ("variant compare at price", "compare-at price", "compare at price"),
    "shipping": ("variant requires shipping", "requires shipping"),
    "tax code": ("variant tax code",),
    "taxable": ("variant taxable", "charge tax"),
    "barcode": ("variant barcode",),
    "picture": ("image src", "product image url"),
    "alt": ("image alt text",),
    "own picture": ("variant image", "variant image url"),
    "gift card": (),
    "cost": ("cost per item",),
}
MARKET_PRICE = "price / "
"""What a column of the prices in a market begins with; its name follows."""

LEFT_OUT = {
    "former": "compare-at price left out: there is no former price here",
    "barcode": "barcode left out",
}


def _named(cells: Cells) -> tuple[str, Sequence[str]]:
    name = cells["handle"] or cells["title"]
    return name, [name]


def _read(rows: Sequence[Cells]) -> ReadItem:
    first = next((row for row in rows if row["title"]), rows[0])
    if not first["title"]:
        raise NotTaken(first.line, f"no row of {first['handle'][:60]} has a title.")
    if any(row.truth("gift card", False) for row in rows):
        raise NotTaken(first.line, "a gift card is no item of a catalogue: it is issued.")
    offered = [row for row in rows if _is_variant(row)]
    options = _options(first)
    return ReadItem(
        first.line,
        (first["handle"] or first["title"],),
        {"": (first["title"], first["body"])},
        [_variant(row, len(options)) for row in offered] or [ReadVariant(first.line, "")],
        options,
        _kind(offered),
        [path for path in (first["category"].split(">"), [first["type"]]) if any(path)],
        next((row["tax code"] for row in rows if row["tax code"]), ""),
        list(_media(rows)),
        {"vendor": first["vendor"], "tags": _tags(first["tags"])},
        _is_published(first),
        list(_remarks(first, rows)),
    )


def _is_variant(row: Cells) -> bool:
    """Tell whether a row is of more than a picture."""
    return any(row[each] for each in ("option1 value", "price", "sku", "grams", "quantity"))


def _options(first: Cells) -> list[str]:
    names = [first[f"option{place} name"] for place in (1, 2, 3)]
    has_none = (names[0].casefold(), first["option1 value"].casefold()) == NO_OPTION
    return [] if has_none else [name for name in names if name]


def _variant(row: Cells, options: int) -> ReadVariant:
    price, quantity = row["price"], row["quantity"]
    return ReadVariant(
        row.line,
        row["sku"],
        [row[f"option{place} value"] for place in range(1, options + 1)],
        grams_of(row["grams"], "g", row.line),
        [ReadPrice(price)] if price else [],
        units_of(quantity, row.line) if quantity else 0,
        row["policy"].casefold() == "continue"
        or row.truth("continue", False)
        or not (row["tracker"] or (quantity and not row.has("tracker"))),
        row["cost"],
    )


def _kind(offered: Sequence[Cells]) -> Kind:
    is_sent = any(row.truth("shipping", True) for row in offered) or not offered
    return Kind.PHYSICAL if is_sent else Kind.DIGITAL_ACCESS


def _media(rows: Sequence[Cells]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if row["picture"]:
            yield row["picture"], row["alt"]
    for row in rows:
        if row["own picture"]:
            yield row["own picture"], ""


def _tags(text: str) -> list[str]:
    return [each.strip()[:255] for each in text.split(",") if each.strip()]


def _is_published(first: Cells) -> bool:
    return first.truth("published", True) and first["status"].casefold() in {"", "active"}


def _remarks(first: Cells, rows: Sequence[Cells]) -> Iterator[Remark]:
    if not first["handle"]:
        yield Remark(first.line, "no handle: the slug is made of the title")
    if first["status"].casefold() == "archived":
        yield Remark(first.line, "archived there, a draft here")
    for row in rows:
        if any(row.cells_of(MARKET_PRICE)):
            yield Remark(row.line, "prices of markets left out: give them a list of prices")
        if row["taxable"] and not row.truth("taxable", True):
            yield Remark(row.line, "not taxed there: give it a tax category without tax")
        yield from (Remark(row.line, what) for thing, what in LEFT_OUT.items() if row[thing])


SHOPIFY = Platform(
    "Shopify",
    COLUMNS,
    (("title",), ("handle", "vendor", "body"), ("price", "option1 value", "sku", "vendor")),
    _named,
    _read,
)

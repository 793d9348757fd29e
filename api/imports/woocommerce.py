"""WooCommerce: an export of products, a row a product or a variation of one, in any order.

A variation names its parent by its SKU, or by its id as `id:44`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from api.imports.columns import Cells
from api.imports.numbers import GRAMS, grams_of, units_of
from api.imports.platform import Platform
from api.imports.read_item import NotTaken, ReadItem, ReadPrice, ReadVariant, Remark
from ledger.catalogue.item_type import Kind
from ledger.kernel.errors import Invalid
from ledger.kernel.times import DAY_US, parse_day_or_time

ATTRIBUTES = range(1, 21)
"""Attributes of one product that are read; two or three are usual."""

COLUMNS: dict[str, tuple[str, ...]] = {
    **{
        name: ()
        for name in (
            *("id", "type", "sku", "name", "published", "visibility in catalog", "description"),
            *("short description", "date sale price starts", "date sale price ends", "tax status"),
            *("tax class", "in stock?", "stock", "backorders allowed?", "sale price"),
            *("regular price", "categories", "tags", "images", "parent", "download 1 url"),
            *("shipping class", "cost of goods"),
        )
    },
    **{f"weight {unit}": (f"weight ({unit})",) for unit in GRAMS},
    **{f"attribute {place} name": () for place in ATTRIBUTES},
    **{f"attribute {place} value": (f"attribute {place} value(s)",) for place in ATTRIBUTES},
    "brand": ("brands",),
}
DAY = "2026-01-31"
"""How long a date without a time is."""

OF_THE_PARENT = "parent"
"""The stock of a variation that is not counted by itself."""

OTHERS = {
    "grouped": "a group of products is no item of its own: its products are",
    "external": "it is sold by another shop, at an address that is not this one's",
}


def _named(cells: Cells) -> tuple[str, Sequence[str]]:
    if "variation" in _types(cells):
        parent = cells["parent"]
        by_id = parent.casefold().startswith("id:")
        return _name("id", parent[3:]) if by_id else _name("sku", parent), []
    names = [_name(thing, cells[thing]) for thing in ("id", "sku") if cells[thing]]
    names = names or [_name("line", str(cells.line))]
    return names[0], names


def _name(thing: str, value: str) -> str:
    return f"{thing} {value.strip()}"


def _types(cells: Cells) -> set[str]:
    return {each.strip() for each in cells["type"].casefold().split(",")}


def _read(rows: Sequence[Cells]) -> ReadItem:
    parent = next((row for row in rows if "variation" not in _types(row)), None)
    if parent is None:
        name = rows[0]["parent"][:60]
        why = f"its parent, {name}, is not in the file." if name else "it names no parent."
        raise NotTaken(rows[0].line, why)
    _refuse_others(parent, rows)
    children = [row for row in rows if row is not parent]
    options = _options(parent, children)
    variants = [_variant(row, parent, options) for row in children or [parent]]
    if "variable" in _types(parent) and not children:
        raise NotTaken(parent.line, "it has variations, and none is in the file.")
    return ReadItem(
        parent.line,
        (parent["name"], f"{parent['name']} {parent['id'] or parent['sku']}"),
        {"": (parent["name"], parent["description"] or parent["short description"])},
        variants,
        options,
        _kind(children or [parent]),
        [path.split(">") for path in _listed(parent["categories"])],
        _tax_category(parent),
        [(each, "") for row in rows for each in _listed(row["images"])],
        _fields(parent, options),
        parent["published"] == "1" and parent["visibility in catalog"].casefold() != "hidden",
        list(_remarks(parent, rows, options)),
    )


def _refuse_others(parent: Cells, rows: Sequence[Cells]) -> None:
    for kind, why in OTHERS.items():
        if kind in _types(parent):
            raise NotTaken(parent.line, f"{why}.")
    for row in rows:
        if row is not parent and "variation" not in _types(row):
            raise NotTaken(row.line, f"its id or SKU is that of the product on line {parent.line}.")


def _attributes(row: Cells) -> dict[str, list[str]]:
    found = {}
    for place in ATTRIBUTES:
        if name := row[f"attribute {place} name"]:
            found[name] = _listed(row[f"attribute {place} value"])
    return found


def _options(parent: Cells, children: Sequence[Cells]) -> list[str]:
    """Return the attributes of which a variation names a value."""
    chosen = {name for row in children for name, values in _attributes(row).items() if values}
    return [
        name for name in dict.fromkeys([*_attributes(parent), *sorted(chosen)]) if name in chosen
    ]


def _variant(row: Cells, parent: Cells, options: Sequence[str]) -> ReadVariant:
    attributes, stock = _attributes(row), row["stock"]
    is_counted = bool(stock) and stock.casefold() != OF_THE_PARENT
    return ReadVariant(
        row.line,
        row["sku"],
        [", ".join(attributes.get(name, [])) for name in options],
        _grams(row) or _grams(parent),
        list(_prices(row)),
        units_of(stock, row.line) if is_counted else 0,
        _is_oversold(row),
        row["cost of goods"] or parent["cost of goods"],
    )


def _is_oversold(row: Cells) -> bool:
    """Tell whether more may be sold than there are: what nobody counts is there or not."""
    may_wait = row["backorders allowed?"].casefold() in {"1", "notify"}
    is_there = row["in stock?"].casefold() in {"", "1", "backorder"}
    return may_wait or (not row["stock"] and is_there)


def _grams(row: Cells) -> int | None:
    unit = next((unit for unit in GRAMS if row[f"weight {unit}"]), None)
    return None if unit is None else grams_of(row[f"weight {unit}"], unit, row.line)


def _prices(row: Cells) -> Iterator[ReadPrice]:
    """Yield what it costs: the regular price, but for the time of a sale; a sale without an end
    is its price."""
    regular, sale = row["regular price"], row["sale price"]
    starts, ends = row["date sale price starts"], row["date sale price ends"]
    if sale and not (starts or ends):
        yield ReadPrice(sale)
        return
    if regular:
        yield ReadPrice(regular)
    if sale:
        until_us = _moment(ends, row.line) if ends else None
        if until_us is not None and len(ends) <= len(DAY):
            until_us += DAY_US  # a sale goes on until its last day is over
        yield ReadPrice(sale, _moment(starts, row.line) if starts else 0, until_us)


def _moment(text: str, line: int) -> int:
    try:
        return parse_day_or_time(
            f"{text[:10]}T{text[11:]}Z" if len(text) > len(DAY) else text, "a date"
        )
    except Invalid as refusal:
        raise NotTaken(line, f"{text[:40]} is no date of a sale: {refusal}") from None


def _kind(offered: Sequence[Cells]) -> Kind:
    types = [_types(row) for row in offered]
    if all("downloadable" in each for each in types):
        return Kind.DIGITAL_DOWNLOAD
    return Kind.DIGITAL_ACCESS if all("virtual" in each for each in types) else Kind.PHYSICAL


def _tax_category(parent: Cells) -> str:
    return "exempt" if parent["tax status"].casefold() == "none" else parent["tax class"]


def _fields(parent: Cells, options: Sequence[str]) -> dict[str, object]:
    attributes = {
        name: values
        for name, values in _attributes(parent).items()
        if values and name not in options
    }
    tags = [each[:255] for each in _listed(parent["tags"])]
    return {"vendor": parent["brand"], "tags": tags, "attributes": attributes}


def _listed(text: str) -> list[str]:
    """Return the parts of a list, of which one with a comma stands in quotes or has a backslash."""
    text = text.replace("\n", " ").replace("\r", " ")
    parts = next(csv.reader([text], skipinitialspace=True, escapechar="\\"), [])
    return [part.strip() for part in parts if part.strip()]


def _remarks(parent: Cells, rows: Sequence[Cells], options: Sequence[str]) -> Iterator[Remark]:
    if parent["visibility in catalog"].casefold() == "hidden" and parent["published"] == "1":
        yield Remark(parent.line, "hidden there, a draft here")
    if parent["tax status"].casefold() == "none":
        yield Remark(parent.line, "not taxed there: its tax category is exempt")
    for row in rows:
        if row["stock"].casefold() == OF_THE_PARENT:
            yield Remark(row.line, "stock left out: it is counted for all variations together")
        if row["download 1 url"]:
            yield Remark(row.line, "files to download left out: give them to the service")
        if row["sale price"] and not (row["date sale price starts"] or row["date sale price ends"]):
            yield Remark(row.line, "regular price left out: the sale price has no end")
        if row is not parent and (set(_attributes(row)) - set(options)):
            yield Remark(row.line, "attribute of any value left out of the options")


WOOCOMMERCE = Platform(
    "WooCommerce", COLUMNS, (("type",), ("name",), ("regular price", "sale price")), _named, _read
)

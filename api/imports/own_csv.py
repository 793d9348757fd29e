"""Own CSV: a file in columns of ours, for whoever writes one out of anything else.

A row is a variant; rows with the same `slug` are of one item, whose first row says the rest.
Titles and descriptions may be there in several languages: `title:de`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.imports.columns import Cells
from api.imports.numbers import grams_of, units_of
from api.imports.platform import Platform
from api.imports.read_item import NotTaken, ReadItem, ReadPrice, ReadVariant
from ledger.catalogue.item_type import Kind
from ledger.kernel.limits import OPTIONS_PER_ITEM_MAX

LANGUAGES = (
    *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "ja"),
    *("ko", "lt", "lv", "mt", "nl", "no", "pl", "pt", "ro", "sk", "sl", "sv", "tr", "uk", "zh"),
)
OPTIONS = range(1, OPTIONS_PER_ITEM_MAX + 1)
KINDS = (Kind.PHYSICAL, Kind.DIGITAL_DOWNLOAD, Kind.DIGITAL_ACCESS)

COLUMNS: dict[str, tuple[str, ...]] = {
    "slug": ("handle",),
    "sku": (),
    "kind": (),
    "categories": ("category",),
    "tax category": ("tax_category",),
    "pictures": ("picture", "media", "image", "images"),
    "published": (),
    "price": (),
    "cost": ("unit cost",),
    "weight": ("grams", "weight (g)"),
    "stock": ("units", "quantity"),
    "oversell": (),
    **{text: () for text in ("title", "description")},
    **{f"{text}:{each}": () for text in ("title", "description") for each in LANGUAGES},
    **{f"option{place} {what}": () for place in OPTIONS for what in ("name", "value")},
}


def _named(cells: Cells) -> tuple[str, Sequence[str]]:
    name = cells["slug"] or cells["sku"] or cells["title"] or str(cells.line)
    return name, [name]


def _read(rows: Sequence[Cells]) -> ReadItem:
    first = rows[0]
    options = [name for place in OPTIONS if (name := first[f"option{place} name"])]
    return ReadItem(
        first.line,
        (first["slug"],) if first["slug"] else (first["title"], first["title"] + first["sku"]),
        dict(_texts(first)) or {"": ("", "")},
        [_variant(row, len(options)) for row in rows],
        options,
        _kind(first),
        [path.split(">") for path in first["categories"].split(",")],
        first["tax category"],
        [(each, "") for row in rows for each in row["pictures"].split()],
        {},
        first.truth("published", True),
    )


def _texts(first: Cells) -> Iterator[tuple[str, tuple[str, str]]]:
    if first["title"]:
        yield "", (first["title"], first["description"])
    for each in LANGUAGES:
        if first[f"title:{each}"]:
            yield each, (first[f"title:{each}"], first[f"description:{each}"])


def _variant(row: Cells, options: int) -> ReadVariant:
    return ReadVariant(
        row.line,
        row["sku"],
        [row[f"option{place} value"] for place in range(1, options + 1)],
        grams_of(row["weight"], "g", row.line),
        [ReadPrice(row["price"])] if row["price"] else [],
        units_of(row["stock"], row.line) if row["stock"] else 0,
        row.truth("oversell", False),
        row["cost"],
    )


def _kind(first: Cells) -> Kind:
    written = first["kind"].casefold()
    if not written:
        return Kind.PHYSICAL
    if written not in set(KINDS):
        raise NotTaken(first.line, f"kind must be one of {', '.join(KINDS)}.")
    return Kind(written)


TITLES = ("title", *(f"title:{each}" for each in LANGUAGES))
OWN_CSV = Platform("CSV", COLUMNS, (TITLES, ("slug", "sku")), _named, _read)

"""Categories: what the tree of an org is now."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader
from ledger.catalogue.local_text import LocalText
from ledger.kernel.decoding import converted

BELOW_MAX = 1_000
"""Categories that a search looks into together."""


class CategoryRow(msgspec.Struct, frozen=True):
    """A category: where it stands, and what it is called by language."""

    id: str
    parent: str | None
    archived: bool
    texts: dict[str, LocalText]


async def category_row(reader: Reader, org: str, slug: str) -> CategoryRow | None:
    """Return a category of an org."""
    row = await reader.row(org, "catalogue/category", {"org": org, "id": slug})
    return None if row is None else converted(row, CategoryRow)


async def category_rows(
    reader: Reader, org: str, parent: str | None, after: str, limit: int
) -> list[CategoryRow]:
    """Return those of an org, or below one, by their slugs, that come after one."""
    asked = {"org": org, "parent": parent, "after": after, "limit": limit}
    rows = await reader.rows(org, "catalogue/categories", asked)
    return [converted(row, CategoryRow) for row in rows]


async def slugs_below(reader: Reader, org: str, slug: str) -> list[str]:
    """Return a category and all below it."""
    asked = {"org": org, "id": slug, "limit": BELOW_MAX}
    return [row["id"] for row in await reader.rows(org, "catalogue/categories_below", asked)]

"""Items of the catalogue as they are now, whole and in lists."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader, Row
from ledger.catalogue.details import ItemDetails
from ledger.catalogue.item_state import ItemState
from ledger.catalogue.item_type import Kind
from ledger.catalogue.variant import Option
from ledger.kernel.decoding import converted


class ItemRow(msgspec.Struct, frozen=True):
    """An item. `variants`: the SKUs that are offered, each with its place among them."""

    id: str
    slug: str
    type: str
    type_version: int
    kind: Kind
    state: ItemState
    details: ItemDetails
    options: list[Option]
    variants: dict[str, int]

    @property
    def skus(self) -> list[str]:
        """Its SKUs in their order."""
        return sorted(self.variants, key=self.variants.__getitem__)


class ListedItem(msgspec.Struct, frozen=True):
    """An item as lists have it: `titles` by language."""

    id: str
    slug: str
    type: str
    kind: Kind
    state: ItemState
    tax_category: str
    titles: dict[str, str]


async def item_row(reader: Reader, org: str, item: str) -> ItemRow | None:
    """Return an item of an org by its id."""
    return _item(await reader.row(org, "catalogue/item", {"org": org, "id": item}))


async def item_of_slug(reader: Reader, org: str, slug: str) -> ItemRow | None:
    """Return an item of an org by its slug."""
    return _item(await reader.row(org, "catalogue/item_of_slug", {"org": org, "slug": slug}))


async def listed_items(
    reader: Reader, org: str, type: str | None, state: str | None, after: str, limit: int
) -> list[ListedItem]:
    """Return items of an org, of a type or in a state, by their ids, that come after one."""
    asked = {"org": org, "type": type, "state": state, "after": after, "limit": limit}
    return [converted(row, ListedItem) for row in await reader.rows(org, "catalogue/items", asked)]


async def items_named(reader: Reader, org: str, ids: list[str]) -> list[ListedItem]:
    """Return items of an org by their ids, in that order."""
    rows = await reader.rows(org, "catalogue/items_named", {"org": org, "ids": ids})
    found = {row["id"]: converted(row, ListedItem) for row in rows}
    return [found[each] for each in ids if each in found]


def _item(row: Row | None) -> ItemRow | None:
    return None if row is None else converted(row, ItemRow)

"""Item types as they are now."""

from __future__ import annotations

from api.queries.reader import Reader
from ledger.catalogue.item_type import ItemType
from ledger.kernel.decoding import converted


async def type_row(reader: Reader, org: str, name: str) -> ItemType | None:
    """Return an item type of an org."""
    row = await reader.row(org, "catalogue/item_type", {"org": org, "id": name})
    return None if row is None else converted(row["published"], ItemType)


async def type_rows(reader: Reader, org: str, after: str, limit: int) -> list[ItemType]:
    """Return those of an org, by their names, that come after one."""
    asked = {"org": org, "after": after, "limit": limit}
    rows = await reader.rows(org, "catalogue/item_types", asked)
    return [converted(row["published"], ItemType) for row in rows]

"""Locations of an org, as they were set last."""

from __future__ import annotations

from api.queries.reader import Reader
from ledger.inventory.location import Location
from ledger.kernel.decoding import converted


async def locations_of(reader: Reader, org: str) -> list[Location]:
    """Return the locations of an org, those first from which is taken first."""
    row = await reader.row(org, "inventory/locations", {"org": org})
    found = converted(row["locations"], list[Location]) if row else []
    return sorted(found, key=lambda each: (not each.is_active, each.priority, each.id))

"""Benefits: what SKUs give that is no parcel."""

from __future__ import annotations

from api.queries.reader import Reader
from ledger.catalogue.benefit import Benefit
from ledger.kernel.decoding import converted


async def benefit_of(reader: Reader, org: str, sku: str) -> Benefit | None:
    """Return what a SKU gives now, as it was defined."""
    row = await reader.row(org, "catalogue/benefit", {"org": org, "sku": sku})
    return None if row is None else converted(row["benefit"], Benefit)

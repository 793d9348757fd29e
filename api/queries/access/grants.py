"""Grants of orders: what a line has given, as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.queries.reader import Reader, Row
from ledger.catalogue.benefit import Benefit
from ledger.kernel.decoding import converted


class FoundGrant(NamedTuple):
    """What a line of an order has given. `used`: how often it was downloaded; `taken`: microcredits
    that were taken back."""

    id: str
    order: str
    line: int
    sku: str
    owner: str | None
    kind: str
    state: str
    benefit: Benefit
    units: int
    used: int
    taken: int
    given_us: int
    ends_us: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.given_us, self.id

    @property
    def allowed(self) -> int:
        """How often it can be downloaded in all."""
        return (self.benefit.downloads or 0) * self.units


async def grant_of(reader: Reader, org: str, grant: str, now_us: int) -> FoundGrant | None:
    """Return what a line has given, by its id."""
    asked = {"org": org, "id": grant, "now_us": now_us}
    row = await reader.row(org, "access/grant", asked)
    return None if row is None else _found(row)


async def grants_of(
    reader: Reader,
    org: str,
    filters: Mapping[str, str | None],
    before: tuple[int, str],
    limit: int,
    now_us: int,
) -> list[FoundGrant]:
    """Return what was given before a place, the newest first."""
    before_us, before_id = before
    asked = {
        "org": org,
        **filters,
        "before_us": before_us,
        "before": before_id,
        "limit": limit,
        "now_us": now_us,
    }
    return [_found(row) for row in await reader.rows(org, "access/grants", asked)]


def _found(row: Row) -> FoundGrant:
    columns = {**row, "order": row["order_id"], "benefit": converted(row["benefit"], Benefit)}
    return FoundGrant(**{name: columns[name] for name in FoundGrant._fields})

"""Internal transfers, as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.queries.reader import Reader, Row


class FoundTransfer(NamedTuple):
    """An internal transfer: what moves from where to where, and where its units are."""

    id: str
    order: str
    line: int
    sku: str
    owner: str | None
    from_location: str
    to_location: str
    ordered: int
    withdrawn: int
    sent: int
    received: int
    refused: int
    status: str
    requested_us: int

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.requested_us, self.id


async def transfer_of(reader: Reader, org: str, transfer: str) -> FoundTransfer | None:
    """Return an internal transfer by its id."""
    asked = {"org": org, "id": transfer}
    row = await reader.row(org, "internal_transfers/internal_transfer", asked)
    return None if row is None else _found(row)


async def transfers_of_order(reader: Reader, org: str, order: str) -> list[FoundTransfer]:
    """Return the internal transfers of an order."""
    asked = {"org": org, "order": order}
    rows = await reader.rows(org, "internal_transfers/of_order", asked)
    return [_found(row) for row in rows]


async def list_of(
    reader: Reader,
    org: str,
    filters: Mapping[str, str | None],
    before: tuple[int, str],
    limit: int,
) -> list[FoundTransfer]:
    """Return internal transfers before a place, those requested last first."""
    before_us, before_id = before
    asked = {"org": org, **filters, "before_us": before_us, "before": before_id, "limit": limit}
    rows = await reader.rows(org, "internal_transfers/internal_transfers", asked)
    return [_found(row) for row in rows]


def _found(row: Row) -> FoundTransfer:
    columns = {**row, "order": row["order_id"]}
    return FoundTransfer(**{name: columns[name] for name in FoundTransfer._fields})

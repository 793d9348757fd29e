"""Leases: which service's writer writes each shard, for operators."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader


class LeaseState(msgspec.Struct, frozen=True):
    """The lease of a shard. `races_lost`: by those who held it, since the database was started."""

    shard: int
    epoch: int
    service: str
    host: str
    races_lost: int
    is_held: bool


async def lease_states(reader: Reader) -> list[LeaseState]:
    """Return the leases of all shards that were ever written by a service."""
    (rows,) = await reader.all("", ("lease_state", {}))
    return [LeaseState(**row) for row in rows]

"""Shards in SQL: what `ledger/kernel/shards.py` says of positions, as expressions."""

from __future__ import annotations

from ledger.kernel.shards import BITS


def base_in_sql(shard: str) -> str:
    """Return the number that the positions of a shard follow."""
    return f"(({shard} - 1)::bigint << {BITS})"


def shard_in_sql(position: str) -> str:
    """Return the shard of a position."""
    return f"(({position} >> {BITS}) + 1)"

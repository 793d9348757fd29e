"""Shards: parts of the store that are written apart, each with positions of its own."""

from __future__ import annotations

SHARDS_MAX = 31
"""So that positions stay whole numbers in JSON readers that count in floating point: below 2^53."""

BITS = 48
"""Of the number of an event within its shard; those above say which shard."""


def base_of(shard: int) -> int:
    """Return the number that a shard's positions follow: the first one is the next."""
    return (shard - 1) << BITS


def shard_of(position: int) -> int:
    """Return the shard of a position."""
    return (position >> BITS) + 1


def number_of(position: int) -> int:
    """Return which event of its shard has a position, from 1."""
    return position & ((1 << BITS) - 1)

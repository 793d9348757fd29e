"""Leases: who writes a shard at a time, of the services that share a store."""

from __future__ import annotations

from typing import NamedTuple

LEASE_S = 3.0
"""How long a lease is held that is not renewed, as when its holder stands still."""


class Peer(NamedTuple):
    """A writer as those of other services reach it."""

    host: str
    port: int
    token: bytes
    """What it lets others in for: who knows it may write in the store anyway. It is no other's."""


class Lease(NamedTuple):
    """The lease of a shard at one moment. The epoch grows with each holder."""

    epoch: int
    service: str
    peer: Peer

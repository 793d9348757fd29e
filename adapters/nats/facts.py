"""Facts: what a server of NATS says of itself."""

from __future__ import annotations

from typing import NamedTuple


class BusFacts(NamedTuple):
    """A server of NATS. `keeps`: whether we may have messages kept there (JetStream)."""

    version: str
    keeps: bool
    payload_max: int

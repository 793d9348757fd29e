"""Values of internal transfers.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class InternalTransfers:
    """A page of internal transfers, those requested last first."""

    data: tuple[InternalTransfer, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class InternalTransfer:
    """What a line of an order moves from one location to another."""

    id: str
    order: str
    line: int
    sku: str
    user: str | None
    from_location: str
    to_location: str
    status: Literal["requested", "sent", "received", "refused", "withdrawn"]
    ordered: int
    withdrawn: int
    sent: int
    received: int
    refused: int
    requested_at: datetime

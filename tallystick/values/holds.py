"""Values of holds.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.values.usage import (
    Slice,
    Transaction,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Credit set aside, and what became of it."""

    id: str
    sequence: int
    hash: str
    user: str
    owner: str
    status: Literal["open", "captured", "released", "expired"]
    amount: Decimal
    lots: tuple[Slice, ...]
    placed_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    reference: str | None
    service: str | None
    project: str | None
    provider: str | None
    model: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """A hold captured, and the usage that it paid."""

    hold: Hold
    transaction: Transaction

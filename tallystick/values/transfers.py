"""Values of transfers.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.values.usage import (
    Slice,
    Usage,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """The transaction of dollars that were converted, and the credits that they became."""

    id: str
    sequence: int
    hash: str
    user: str
    owner: str
    asset: str
    category: Literal[
        "deposit",
        "grant",
        "usage",
        "transfer",
        "reversal",
        "expiry",
        "adjustment",
        "conversion",
        "refund",
        "dispute",
        "overage",
    ]
    amount: Decimal
    balance_after: Decimal | None
    pending_after: Decimal | None
    lots: tuple[Slice, ...]
    occurred_at: datetime
    recorded_at: datetime
    reference: str | None
    reason: str | None
    metadata: Mapping[str, str] | None
    erased: bool
    usage: Usage | None
    credits: Decimal

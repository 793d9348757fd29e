"""Values of transactions.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """opening + in - out = closing = balance + pending, exactly."""

    user: str
    asset: str
    period: str
    from_: datetime
    to: datetime
    opening: Decimal
    opening_pending: Decimal
    in_: Side
    out: Side
    closing: Decimal
    pending: Decimal
    balance: Decimal
    transactions: int
    as_of_sequence: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """What came in, or went out, in all and by category."""

    total: Decimal
    categories: Mapping[str, Decimal]

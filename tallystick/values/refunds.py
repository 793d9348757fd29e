"""Values of refunds.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.values.purchases import (
    Money,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refund:
    """A refund that was asked for: so many credits are set aside until the money is back with the
    buyer.
    """

    refund: str
    purchase: str
    amount: Money
    credits: Decimal
    requested_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRefund:
    """A refund: asked for here, or found at the provider's, whose id of it is `number`."""

    refund: str
    purchase: str
    user: str
    status: Literal["pending", "paid", "failed"]
    origin: str | None
    amount: Money
    credits: Decimal | None
    number: str | None
    code: str | None
    asked_at: datetime
    ended_at: datetime | None

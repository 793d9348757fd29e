"""Values of disputes.

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
class Evidence:
    """That what speaks against a dispute was recorded, to be handed on."""

    dispute: str
    purchase: str
    sent_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispute:
    """A dispute: `reason` is the provider's word, `credits` what it took from the wallet until it
    is won.
    """

    dispute: str
    purchase: str
    user: str
    status: Literal["open", "won", "lost"]
    amount: Money
    credits: Decimal | None
    reason: str | None
    opened_at: datetime
    evidence_due_at: datetime | None
    evidence_sent_at: datetime | None
    evidence_taken_at: datetime | None
    ended_at: datetime | None

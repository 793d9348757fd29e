"""Values of corrections.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspension:
    """Whether a wallet refuses; `reason` is an erasable text: an erased one is null."""

    user: str
    asset: str
    suspended: bool
    sequence: int
    hash: str
    recorded_at: datetime
    reason: str | None

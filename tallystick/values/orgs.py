"""Values of orgs.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Org:
    """A tenant; `billing_mode`: whose wallets pay."""

    id: str
    name: str
    billing_mode: Literal["individual", "shared"]
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedOrg:
    """A tenant whose events are written in another shard from now on."""

    id: str
    shard: int
    moved_at: datetime

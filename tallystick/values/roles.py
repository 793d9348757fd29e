"""Values of roles.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """A role of an org's own, and what it lets its holders do."""

    name: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedRole:
    """A role that there is not any more."""

    name: str
    removed_at: datetime

"""Values of access.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Grants:
    """A page of what was given, the newest first."""

    data: tuple[Grant, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What a line of an order has given: `credits`, of which so many were `taken_back` with their
    money, a `plan`, a `download`, or access to a `course`, until `ends_at`, or for ever.
    """

    id: str
    order: str
    line: int
    sku: str
    user: str | None
    kind: Literal[
        "physical",
        "digital_download",
        "digital_access",
        "appointment",
        "internal_transfer",
        "credits",
        "plan",
    ]
    state: Literal["active", "expired", "revoked"]
    units: int
    credits: Decimal | None
    taken_back: Decimal | None
    plan: str | None
    download: Downloads | None
    course: str | None
    given_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Downloads:
    """Under which name a file is downloaded, how often it can be, and how often it was."""

    name: str
    allowed: int
    used: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DownloadLink:
    """Where a file can be had until then, on this service: each time it is, counts."""

    download_url: str
    expires_at: datetime
    left: int

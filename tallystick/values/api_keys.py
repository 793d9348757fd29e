"""Values of api keys.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedApiKey:
    """A new credential; null as `secret`: it was in the first answer."""

    id: str
    name: str
    role: str
    subject: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked: bool
    last_used_at: datetime | None
    secret: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKey:
    """A credential, without its secret."""

    id: str
    name: str
    role: str
    subject: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked: bool
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RotatedApiKey:
    """A new credential, and the one that it replaces, which opens nothing after that moment."""

    id: str
    name: str
    role: str
    subject: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked: bool
    last_used_at: datetime | None
    secret: str | None
    replaces: str
    replaced_until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RevokedApiKey:
    """A credential that opens nothing any more."""

    id: str
    revoked: bool
    revoked_at: datetime

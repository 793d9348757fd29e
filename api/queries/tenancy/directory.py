"""The directory: who exists and which credential opens what."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from api.permissions import PERMISSIONS, Permissions, of_own
from api.queries.reader import Reader, Row
from ledger.kernel.ids import PLATFORM


@dataclass(frozen=True)
class Credential:
    """What a secret opens: a role in one org, for a subject, until it expires."""

    org: str
    key: str
    role: str
    subject: str | None
    expires_us: int | None = None
    own_role: Permissions | None = None
    """What it lets do, where the role is one of the org's own."""

    asked_at: float = field(default=math.inf, compare=False)
    """When the directory was asked for it, by the monotonic clock; it need not be asked for those
    that are not of it."""

    is_token: bool = False
    """Whether an issuer said so, and not the directory."""

    @property
    def permissions(self) -> Permissions:
        """What it lets do."""
        return PERMISSIONS[self.role] if self.own_role is None else self.own_role

    def may(self, permission: str) -> bool:
        """Tell whether it lets do something in the whole org."""
        return permission in self.permissions

    def may_own(self, permission: str) -> bool:
        """Tell whether it lets do something at least with what is its subject's."""
        held = self.permissions
        return permission in held or (self.subject is not None and of_own(permission) in held)


async def authenticate(reader: Reader, secret_hash: str) -> Credential | None:
    """Return the credential with this hash, unless it is unknown or revoked."""
    asked_at = time.monotonic()
    rows = await reader.at_once("tenancy/authenticate", {"hash": secret_hash})
    if not rows:
        return None
    org, key, role, subject, expires_us = rows[0].values()
    return Credential(org, key, role, subject, expires_us, asked_at=asked_at)


async def shard_of(reader: Reader, org: str) -> int:
    """Return the shard that an org lives in; one that nothing is known of lives in the first."""
    rows = await reader.rows(org, "tenancy/shard", {"org": org})
    return int(rows[0]["shard"]) if rows else 1


async def org_exists(reader: Reader, org: str) -> bool:
    """Tell whether an org is registered."""
    row = await reader.row("", "tenancy/org_exists", {"org": org})
    return bool(row and row["found"])


async def org_row(reader: Reader, org: str) -> Row | None:
    """Return one org of the directory."""
    return await reader.row(org, "tenancy/org", {"org": org})


async def org_rows(reader: Reader, after: str, limit: int) -> list[Row]:
    """Return orgs by id, for the operator."""
    return await reader.rows("", "tenancy/orgs", {"after": after, "limit": limit})


async def api_key_rows(reader: Reader, org: str, after: str, limit: int) -> list[Row]:
    """Return an org's credentials by id; never their hashes."""
    return await reader.rows(org, "tenancy/api_keys", {"org": org, "after": after, "limit": limit})


async def head_of(reader: Reader, org: str) -> int:
    """Return the last sequence of an org; 0 before its first event."""
    row = await reader.row(org, "head", {"org": org})
    return int(row["sequence"]) if row else 0


async def operator_keys(reader: Reader) -> tuple[int, int]:
    """Return how many operator keys were ever issued, and how many of them still open something."""
    row = await reader.row(PLATFORM, "tenancy/operator_keys", {"org": PLATFORM})
    assert row is not None
    return row["issued"], row["open"]


async def migrations_applied(reader: Reader) -> set[str]:
    """Return the names of the migrations that the database has."""
    return {row["name"] for row in await reader.rows("", "migrations")}

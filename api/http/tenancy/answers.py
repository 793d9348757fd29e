"""Orgs and API keys, as the directory has them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from api.http.answers import Answer, Time, one_of, time_or_null
from api.queries.reader import Row
from ledger.kernel.times import format_time
from ledger.tenancy.org import BillingMode
from ledger.tenancy.role_book import ROLE_PATTERN

RoleName = Annotated[str, msgspec.Meta(pattern=f"^{ROLE_PATTERN}$")]


class OrgAnswer(Answer):
    """A tenant; `billing_mode`: whose wallets pay."""

    id: str
    name: str
    billing_mode: Annotated[str, one_of(BillingMode)]
    created_at: Time


class MovedOrgAnswer(Answer):
    """A tenant whose events are written in another shard from now on."""

    id: str
    shard: int
    moved_at: Time


class ApiKeyAnswer(Answer):
    """A credential, without its secret."""

    id: str
    name: str
    role: RoleName
    subject: str | None
    created_at: Time
    expires_at: Time | None
    revoked: bool
    last_used_at: Time | None


class IssuedApiKeyAnswer(ApiKeyAnswer):
    """A new credential; null as `secret`: it was in the first answer."""

    secret: str | None


class RotatedApiKeyAnswer(IssuedApiKeyAnswer):
    """A new credential, and the one that it replaces, which opens nothing after that moment."""

    replaces: str
    replaced_until: Time


class RevokedApiKeyAnswer(Answer):
    """A credential that opens nothing any more."""

    id: str
    revoked: bool
    revoked_at: Time


class RoleAnswer(Answer):
    """A role of an org's own, and what it lets its holders do."""

    name: RoleName
    permissions: list[str]


class RemovedRoleAnswer(Answer):
    """A role that there is not any more."""

    name: RoleName
    removed_at: Time


def org_answer(row: Row) -> OrgAnswer:
    """Return an org of the directory."""
    return OrgAnswer(row["org"], row["name"], row["billing_mode"], format_time(row["recorded_us"]))


def api_key_answer(row: Row) -> ApiKeyAnswer:
    """Return a credential of the directory."""
    return ApiKeyAnswer(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        subject=row["subject"],
        created_at=format_time(row["recorded_us"]),
        expires_at=time_or_null(row["expires_us"]),
        revoked=row["revoked"],
        last_used_at=time_or_null(row["last_used_us"]),
    )

"""Bodies of requests about tenants, as their senders write them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends

from api.http.fields import (
    Body,
    Label,
    OrgId,
    Overlap,
    Permissions,
    RoleName,
    Shard,
    Subject,
    Time,
)
from api.http.requests import JsonBody


class OrgBody(Body):
    """A tenant to register."""

    id: OrgId
    name: Label
    billing_mode: Literal["individual", "shared"] = "individual"
    shard: Shard | None = None


class MoveBody(Body):
    """The shard that an org is to live in."""

    shard: Shard


class BillingModeBody(Body):
    """Whose wallets pay from now on."""

    billing_mode: Literal["individual", "shared"]


class ApiKeyBody(Body):
    """A credential to make; where the role is about one's own, `subject` is whose."""

    name: Label
    role: RoleName
    subject: Subject | None = None
    expires_at: Time | None = None


class RotateApiKeyBody(Body):
    """How long the key that is replaced opens what it did, in seconds, and when the new one
    expires."""

    overlap: Overlap
    expires_at: Time | None = None


class RoleBody(Body):
    """What a role of an org's own lets its holders do."""

    permissions: Permissions


Org = Annotated[OrgBody, Depends(JsonBody(OrgBody))]
Move = Annotated[MoveBody, Depends(JsonBody(MoveBody))]
BillingMode = Annotated[BillingModeBody, Depends(JsonBody(BillingModeBody))]
ApiKey = Annotated[ApiKeyBody, Depends(JsonBody(ApiKeyBody))]
RotateApiKey = Annotated[RotateApiKeyBody, Depends(JsonBody(RotateApiKeyBody))]
Role = Annotated[RoleBody, Depends(JsonBody(RoleBody))]

"""Bodies of requests about tenants, as their senders write them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends

from api.http.fields import Body, Label, OrgId, Overlap, Shard, Subject, Time
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
    """A credential to make; a member's key names its member as `subject`."""

    name: Label
    role: Literal["operator", "admin", "billing", "gateway", "auditor", "member"]
    subject: Subject | None = None
    expires_at: Time | None = None


class RotateApiKeyBody(Body):
    """How long the key that is replaced opens what it did, in seconds, and when the new one
    expires."""

    overlap: Overlap
    expires_at: Time | None = None


Org = Annotated[OrgBody, Depends(JsonBody(OrgBody))]
Move = Annotated[MoveBody, Depends(JsonBody(MoveBody))]
BillingMode = Annotated[BillingModeBody, Depends(JsonBody(BillingModeBody))]
ApiKey = Annotated[ApiKeyBody, Depends(JsonBody(ApiKeyBody))]
RotateApiKey = Annotated[RotateApiKeyBody, Depends(JsonBody(RotateApiKeyBody))]

"""Permissions of the endpoints of webhooks, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

WebhooksWriter = Annotated[Caller, Depends(Requires("webhooks:write"))]
WebhooksReader = Annotated[Caller, Depends(Requires("webhooks:read"))]

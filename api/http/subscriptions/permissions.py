"""Permissions of the endpoints of subscriptions, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

PlansReader = Annotated[Caller, Depends(Requires("plans:read", platform=True))]
PlansWriter = Annotated[Caller, Depends(Requires("plans:write", platform=True))]
CouponsReader = Annotated[Caller, Depends(Requires("coupons:read"))]
CouponsWriter = Annotated[Caller, Depends(Requires("coupons:write"))]
PolicyReader = Annotated[Caller, Depends(Requires("subscription-policy:read"))]
PolicyWriter = Annotated[Caller, Depends(Requires("subscription-policy:write"))]
SubscriptionsReader = Annotated[Caller, Depends(Requires("subscriptions:read"))]
SubscriptionsWriter = Annotated[Caller, Depends(Requires("subscriptions:write"))]
EntitlementsReader = Annotated[Caller, Depends(Requires("entitlements:read"))]

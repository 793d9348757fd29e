"""Permissions of the endpoints of purchases, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires, RequiresSomewhere

OffersReader = Annotated[Caller, Depends(Requires("offers:read", platform=True))]
OffersWriter = Annotated[Caller, Depends(Requires("offers:write", platform=True))]
PurchasesReader = Annotated[Caller, Depends(Requires("purchases:read"))]
PurchasesWriter = Annotated[Caller, Depends(Requires("purchases:write"))]
PurchasesConfirmer = Annotated[Caller, Depends(Requires("purchases:confirm"))]
PolicyReader = Annotated[Caller, Depends(Requires("purchase-policy:read"))]
PolicyWriter = Annotated[Caller, Depends(Requires("purchase-policy:write"))]
RefundsReader = Annotated[Caller, Depends(Requires("refunds:read"))]
DisputesReader = Annotated[Caller, Depends(Requires("disputes:read"))]
RefundsWriter = Annotated[Caller, Depends(Requires("refunds:write"))]
InboxReader = Annotated[Caller, Depends(RequiresSomewhere("inbox:read"))]
InboxWriter = Annotated[Caller, Depends(RequiresSomewhere("inbox:write"))]

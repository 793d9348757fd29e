"""Permissions of the endpoints of pricing, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

PricesReader = Annotated[Caller, Depends(Requires("prices:read"))]
PricesWriter = Annotated[Caller, Depends(Requires("prices:write"))]
OrderQuotesReader = Annotated[Caller, Depends(Requires("order-quotes:read"))]

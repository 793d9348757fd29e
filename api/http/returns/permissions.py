"""Permissions of the endpoints of returns, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

ReturnsReader = Annotated[Caller, Depends(Requires("returns:read"))]
ReturnsWriter = Annotated[Caller, Depends(Requires("returns:write"))]
ReturnsReceiver = Annotated[Caller, Depends(Requires("returns:receive"))]
ReturnsRefunder = Annotated[Caller, Depends(Requires("returns:refund"))]
ReturnsExchanger = Annotated[Caller, Depends(Requires("returns:exchange"))]

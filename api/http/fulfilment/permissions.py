"""Permissions of the endpoints of fulfilment, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

CarriersReader = Annotated[Caller, Depends(Requires("carriers:read"))]
FulfilmentsReader = Annotated[Caller, Depends(Requires("fulfilments:read"))]
FulfilmentsWriter = Annotated[Caller, Depends(Requires("fulfilments:write"))]

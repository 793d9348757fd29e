"""Permissions of the endpoints of inventory, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

LocationsReader = Annotated[Caller, Depends(Requires("locations:read"))]
LocationsWriter = Annotated[Caller, Depends(Requires("locations:write"))]
StockReader = Annotated[Caller, Depends(Requires("stock:read"))]
CostsReader = Annotated[Caller, Depends(Requires("costs:read"))]
CostsWriter = Annotated[Caller, Depends(Requires("costs:write"))]
StockWriter = Annotated[Caller, Depends(Requires("stock:write"))]

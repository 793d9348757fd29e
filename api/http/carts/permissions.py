"""Permissions of the endpoints of carts, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

CartsReader = Annotated[Caller, Depends(Requires("carts:read"))]
CartsWriter = Annotated[Caller, Depends(Requires("carts:write"))]

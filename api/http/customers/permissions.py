"""Permissions of the endpoints of customers, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

CustomersReader = Annotated[Caller, Depends(Requires("customers:read"))]
CustomersWriter = Annotated[Caller, Depends(Requires("customers:write"))]
OwnOrdersReader = Annotated[Caller, Depends(Requires("orders:read"))]
OwnCartWriter = Annotated[Caller, Depends(Requires("carts:write"))]

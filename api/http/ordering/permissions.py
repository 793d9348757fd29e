"""Permissions of the endpoints of orders, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

OrdersReader = Annotated[Caller, Depends(Requires("orders:read"))]
OrdersWriter = Annotated[Caller, Depends(Requires("orders:write"))]
OrdersImporter = Annotated[Caller, Depends(Requires("orders:import"))]
OrdersConfirmer = Annotated[Caller, Depends(Requires("orders:confirm"))]
OrderPolicyReader = Annotated[Caller, Depends(Requires("order-policy:read"))]
OrderPolicyWriter = Annotated[Caller, Depends(Requires("order-policy:write"))]
OrderDisputesReader = Annotated[Caller, Depends(Requires("disputes:read"))]
OrdersRefunder = Annotated[Caller, Depends(Requires("orders:refund"))]

"""Permissions of the endpoints of the catalogue, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

CatalogueWriter = Annotated[Caller, Depends(Requires("catalogue:write"))]
CatalogueReader = Annotated[Caller, Depends(Requires("catalogue:read"))]

"""Permissions of the endpoints of promotions, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

PromotionsReader = Annotated[Caller, Depends(Requires("promotions:read"))]
PromotionsWriter = Annotated[Caller, Depends(Requires("promotions:write"))]

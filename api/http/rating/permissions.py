"""Permissions of rating: who may publish prices and who may read and quote them."""

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

RateCardsWriter = Annotated[Caller, Depends(Requires("rate-cards:write", platform=True))]
RateCardsReader = Annotated[Caller, Depends(Requires("rate-cards:read", platform=True))]
QuotesReader = Annotated[Caller, Depends(Requires("quotes:read"))]

"""Permissions of the endpoints of stored value, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

GiftCardsReader = Annotated[Caller, Depends(Requires("gift-cards:read"))]
GiftCardsWriter = Annotated[Caller, Depends(Requires("gift-cards:write"))]
GiftCardsFinder = Annotated[Caller, Depends(Requires("gift-cards:lookup"))]
StoreCreditsReader = Annotated[Caller, Depends(Requires("store-credits:read"))]
StoreCreditsWriter = Annotated[Caller, Depends(Requires("store-credits:write"))]
StoreCreditsClaimer = Annotated[Caller, Depends(Requires("store-credits:claim"))]
GiftCardsClaimer = Annotated[Caller, Depends(Requires("gift-cards:claim"))]

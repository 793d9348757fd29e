"""Bodies of requests about customers, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.fields import Body, Label
from api.http.ordering.bodies import PostalAddressBody
from api.http.requests import JsonBody


class ProfileBody(Body):
    """Who a customer is. `phone`: with + and its country's code."""

    name: Label
    email: Label | None = None
    phone: Label | None = None


class SavedAddressBody(PostalAddressBody):
    """An address to keep. `default`: it is the one from now on that is taken where none is said;
    the first one is in any case."""

    default: bool = False


ProfileAsked = Annotated[ProfileBody, Depends(JsonBody(ProfileBody))]
AddressAsked = Annotated[SavedAddressBody, Depends(JsonBody(SavedAddressBody))]

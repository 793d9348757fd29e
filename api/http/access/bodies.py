"""Bodies of requests about what orders give, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.fields import Body, Reason
from api.http.requests import JsonBody


class RevocationBody(Body):
    """Why something is taken back."""

    reason: Reason | None = None


Revocation = Annotated[RevocationBody, Depends(JsonBody(RevocationBody))]

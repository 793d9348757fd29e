"""Bodies of requests about what names persons, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.fields import Body, Reason, User
from api.http.requests import JsonBody


class ErasureBody(Body):
    """Whose texts are erased, and why."""

    user: User
    reason: Reason | None = None


Erasure = Annotated[ErasureBody, Depends(JsonBody(ErasureBody))]

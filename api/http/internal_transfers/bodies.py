"""Bodies of requests about internal transfers, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.fields import Body, Reason, Units
from api.http.requests import JsonBody


class MovedUnitsBody(Body):
    """How many units; without: all that there are."""

    units: Units | None = None


class RefusedUnitsBody(MovedUnitsBody):
    """How many units are not taken, without: all that are on their way; and why."""

    reason: Reason | None = None


MovedUnits = Annotated[MovedUnitsBody, Depends(JsonBody(MovedUnitsBody))]
RefusedUnits = Annotated[RefusedUnitsBody, Depends(JsonBody(RefusedUnitsBody))]

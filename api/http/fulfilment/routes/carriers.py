"""The carriers that are known."""

from __future__ import annotations

from api.http.answers import Ok
from api.http.fulfilment.answers import (
    CarriersAnswer,
    carriers_answer,
)
from api.http.fulfilment.permissions import CarriersReader
from api.http.router import Router

router = Router(prefix="/v1/carriers", tags=["fulfilment"])


@router.get("")
async def list_carriers(caller: CarriersReader) -> Ok[CarriersAnswer]:
    """The carriers of which it is known where they tell how far a shipment is; any other is named
    with its `tracking_url`."""
    return Ok(carriers_answer(caller.service.carriers.all()))

"""The shipment list: those of all orders of an org."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.http.answers import ListAnswer, Ok
from api.http.errors import TooManyReads
from api.http.fulfilment.answers import (
    ListedShipmentAnswer,
    listed_answer,
)
from api.http.fulfilment.permissions import FulfilmentsReader
from api.http.lists import answer_list
from api.http.paging import Limit
from api.http.parameters import Sequence, User, check_choice
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.fulfilment.shipments import SHIPMENTS
from ledger.fulfilment.shipment import ShipmentStatus

router = Router(prefix="/v1/fulfilments", tags=["fulfilment"])


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_shipments(
    caller: FulfilmentsReader,
    user: User | None = None,
    status: Annotated[str | None, Query(json_schema_extra={"enum": list(ShipmentStatus)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[ListedShipmentAnswer]]:
    """An org's shipments, of orders of one user or of all the caller may see, those made last
    first; what is to be packed is `created`."""
    check_choice(status, tuple(ShipmentStatus), "status")
    filters = {"user": caller.filter(user), "status": status}
    return await answer_list(
        caller,
        SHIPMENTS,
        filters,
        listed_answer,
        cursor=cursor,
        limit=limit,
        min_sequence=min_sequence,
    )

"""Captures: the money of an order is taken before its goods are sent."""

from __future__ import annotations

from api.http.answers import Ok
from api.http.ordering.answers.orders import OrderAnswer
from api.http.ordering.capturing import captured
from api.http.ordering.permissions import OrdersConfirmer
from api.http.ordering.routes.orders import answer_order, find
from api.http.problem_schemas import may_answer
from api.http.router import Router
from ledger.kernel.errors import Conflict, NotFound, PaymentDeclined, Unavailable

router = Router(prefix="/v1/orders/{order}/capture", tags=["orders"])


@router.post("", openapi_extra=may_answer(Conflict, NotFound, PaymentDeclined, Unavailable))
async def capture_order(caller: OrdersConfirmer, order: str) -> Ok[OrderAnswer]:
    """Take the money that a bank keeps for an order: once, however often it is asked. The first
    shipment does so by itself; this is for one that leaves after banks let go, which they do after
    seven days, some sooner."""
    found = await find(caller, order)
    return await answer_order(caller, await captured(caller, found.id))

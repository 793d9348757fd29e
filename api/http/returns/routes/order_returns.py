"""Order returns: requested, received, refunded or given up."""

from __future__ import annotations

from api.commands.returns.returns import CancelReturn, ReceiveReturn, RefundReturn, RequestReturn
from api.http.answers import Created, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.ordering.routes.orders import GuestSecret, find
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.returns.answers import (
    ReturnAnswer,
    ReturnsAnswer,
    return_answer,
)
from api.http.returns.bodies import NewReturn, ReceiptOfReturn, lines_sent
from api.http.returns.permissions import (
    ReturnsReader,
    ReturnsReceiver,
    ReturnsRefunder,
    ReturnsWriter,
)
from api.http.router import Router
from api.queries.returns.returns import returns_of
from ledger.kernel.errors import Conflict, NotFound
from ledger.returns.return_facts import ReturnRequested
from ledger.returns.returns import AskedReturn, CameBack

router = Router(prefix="/v1/orders/{order}/returns", tags=["returns"])


@router.post("", openapi_extra=may_answer(NotFound, Conflict))
async def request_return(
    caller: ReturnsWriter, key: IdempotencyKey, order: str, body: NewReturn
) -> Created[ReturnAnswer]:
    """Ask for goods to come back: units that were sent and are in no other return."""
    found = await find(caller, order)
    command = RequestReturn(
        **caller.asks(key),
        sent={"order": found.id, **lines_sent(body)},  # the reason: compared by its digest
        order=found.id,
        order_return=caller.new_id("ret"),
        lines=tuple(AskedReturn(each.line, each.units) for each in body.lines or ()),
        reason=sealed_reason(caller, body.reason, found.owner or found.id),
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, ReturnRequested)
    return Created(await _answered(caller, found.id, fact.order_return), replayed=result.replayed)


@router.get("", openapi_extra=may_answer(NotFound))
async def list_returns_of_order(
    caller: ReturnsReader, order: str, guest_secret: GuestSecret = None
) -> Ok[ReturnsAnswer]:
    """The returns of an order, those requested first first. With a secret it is the guest's who has
    it."""
    found = await find(caller, order, guest_secret, of_the_past=True)
    returns = await returns_of(caller.service.reader, caller.org, found.id)
    return Ok(ReturnsAnswer([return_answer(found.id, each) for each in returns.values()]))


@router.post("/{return_id}/receive", openapi_extra=may_answer(NotFound, Conflict))
async def receive_return(
    caller: ReturnsReceiver,
    key: IdempotencyKey,
    order: str,
    return_id: str,
    body: ReceiptOfReturn,
) -> Ok[ReturnAnswer]:
    """Say what has come of a return, each unit sellable or damaged, and where it is kept. Sellable
    units are on hand again."""
    found = await find(caller, order)
    came = (
        CameBack(each.line, each.units, each.condition, each.location) for each in body.lines or ()
    )
    command = ReceiveReturn(
        **caller.asks(key),
        sent={"order": found.id, "return": return_id, **lines_sent(body)},
        order=found.id,
        order_return=return_id,
        came=tuple(came),
    )
    result = await caller.service.writer.submit(command)
    return Ok(await _answered(caller, found.id, return_id), replayed=result.replayed)


@router.post("/{return_id}/refund", openapi_extra=may_answer(NotFound, Conflict))
async def refund_return(
    caller: ReturnsRefunder, key: IdempotencyKey, order: str, return_id: str
) -> Ok[ReturnAnswer]:
    """Ask for the money of what has come to go back: the exact shares of its units. It is a refund
    of the order, as any other; one that has failed can be asked for again."""
    found = await find(caller, order)
    command = RefundReturn(
        **caller.asks(key),
        sent={"order": found.id, "return": return_id},
        order=found.id,
        order_return=return_id,
        refund=caller.new_id("ref"),
    )
    result = await caller.service.writer.submit(command)
    return Ok(await _answered(caller, found.id, return_id), replayed=result.replayed)


@router.post("/{return_id}/cancel", openapi_extra=may_answer(NotFound))
async def cancel_return(
    caller: ReturnsWriter, key: IdempotencyKey, order: str, return_id: str
) -> Ok[ReturnAnswer]:
    """Give a return up of which nothing has come."""
    found = await find(caller, order)
    command = CancelReturn(
        **caller.asks(key),
        sent={"order": found.id, "return": return_id},
        order=found.id,
        order_return=return_id,
    )
    result = await caller.service.writer.submit(command)
    return Ok(await _answered(caller, found.id, return_id), replayed=result.replayed)


async def _answered(caller: Caller, order: str, return_id: str) -> ReturnAnswer:
    found = await returns_of(caller.service.reader, caller.org, order)
    return return_answer(order, found[return_id])

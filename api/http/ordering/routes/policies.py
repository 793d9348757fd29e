"""Policies: when the money of orders is taken."""

from __future__ import annotations

from api.commands.ordering.policies import SetOrderPolicy
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.ordering.answers.order_policies import OrderPolicyAnswer
from api.http.ordering.bodies import OrderPolicyAsked
from api.http.ordering.permissions import OrderPolicyReader, OrderPolicyWriter
from api.http.router import Router
from api.queries.ordering.policies import capture_policy_of
from ledger.ordering.order_policy import OrderPolicy

router = Router(prefix="/v1/orders/policy", tags=["orders"])


@router.get("")
async def get_order_policy(caller: OrderPolicyReader) -> Ok[OrderPolicyAnswer]:
    """What the org has decided of orders, or what holds where it has not."""
    return Ok(OrderPolicyAnswer(str(await capture_policy_of(caller.service.reader, caller.org))))


@router.put("")
async def set_order_policy(
    caller: OrderPolicyWriter, key: IdempotencyKey, body: OrderPolicyAsked
) -> Ok[OrderPolicyAnswer]:
    """Decide when the money of orders is taken that are placed from now on: `now`, or
    `at_shipment` of those of which all is sent; their buyers' banks keep it until then."""
    command = SetOrderPolicy(**caller.asks(key), sent=body.sent(), capture=body.capture)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, OrderPolicy.OrderPolicySet)
    return Ok(OrderPolicyAnswer(str(fact.capture)), replayed=result.replayed)

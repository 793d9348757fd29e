"""Shipping methods: by which orders are sent, and what that costs."""

from __future__ import annotations

import msgspec

from api.commands.pricing.shipping_methods import RemoveShippingMethod, SetShippingMethod
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.pricing.answers.shipping_methods import (
    RemovedShippingMethodAnswer,
    ShippingMethodAnswer,
    ShippingMethodsAnswer,
    shipping_method_answer,
)
from api.http.pricing.permissions import PricesReader, PricesWriter
from api.http.pricing.shipping_bodies import ShippingMethodAsked, shipping_method_in
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.pricing.prices import shipping_methods_of
from ledger.kernel.errors import NotFound
from ledger.pricing.shipping_book import ShippingBook

router = Router(prefix="/v1/prices/shipping", tags=["prices"])


@router.get("")
async def list_shipping_methods(caller: PricesReader) -> Ok[ShippingMethodsAnswer]:
    """All shipping methods of the org, in the order in which they are offered."""
    found = await shipping_methods_of(caller.service.reader, caller.org)
    return Ok(ShippingMethodsAnswer([shipping_method_answer(each) for each in found]))


@router.put("/{method}")
async def set_shipping_method(
    caller: PricesWriter, key: IdempotencyKey, method: str, body: ShippingMethodAsked
) -> Ok[ShippingMethodAnswer]:
    """Have orders be sent so from now on, in place of the method of that id."""
    asked = shipping_method_in(body, method)
    command = SetShippingMethod(**caller.asks(key), sent=msgspec.to_builtins(asked), method=asked)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, ShippingBook.ShippingMethodSet)
    return Ok(shipping_method_answer(fact.method), replayed=result.replayed)


@router.delete("/{method}", openapi_extra=may_answer(NotFound))
async def remove_shipping_method(
    caller: PricesWriter, key: IdempotencyKey, method: str
) -> Ok[RemovedShippingMethodAnswer]:
    """Have no order be sent so any more."""
    sent: dict[str, object] = {"method": method}
    command = RemoveShippingMethod(**caller.asks(key), sent=sent, method=method)
    result = await caller.service.writer.submit(command)
    return Ok(RemovedShippingMethodAnswer(method), replayed=result.replayed)

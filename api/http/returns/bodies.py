"""Bodies of requests about returns, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from api.http.fields import Amount, Body, Name, Reason, Units
from api.http.inventory.bodies import ConditionName, LocationId
from api.http.ordering.bodies import OrderPaymentsBody
from api.http.pricing.bodies import OrderLineBody
from api.http.requests import JsonBody
from ledger.inventory.condition import Condition
from ledger.kernel.limits import LINES_PER_ORDER_MAX

RECEIVED_LINES_MAX = 2 * LINES_PER_ORDER_MAX
"""A line may come back in two conditions."""


class ReturnLineBody(Body):
    """What comes back of a line: so many units; without: all that can."""

    line: Annotated[int, Field(ge=1, le=LINES_PER_ORDER_MAX)]
    units: Units | None = None


class ReturnBody(Body):
    """What comes back: of `lines`; without: all that was sent and is in no return. `reason`: why,
    erasable."""

    lines: (
        Annotated[list[ReturnLineBody], Field(min_length=1, max_length=LINES_PER_ORDER_MAX)] | None
    ) = None
    reason: Reason | None = None


class ReceivedLineBody(Body):
    """What has come of a line, in one `condition`: to a `location`, or to where it had left."""

    line: Annotated[int, Field(ge=1, le=LINES_PER_ORDER_MAX)]
    units: Units
    condition: ConditionName = Condition.SELLABLE
    location: LocationId | None = None


class ReceiptOfReturnBody(Body):
    """What has come: of `lines`; without: all of it, sellable, to where it had left. What has not
    come is in no return any more."""

    lines: (
        Annotated[list[ReceivedLineBody], Field(min_length=1, max_length=RECEIVED_LINES_MAX)] | None
    ) = None


class ExchangeBody(OrderPaymentsBody):
    """What is wanted for what has come: `lines`, sent by the method `shipping`, and how what they
    cost more is paid. With `expected_value`, what the buyer was told that the return is worth, and
    `expected_total`, what the lines cost, it is done; without either it is only said what it would
    come to."""

    lines: Annotated[list[OrderLineBody], Field(min_length=1, max_length=LINES_PER_ORDER_MAX)]
    shipping: Name | None = None
    expected_value: Amount | None = None
    expected_total: Amount | None = None


def lines_sent(body: ReturnBody | ReceiptOfReturnBody) -> dict[str, object]:
    """Return the lines of a body as they were sent."""
    return {"lines": [each.sent() for each in body.lines]} if body.lines else {}


NewReturn = Annotated[ReturnBody, Depends(JsonBody(ReturnBody))]
ReceiptOfReturn = Annotated[ReceiptOfReturnBody, Depends(JsonBody(ReceiptOfReturnBody))]
WantedExchange = Annotated[ExchangeBody, Depends(JsonBody(ExchangeBody))]

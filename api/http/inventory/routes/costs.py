"""Costs: what units of stock have cost, and what they are worth."""

from __future__ import annotations

from api.commands.inventory.stock import SetUnitCost
from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.errors import TooManyReads
from api.http.inventory.answers.costs import StockCostAnswer, cost_answer
from api.http.inventory.bodies import UnitCost, unit_cost_in
from api.http.inventory.permissions import CostsReader, CostsWriter
from api.http.inventory.stock_list import stock_list
from api.http.paging import Limit
from api.http.parameters import Text
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.inventory.costs import cost_of, costs
from ledger.kernel.errors import NotFound

router = Router(prefix="/v1/stock/costs", tags=["inventory"])


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_costs(
    caller: CostsReader,
    sku: Text | None = None,
    location: Text | None = None,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[ListAnswer[StockCostAnswer]]:
    """What the units of each SKU that are on hand at each location have cost, by SKU and location;
    of one SKU, or of one location."""
    page = await stock_list(
        caller,
        "stock_costs",
        costs,
        cost_answer,
        sku=sku,
        location=location,
        cursor=cursor,
        limit=limit,
    )
    return Ok(page)


@router.put("", openapi_extra=may_answer(NotFound))
async def set_unit_cost(
    caller: CostsWriter, key: IdempotencyKey, body: UnitCost
) -> Ok[StockCostAnswer]:
    """Say what a unit of a SKU has cost: each that is on hand at a location, and others that come
    there without a cost. What has left before keeps the cost that it had."""
    command = SetUnitCost(
        **caller.asks(key),
        sent=body.sent(),
        location=body.location,
        sku=body.sku,
        paid=unit_cost_in(body),
    )
    result = await caller.service.writer.submit(command)
    now = await cost_of(caller.service.reader, caller.org, body.sku, body.location)
    return Ok(cost_answer(now), replayed=result.replayed)

"""Stock: how many units there are of each SKU at each location."""

from __future__ import annotations

from api.commands.inventory.stock import SetOversell
from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.errors import TooManyReads
from api.http.inventory.answers.stock import LevelAnswer, level_answer
from api.http.inventory.bodies import StockSettings
from api.http.inventory.permissions import StockReader, StockWriter
from api.http.inventory.stock_list import stock_list
from api.http.paging import Limit
from api.http.parameters import Text
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.inventory.stock import level, levels
from ledger.kernel.errors import Conflict, NotFound

router = Router(prefix="/v1/stock", tags=["inventory"])


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_stock(
    caller: StockReader,
    sku: Text | None = None,
    location: Text | None = None,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[ListAnswer[LevelAnswer]]:
    """The units of each SKU at each location, by SKU and location; of one SKU, or of one
    location."""
    page = await stock_list(
        caller,
        "stock",
        levels,
        level_answer,
        sku=sku,
        location=location,
        cursor=cursor,
        limit=limit,
    )
    return Ok(page)


@router.put("", openapi_extra=may_answer(Conflict, NotFound))
async def set_stock(
    caller: StockWriter, key: IdempotencyKey, body: StockSettings
) -> Ok[LevelAnswer]:
    """Set whether more of a SKU may be reserved at a location than is on hand there."""
    command = SetOversell(
        **caller.asks(key),
        sent=body.sent(),
        location=body.location,
        sku=body.sku,
        allowed=body.allow_oversell,
    )
    result = await caller.service.writer.submit(command)
    now = await level(caller.service.reader, caller.org, body.sku, body.location)
    return Ok(level_answer(now), replayed=result.replayed)

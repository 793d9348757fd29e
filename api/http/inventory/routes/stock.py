"""Stock: how many units there are of each SKU at each location."""

from __future__ import annotations

from api.commands.inventory.stock import SetOversell
from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.errors import TooManyReads
from api.http.inventory.answers.stock import LevelAnswer, level_answer
from api.http.inventory.bodies import StockSettings
from api.http.inventory.permissions import StockReader, StockWriter
from api.http.paging import Cursors, Limit
from api.http.parameters import Text
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.inventory.stock import level, levels
from api.queries.tenancy.directory import head_of
from ledger.inventory.location import check_location
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import check_sku

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
    filters = {
        "sku": None if sku is None else check_sku(sku),
        "location": None if location is None else check_location(location),
    }
    cursors = Cursors(caller, "stock", filters)
    after = cursors.read(cursor, tuple[str, str], ("", ""))
    page = cursors.page(limit)
    reader = caller.service.long_reader
    async with caller.service.reads.read(caller.org):
        as_of = await head_of(reader, caller.org)
        found = await levels(
            reader, caller.org, filters["sku"], filters["location"], after, page.asked
        )
    found = page.cut(found, lambda each: each.place)
    return Ok(ListAnswer([level_answer(each) for each in found], page.next_cursor, as_of))


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

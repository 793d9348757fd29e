"""Prices: what one unit of a SKU costs, or of any variant of a catalogue item."""

from __future__ import annotations

import msgspec

from api.commands.pricing.sku_prices import PublishPrices
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.paging import Cursors, Limit
from api.http.pricing.answers.prices import PricesAnswer, PricesListAnswer, prices_answer
from api.http.pricing.bodies import PricesAsked, PricesBody, prices_in
from api.http.pricing.permissions import PricesReader, PricesWriter
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.pricing.prices import SubjectPrices, price_page, prices_of
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import check_sku
from ledger.pricing.asked_order import ITEM
from ledger.pricing.base_price import PublishedPrices
from ledger.pricing.sku_prices import SkuPrices

SHOWN_MAX = 100
"""Subjects of one page, whose prices are shown whole."""

router = Router(prefix="/v1/prices", tags=["prices"])


@router.get("")
async def list_prices(
    caller: PricesReader, cursor: str | None = None, limit: Limit = None
) -> Ok[PricesListAnswer]:
    """The SKUs and catalogue items that have prices, with those; a hundred a page at most."""
    cursors = Cursors(caller, "prices", {})
    page = cursors.page(limit)
    after = cursors.read(cursor, str, "")
    asked = min(page.asked, SHOWN_MAX + 1)
    found = await price_page(caller.service.reader, caller.org, after, asked)
    rows = page.cut(found, lambda each: each.subject, SHOWN_MAX)
    return Ok(PricesListAnswer([prices_answer(each) for each in rows], page.next_cursor))


@router.get("/skus/{sku}", openapi_extra=may_answer(NotFound))
async def get_prices(caller: PricesReader, sku: str) -> Ok[PricesAnswer]:
    """The prices of a SKU, as they were published last."""
    return Ok(prices_answer(await _found(caller, check_sku(sku), "sku")))


@router.put("/skus/{sku}")
async def publish_prices(
    caller: PricesWriter, key: IdempotencyKey, sku: str, body: PricesAsked
) -> Ok[PricesAnswer]:
    """Publish the prices of a SKU from now on: these and no others. What was quoted before says the
    version that it was quoted by. Two prices that would fit the same order are refused unless one
    is the more particular: of a group, of fewer quantities, or of a later start."""
    return await _publish(caller, key, check_sku(sku), body)


@router.get("/items/{item}", openapi_extra=may_answer(NotFound))
async def get_item_prices(caller: PricesReader, item: str) -> Ok[PricesAnswer]:
    """The prices of a catalogue item, as they were published last."""
    return Ok(prices_answer(await _found(caller, ITEM + check_sku(item, "item"), "item")))


@router.put("/items/{item}")
async def publish_item_prices(
    caller: PricesWriter, key: IdempotencyKey, item: str, body: PricesAsked
) -> Ok[PricesAnswer]:
    """Publish the prices of a catalogue item, for those of its variants whose SKU has none that
    fits."""
    return await _publish(caller, key, ITEM + check_sku(item, "item"), body)


async def _found(caller: Caller, subject: str, field: str) -> SubjectPrices:
    found = await prices_of(caller.service.reader, caller.org, subject)
    if found is None:
        raise NotFound(f"that {field} has no prices.", field=field)
    return found


async def _publish(caller: Caller, key: str, subject: str, body: PricesBody) -> Ok[PricesAnswer]:
    prices = prices_in(body)
    sent = {"subject": subject, "prices": msgspec.to_builtins(prices)}
    command = PublishPrices(**caller.asks(key), sent=sent, subject=subject, prices=prices)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, SkuPrices.PricesPublished)
    published = PublishedPrices(fact.price_version, fact.prices)
    return Ok(prices_answer(SubjectPrices(subject, published)), replayed=result.replayed)

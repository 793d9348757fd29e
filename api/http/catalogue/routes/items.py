"""Items: what an org sells is begun, described, published and archived."""

from __future__ import annotations

import re
from typing import TypeVar

from api.commands.catalogue.items import (
    ArchiveItem,
    CreateItem,
    DefineVariants,
    DescribeItem,
    PublishItem,
)
from api.commands.command import KeyedCommand
from api.commands.result import CommandResult
from api.http.answers import Created, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.catalogue.answers import (
    CatalogueItemAnswer,
    CatalogueItemsAnswer,
    ChangedItemAnswer,
    CreatedItemAnswer,
    DefinedVariantsAnswer,
    DescribedItemAnswer,
    VariantsAnswer,
    item_answer,
    listed_answer,
    options_answer,
    sku_answer,
)
from api.http.catalogue.bodies import ItemChange, NewItem, VariantsAsked
from api.http.catalogue.permissions import CatalogueReader, CatalogueWriter
from api.http.paging import Cursors, Limit
from api.http.parameters import check_choice
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.catalogue.items import ItemRow, item_row, listed_items
from api.queries.catalogue.skus import skus_of_item
from ledger.catalogue.catalogue_item import CatalogueItem
from ledger.catalogue.item_state import ItemState
from ledger.catalogue.local_text import check_slug
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import name_of
from ledger.kernel.times import format_time

router = Router(prefix="/v1/catalogue/items", tags=["catalogue"])

_ID = re.compile(r"item_[0-9a-f]{24}")
F = TypeVar("F", bound=Fact)


@router.post("", openapi_extra=may_answer(NotFound, Conflict))
async def create_item(
    caller: CatalogueWriter, key: IdempotencyKey, body: NewItem
) -> Created[CreatedItemAnswer]:
    """Begin an item: a draft, without variants, that nobody sees. Its slug is its own for ever."""
    command = CreateItem(
        **caller.asks(key),
        sent=body.sent(),
        item=caller.new_id("item"),
        type=body.type,
        slug=body.slug,
        details=body.details(),
    )
    result, fact = await _submit(caller, command, CatalogueItem.ItemDescribed)
    value = CreatedItemAnswer(
        name_of(fact.originator_id),
        body.slug,
        body.type,
        fact.type_version,
        format_time(fact.recorded_us),
    )
    return Created(value, replayed=result.replayed)


@router.get("")
async def list_items(
    caller: CatalogueReader,
    type: str | None = None,
    state: str | None = None,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[CatalogueItemsAnswer]:
    """The items of an org by their ids, of a type or in a state."""
    if type is not None:
        check_slug(type, "type")
    check_choice(state, tuple(ItemState), "state")
    page = Cursors(caller, "catalogue-items", {"type": type, "state": state}).page(limit)
    after = page.cursors.read(cursor, str, "")
    found = await listed_items(caller.service.reader, caller.org, type, state, after, page.asked)
    found = page.cut(found, lambda each: each.id)
    return Ok(CatalogueItemsAnswer([listed_answer(each) for each in found], page.next_cursor))


@router.get("/{item}", openapi_extra=may_answer(NotFound))
async def look_at_item(caller: CatalogueReader, item: str) -> Ok[CatalogueItemAnswer]:
    """One item."""
    return Ok(item_answer(await _found(caller, item)))


@router.put("/{item}", openapi_extra=may_answer(NotFound))
async def describe_item(
    caller: CatalogueWriter, key: IdempotencyKey, item: str, body: ItemChange
) -> Ok[DescribedItemAnswer]:
    """Have an item say this of itself, in place of all that it said; its custom fields are checked
    by its type as that is now."""
    command = DescribeItem(
        **caller.asks(key),
        sent={"id": _checked_id(item), **body.sent()},
        item=item,
        details=body.details(),
    )
    result, fact = await _submit(caller, command, CatalogueItem.ItemDescribed)
    value = DescribedItemAnswer(item, fact.type_version, format_time(fact.recorded_us))
    return Ok(value, replayed=result.replayed)


@router.get("/{item}/variants", openapi_extra=may_answer(NotFound))
async def list_variants(caller: CatalogueReader, item: str) -> Ok[VariantsAnswer]:
    """The options of an item, and every SKU that it ever had."""
    found = await _found(caller, item)
    rows = await skus_of_item(caller.service.reader, caller.org, item)
    order = found.variants
    rows = sorted(rows, key=lambda each: (order.get(each.sku, len(order)), each.sku))
    return Ok(VariantsAnswer(options_answer(found.options), [sku_answer(each) for each in rows]))


@router.put("/{item}/variants", openapi_extra=may_answer(NotFound, Conflict))
async def define_variants(
    caller: CatalogueWriter, key: IdempotencyKey, item: str, body: VariantsAsked
) -> Ok[DefinedVariantsAnswer]:
    """Have an item in these variants and in no others. A SKU is its item's for ever, and means for
    ever what it meant at first."""
    options, variants = body.options or [], body.all_variants()
    command = DefineVariants(
        **caller.asks(key),
        sent={"id": _checked_id(item), "options": options, "variants": variants},
        item=item,
        options=options,
        variants=variants,
    )
    result, fact = await _submit(caller, command, CatalogueItem.VariantsDefined)
    value = DefinedVariantsAnswer(
        item, [each.sku for each in fact.variants], fact.added, format_time(fact.recorded_us)
    )
    return Ok(value, replayed=result.replayed)


@router.post("/{item}/publish", openapi_extra=may_answer(NotFound, Conflict))
async def publish_item(
    caller: CatalogueWriter, key: IdempotencyKey, item: str
) -> Ok[ChangedItemAnswer]:
    """Have an item seen and sold; also one that was archived."""
    sent: dict[str, object] = {"id": _checked_id(item)}
    command = PublishItem(**caller.asks(key), sent=sent, item=item)
    return await _changed(caller, command, item, ItemState.PUBLISHED)


@router.post("/{item}/archive", openapi_extra=may_answer(NotFound, Conflict))
async def archive_item(
    caller: CatalogueWriter, key: IdempotencyKey, item: str
) -> Ok[ChangedItemAnswer]:
    """Have an item neither seen nor sold. What its SKUs mean stays known, and they stay its own."""
    sent: dict[str, object] = {"id": _checked_id(item)}
    command = ArchiveItem(**caller.asks(key), sent=sent, item=item)
    return await _changed(caller, command, item, ItemState.ARCHIVED)


async def _found(caller: Caller, item: str) -> ItemRow:
    found = await item_row(caller.service.reader, caller.org, _checked_id(item))
    if found is None:
        raise _no_such()
    return found


async def _changed(
    caller: Caller, command: KeyedCommand, item: str, state: ItemState
) -> Ok[ChangedItemAnswer]:
    result = await caller.service.writer.submit(command)
    value = ChangedItemAnswer(item, state.value, format_time(result.stored_fact.recorded_us))
    return Ok(value, replayed=result.replayed)


async def _submit(caller: Caller, command: KeyedCommand, kind: type[F]) -> tuple[CommandResult, F]:
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, kind)
    return result, fact


def _checked_id(item: str) -> str:
    if not _ID.fullmatch(item):
        raise _no_such()
    return item


def _no_such() -> NotFound:
    return NotFound("there is no catalogue item of that id.", field="item")

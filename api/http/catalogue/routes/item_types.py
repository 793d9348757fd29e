"""Item types: how items are fulfilled, and which fields of their own they have."""

from __future__ import annotations

from api.commands.catalogue.item_types import PublishItemType
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.catalogue.answers import ItemTypeAnswer, ItemTypesAnswer, type_answer
from api.http.catalogue.bodies import NO_FIELDS, ItemTypeAsked
from api.http.catalogue.permissions import CatalogueReader, CatalogueWriter
from api.http.paging import Cursors, Limit
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.catalogue.item_types import type_row, type_rows
from ledger.catalogue.item_type_book import ItemTypeBook
from ledger.catalogue.local_text import check_slug
from ledger.kernel.errors import Conflict, NotFound

router = Router(prefix="/v1/catalogue/item-types", tags=["catalogue"])


@router.get("")
async def list_item_types(
    caller: CatalogueReader, cursor: str | None = None, limit: Limit = None
) -> Ok[ItemTypesAnswer]:
    """The item types of an org, by their names."""
    page = Cursors(caller, "item-types").page(limit)
    after = page.cursors.read(cursor, str, "")
    found = await type_rows(caller.service.reader, caller.org, after, page.asked)
    found = page.cut(found, lambda each: each.id)
    return Ok(ItemTypesAnswer([type_answer(each) for each in found], page.next_cursor))


@router.get("/{item_type}", openapi_extra=may_answer(NotFound))
async def look_at_item_type(caller: CatalogueReader, item_type: str) -> Ok[ItemTypeAnswer]:
    """One item type, as it is now."""
    name = check_slug(item_type, "item_type")
    found = await type_row(caller.service.reader, caller.org, name)
    if found is None:
        raise NotFound("there is no item type of that name.", field="item_type")
    return Ok(type_answer(found))


@router.put("/{item_type}", openapi_extra=may_answer(Conflict))
async def publish_item_type(
    caller: CatalogueWriter, key: IdempotencyKey, item_type: str, body: ItemTypeAsked
) -> Ok[ItemTypeAnswer]:
    """Begin an item type, or check the custom fields of its items by another schema from now on.
    How they are fulfilled is for ever."""
    name = check_slug(item_type, "item_type")
    command = PublishItemType(
        **caller.asks(key),
        sent={"name": name, **body.sent()},
        item_type=name,
        kind=body.kind,
        schema=NO_FIELDS if body.field_schema is None else body.field_schema,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, ItemTypeBook.ItemTypePublished)
    value = ItemTypeAnswer(name, fact.type_version, body.kind.value, fact.schema)
    return Ok(value, replayed=result.replayed)

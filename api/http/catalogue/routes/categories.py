"""Categories: the tree that items are found in."""

from __future__ import annotations

from api.commands.catalogue.categories import ArchiveCategory, DescribeCategory
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.catalogue.answers import (
    ArchivedCategoryAnswer,
    CategoriesAnswer,
    CategoryAnswer,
    category_answer,
    texts_answer,
)
from api.http.catalogue.bodies import CategoryAsked
from api.http.catalogue.permissions import CatalogueReader, CatalogueWriter
from api.http.paging import Cursors, Limit
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.catalogue.categories import category_row, category_rows
from ledger.catalogue.category import Category
from ledger.catalogue.local_text import check_slug
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.times import format_time

router = Router(prefix="/v1/catalogue/categories", tags=["catalogue"])


@router.get("")
async def list_categories(
    caller: CatalogueReader,
    parent: str | None = None,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[CategoriesAnswer]:
    """The categories of an org, or those directly in one, by their slugs."""
    if parent is not None:
        check_slug(parent, "parent")
    page = Cursors(caller, "categories", {"parent": parent}).page(limit)
    after = page.cursors.read(cursor, str, "")
    found = await category_rows(caller.service.reader, caller.org, parent, after, page.asked)
    found = page.cut(found, lambda each: each.id)
    return Ok(CategoriesAnswer([category_answer(each) for each in found], page.next_cursor))


@router.get("/{category}", openapi_extra=may_answer(NotFound))
async def look_at_category(caller: CatalogueReader, category: str) -> Ok[CategoryAnswer]:
    """One category."""
    slug = check_slug(category, "category")
    found = await category_row(caller.service.reader, caller.org, slug)
    if found is None:
        raise NotFound("there is no category of that slug.", field="category")
    return Ok(category_answer(found))


@router.put("/{category}", openapi_extra=may_answer(Conflict))
async def describe_category(
    caller: CatalogueWriter, key: IdempotencyKey, category: str, body: CategoryAsked
) -> Ok[CategoryAnswer]:
    """Begin a category, or call it otherwise; move it with all below it. One that was archived is
    there again."""
    slug = check_slug(category, "category")
    command = DescribeCategory(
        **caller.asks(key),
        sent={"slug": slug, **body.sent()},
        category=slug,
        parent=body.parent,
        texts=body.texts,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, Category.CategoryDescribed)
    value = CategoryAnswer(slug, fact.parent, False, texts_answer(fact.wording))
    return Ok(value, replayed=result.replayed)


@router.post("/{category}/archive", openapi_extra=may_answer(NotFound, Conflict))
async def archive_category(
    caller: CatalogueWriter, key: IdempotencyKey, category: str
) -> Ok[ArchivedCategoryAnswer]:
    """Have nothing put in a category any more; what is in it stays there. None may be below it."""
    slug = check_slug(category, "category")
    command = ArchiveCategory(**caller.asks(key), sent={"slug": slug}, category=slug)
    result = await caller.service.writer.submit(command)
    value = ArchivedCategoryAnswer(slug, format_time(result.stored_fact.recorded_us))
    return Ok(value, replayed=result.replayed)

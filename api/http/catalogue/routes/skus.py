"""SKUs and slugs: an item, or one variant of it, found by the name that is its own for ever."""

from __future__ import annotations

from api.http.answers import Ok
from api.http.catalogue.answers import CatalogueItemAnswer, SkuAnswer, item_answer, sku_answer
from api.http.catalogue.permissions import CatalogueReader
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.catalogue.items import item_of_slug
from api.queries.catalogue.skus import sku_row
from ledger.catalogue.local_text import check_slug
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import check_sku

router = Router(prefix="/v1/catalogue", tags=["catalogue"])


@router.get("/slugs/{slug}", openapi_extra=may_answer(NotFound))
async def item_by_slug(caller: CatalogueReader, slug: str) -> Ok[CatalogueItemAnswer]:
    """The item that a slug is of."""
    check_slug(slug, "slug")
    found = await item_of_slug(caller.service.reader, caller.org, slug)
    if found is None:
        raise NotFound("there is no catalogue item of that slug.", field="slug")
    return Ok(item_answer(found))


@router.get("/skus/{sku}", openapi_extra=may_answer(NotFound))
async def look_at_sku(caller: CatalogueReader, sku: str) -> Ok[SkuAnswer]:
    """What a SKU means, also when it is sold no more."""
    check_sku(sku)
    found = await sku_row(caller.service.reader, caller.org, sku)
    if found is None:
        raise NotFound("no catalogue item has that SKU.", field="sku")
    return Ok(sku_answer(found))

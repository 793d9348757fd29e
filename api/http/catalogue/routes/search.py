"""The search: published items by words, type, category and option values."""

from __future__ import annotations

from api.http.answers import Ok
from api.http.auth.caller import Caller
from api.http.catalogue.answers import SearchAnswer, facets_answer, listed_answer
from api.http.catalogue.permissions import CatalogueReader
from api.http.paging import Cursors, Limit, parse_min_sequence
from api.http.router import Router
from api.queries.catalogue.categories import slugs_below
from api.queries.catalogue.items import items_named
from api.queries.catalogue.search import FIRST, Wanted, search_items, words_of
from api.queries.read_models import applied_sequence
from ledger.catalogue.local_text import check_locale, check_slug
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_name, check_text
from ledger.kernel.limits import OPTIONS_PER_ITEM_MAX

router = Router(prefix="/v1/catalogue/search", tags=["catalogue"])

WORDS_MAX = 200
"""Characters of what is searched for."""

ENGLISH = "en"


@router.get("")
async def search_catalogue(
    caller: CatalogueReader,
    q: str | None = None,
    locale: str = ENGLISH,
    type: str | None = None,
    category: str | None = None,
    option: str | None = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: str | None = None,
) -> Ok[SearchAnswer]:
    """The published items with all words of `q`, of a type, in a category or below it, with option
    values as `colour=red,size=m`; the best first. The last word may be begun only. Where no item
    has the words, those with titles like them are found."""
    filters = {"q": q, "locale": locale, "type": type, "category": category, "option": option}
    page = Cursors(caller, "catalogue-search", filters).page(limit)
    after = page.cursors.read(cursor, tuple[float, str], FIRST)
    wanted = await _wanted(caller, **filters)
    reader, org = caller.service.reader, caller.org
    as_of = await applied_sequence(
        reader, org, "catalogue_search", parse_min_sequence(min_sequence, cursor)
    )
    found = await search_items(reader, org, wanted, after, page.asked)
    places = page.cut(found.items, tuple)
    items = await items_named(reader, org, [item for _, item in places])
    return Ok(
        SearchAnswer(
            [listed_answer(each) for each in items],
            found.found,
            found.is_more,
            facets_answer(found.facets) if after == FIRST else None,
            page.next_cursor,
            as_of,
        )
    )


async def _wanted(
    caller: Caller,
    q: str | None,
    locale: str | None,
    type: str | None,
    category: str | None,
    option: str | None,
) -> Wanted:
    """Return what is looked for. Raises Invalid."""
    words = _checked_words(q)
    if type is not None:
        check_slug(type, "type")
    below: list[str] = []
    if category is not None:
        slug = check_slug(category, "category")
        below = await slugs_below(caller.service.reader, caller.org, slug)
    return Wanted(words, check_locale(locale, "locale"), type, _options(option), below)


def _checked_words(q: str | None) -> str:
    if q is None:
        return ""
    check_text(q, "q", WORDS_MAX)
    if not words_of(q):
        raise Invalid("q must have a letter or a digit.", field="q")
    return q


def _options(option: str | None) -> list[str]:
    """Return the option values that are asked for."""
    if option is None:
        return []
    found = option.split(",")
    if len(found) > OPTIONS_PER_ITEM_MAX:
        raise Invalid(f"option must name at most {OPTIONS_PER_ITEM_MAX}.", field="option")
    for each in found:
        name, _, value = each.partition("=")
        check_name(name, "option")
        check_name(value, "option")
    return found

"""Lists of what read models have, as they are asked for and answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from api.http.answers import Answer, ListAnswer, Ok
from api.http.auth.caller import Caller
from api.http.paging import Cursors, parse_min_sequence
from api.queries.lists import FIRST_PLACE, Listed, ModelList
from api.queries.read_models import applied_sequence

L = TypeVar("L", bound=Listed)
A = TypeVar("A", bound=Answer)


async def answer_list(
    caller: Caller,
    listed: ModelList[L],
    filters: Mapping[str, str | None],
    answer: Callable[[L], A],
    *,
    cursor: str | None,
    limit: str | None,
    min_sequence: str | None,
) -> Ok[ListAnswer[A]]:
    """Return a page of a list, with what was recorded by now, or by `min_sequence`."""
    cursors = Cursors(caller, listed.model, filters)
    before = cursors.read(cursor, tuple[int, str], FIRST_PLACE)
    page = cursors.page(limit)
    at_least = parse_min_sequence(min_sequence, cursor)
    async with caller.service.reads.read(caller.org):
        reader = caller.service.long_reader
        as_of = await applied_sequence(reader, caller.org, listed.model, at_least)
        found = await listed.rows(reader, caller.org, filters, before, page.asked)
    found = page.cut(found, lambda each: each.place)
    return Ok(ListAnswer([answer(each) for each in found], page.next_cursor, as_of))

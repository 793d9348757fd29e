"""The stock list: a page of what is to be said of each SKU at each location, by these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from api.http.answers import Answer, ListAnswer
from api.http.auth.caller import Caller
from api.http.paging import Cursors
from api.queries.reader import Reader
from api.queries.tenancy.directory import head_of
from ledger.inventory.location import check_location
from ledger.kernel.ids import check_sku


class Placed(Protocol):
    """Something of a SKU at a location."""

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in the list."""


F = TypeVar("F", bound=Placed)
A = TypeVar("A", bound=Answer)

Asked = Callable[[Reader, str, str | None, str | None, tuple[str, str], int], Awaitable[list[F]]]
"""Returns what there is of an org, of a SKU and a location if they are said, after a place, and at
most how much."""


async def stock_list(
    caller: Caller,
    name: str,
    asked: Asked[F],
    answer: Callable[[F], A],
    *,
    sku: str | None,
    location: str | None,
    cursor: str | None,
    limit: str | None,
) -> ListAnswer[A]:
    """Return a page of a list of that name. Raises Invalid, InvalidCursor and TooManyReads."""
    sku = None if sku is None else check_sku(sku)
    location = None if location is None else check_location(location)
    cursors = Cursors(caller, name, {"sku": sku, "location": location})
    after, page = cursors.read(cursor, tuple[str, str], ("", "")), cursors.page(limit)
    reader = caller.service.long_reader
    async with caller.service.reads.read(caller.org):
        as_of = await head_of(reader, caller.org)
        found = await asked(reader, caller.org, sku, location, after, page.asked)
    found = page.cut(found, lambda each: each.place)
    return ListAnswer([answer(each) for each in found], page.next_cursor, as_of)

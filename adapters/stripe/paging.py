"""Paging through the lists of Stripe, which begin with the newest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import stripe

from adapters.stripe.calls import called

PAGE_MAX = 100

Page: TypeAlias = Callable[[str], Awaitable[stripe.ListObject[Any]]]
"""Asks for a page beside the object of an id; without one, for the first."""


async def from_newest(page: Page) -> AsyncIterator[dict[str, Any]]:
    """Yield what a list has, the newest first; `page` asks for what is older than an id."""
    last, is_more = "", True
    while is_more:
        found = await called(page(last))
        for each in found.data:
            yield shown(each)
        is_more = found.has_more and bool(found.data)
        last = found.data[-1].id if found.data else ""


async def from_oldest(page: Page, after: str) -> AsyncIterator[dict[str, Any]]:
    """Yield what a list has after an id, the oldest first; `page` asks for what is newer than
    one."""
    last, is_more = after, True
    while is_more:
        found = await called(page(last))
        for each in reversed(found.data):
            yield shown(each)
        is_more = found.has_more and bool(found.data)
        last = found.data[0].id if found.data else last


def shown(found: stripe.StripeObject) -> dict[str, Any]:
    """Return an object as values of Python's own."""
    return dict(found.to_dict())

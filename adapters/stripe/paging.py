"""Paging through the lists of Stripe, which begin with the newest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import stripe

from adapters.stripe.calls import PATIENCE_S, called
from ledger.kernel.outside import NotTaken

PAGE_MAX = 100
AGAIN_S = (0.1, 0.5, 2.0)
"""After how long a page is asked for again, unless Stripe says when."""

Page: TypeAlias = Callable[[str], Awaitable[stripe.ListObject[Any]]]
"""Asks for a page beside the object of an id; without one, for the first."""


async def from_newest(page: Page) -> AsyncIterator[dict[str, Any]]:
    """Yield what a list has, the newest first; `page` asks for what is older than an id."""
    last, is_more = "", True
    while is_more:
        found = await _found(page, last)
        for each in found.data:
            yield shown(each)
        is_more = found.has_more and bool(found.data)
        last = found.data[-1].id if found.data else ""


async def from_oldest(page: Page, after: str) -> AsyncIterator[dict[str, Any]]:
    """Yield what a list has after an id, the oldest first; `page` asks for what is newer than
    one."""
    last, is_more = after, True
    while is_more:
        found = await _found(page, last)
        for each in reversed(found.data):
            yield shown(each)
        is_more = found.has_more and bool(found.data)
        last = found.data[0].id if found.data else last


async def _found(page: Page, last: str) -> stripe.ListObject[Any]:
    """Ask for one page, and a few times more where it is not given: a long list is not begun again
    for one of its pages."""
    for seconds in AGAIN_S:
        try:
            return await called(page(last))
        except NotTaken as error:
            if error.after_s is not None and error.after_s > PATIENCE_S:
                raise
            await asyncio.sleep(error.after_s or seconds)
    return await called(page(last))


def shown(found: stripe.StripeObject) -> dict[str, Any]:
    """Return an object as values of Python's own."""
    return dict(found.to_dict())

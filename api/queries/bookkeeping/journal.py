"""The journal of an org in a format of accountants, as a stream of pieces."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, nullcontext

from api.queries.reader import Reader
from ledger.bookkeeping.export import Bound, Export
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import parse_time
from ledger.ports import RecordedEvent

Turn = Callable[[], AbstractAsyncContextManager[None]]

PAGE_EVENTS = 500
PAGE_BYTES = 1_000_000
"""Bodies of one page, in bytes: about 2,500 usage lines."""

_SEQUENCE = re.compile(r"[1-9][0-9]{0,18}")


def parse_bound(text: str | None, field: str) -> Bound | None:
    """Return a recorded time (`2026-02-01T00:00:00Z`) or a sequence (`17`)."""
    if text is None:
        return None
    if not _SEQUENCE.fullmatch(text):
        try:
            return Bound(us=parse_time(text, field))
        except Invalid as error:
            raise Invalid(f"{error.detail} Or give a sequence: 17.", field=field) from None
    if int(text) > AMOUNT_MAX:
        raise Invalid(f"{field} must be a sequence of at most {AMOUNT_MAX}.", field=field)
    return Bound(sequence=int(text))


def check_range(since: Bound | None, until: Bound | None) -> None:
    """Refuse a range that cannot hold anything."""
    if since is None or until is None:
        return
    for begins, ends in zip(since, until, strict=True):
        if begins is not None and ends is not None and begins >= ends:
            raise Invalid("to must be after from: it is not included.", field="to")


async def journal(
    reader: Reader, org: str, export: Export, turn: Turn = nullcontext
) -> AsyncIterator[str]:
    """Write an org's journal, up to its head of now; each piece of work in a turn.

    Pages are read in transactions of their own, so that a slow receiver holds no connection: events
    never change, so together they are one view. Nothing comes before the opening balances do.
    """
    async with turn():
        row = await reader.row(org, "head", {"org": org})
    until = 0 if row is None else int(row["sequence"])
    after = 0
    while after < until and not export.done:
        async with turn():
            page = await _page(reader, org, after, until)
            piece = await asyncio.to_thread(export.take, page)
        after = page[-1].sequence
        if piece:
            yield piece
    async with turn():
        piece = await asyncio.to_thread(export.end)
    yield piece


async def _page(reader: Reader, org: str, after: int, until: int) -> list[RecordedEvent]:
    limits = {"events": PAGE_EVENTS, "bytes": PAGE_BYTES}
    rows = await reader.rows(
        org, "bookkeeping/events_page", {"org": org, "after": after, "until": until, **limits}
    )
    if not rows:
        raise NotFound(f"the events {after + 1} to {until} are not in this database.", field="to")
    return [RecordedEvent(**row) for row in rows]

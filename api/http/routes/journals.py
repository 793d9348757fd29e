"""The journal of an org, for programs of accountants: streamed, however long it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from api.http.caller import AuditReader
from api.queries.journal import check_range, journal, parse_bound
from ledger.bookkeeping.export import Export
from ledger.bookkeeping.formats import STYLES, parse_format

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get("/journal", response_class=StreamingResponse)
async def get_journal(
    caller: AuditReader,
    format: str,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
) -> StreamingResponse:
    """The double entry of every event as beancount, hledger or csv, with balances asserted.

    `from` (included) and `to` (not included) are recorded times or sequences. What was before
    `from` becomes opening balances.
    """
    style = STYLES[parse_format(format)]
    since, until = parse_bound(from_, "from"), parse_bound(to, "to")
    check_range(since, until)
    pieces = journal(caller.service.reader, caller.org, Export(caller.org, style, since, until))
    first = await anext(pieces)  # what can be refused is refused before the answer begins
    name = f'attachment; filename="{caller.org}.{style.suffix}"'
    return StreamingResponse(
        _joined(first, pieces),
        media_type=style.media_type,
        headers={"Content-Disposition": name},
    )


async def _joined(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for piece in rest:
        yield piece

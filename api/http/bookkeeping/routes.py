"""The journal of an org, for programs of accountants: streamed, however long it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import StreamingResponse

from api.http.bookkeeping.permissions import JournalReader
from api.http.errors import TooManyReads
from api.http.parameters import Format, SequenceOrTime
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.stream import Stream, streamed
from api.queries.bookkeeping.journal import check_range, journal, parse_bound
from ledger.bookkeeping.export import Export
from ledger.bookkeeping.formats import STYLES, parse_format

router = Router(prefix="/v1/audit", tags=["audit"])


@router.get(
    "/journal",
    response_class=StreamingResponse,
    responses=streamed("A journal.", [style.media_type for style in STYLES.values()]),
    openapi_extra=may_answer(TooManyReads),
)
async def get_journal(
    caller: JournalReader,
    format: Format,
    from_: Annotated[SequenceOrTime | None, Query(alias="from")] = None,
    to: SequenceOrTime | None = None,
) -> Stream:
    """The double entry of every event as beancount, hledger or csv, with balances asserted.

    `from` (included) and `to` (not included) are recorded times or sequences. What was before
    `from` becomes opening balances.
    """
    style = STYLES[parse_format(format)]
    since, until = parse_bound(from_, "from"), parse_bound(to, "to")
    check_range(since, until)
    service = caller.service
    turn = partial(service.reads.turn, caller.org)
    with ExitStack() as place:
        place.enter_context(service.reads.stream(caller.org))
        export = Export(caller.org, style, since, until, service.clock())
        pieces = journal(service.long_reader, caller.org, export, turn)
        first = await anext(pieces)  # what can be refused is refused before the answer begins
        name = {"Content-Disposition": f'attachment; filename="{caller.org}.{style.suffix}"'}
        return Stream(_joined(first, pieces), place.pop_all(), name, style.media_type)


async def _joined(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for piece in rest:
        yield piece

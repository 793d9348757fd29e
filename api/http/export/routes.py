"""The evidence bundle of a range, streamed as it is made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack
from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import Response, StreamingResponse

from api.export.archive import ARCHIVE, Archive
from api.export.bundle import Bundle
from api.export.selection import PATIENCE_S, parse_bound, select
from api.http.errors import TooManyReads
from api.http.export.permissions import ExportReader
from api.http.parameters import SequenceTimeOrDay
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.stream import Stream, streamed
from ledger.kernel.errors import NotSealed

router = Router(prefix="/v1/audit", tags=["audit"])

_MEDIA_TYPE = "application/gzip"


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses=streamed("A .tar.gz, as schemas/bundle.md describes it.", [_MEDIA_TYPE]),
    openapi_extra=may_answer(NotSealed, TooManyReads),
)
async def export(
    caller: ExportReader,
    from_: Annotated[SequenceTimeOrDay | None, Query(alias="from")] = None,
    to: SequenceTimeOrDay | None = None,
) -> Response:
    """A bundle that a stranger can verify: sequences (both included), or times (half-open).

    An archive that was cut off has no manifest, and verifies as cut off.
    """
    service = caller.service
    bounds = parse_bound(from_, "from"), parse_bound(to, "to")
    with ExitStack() as place:
        place.enter_context(service.reads.stream(caller.org))
        chosen = await select(service.reader, caller.org, *bounds, PATIENCE_S)
        keys = service.verifier_keys()
        bundle = Bundle(
            service.long_reader,
            chosen,
            service.settings.name,
            keys,
            signers=service.signers(),
        )
        name = {"Content-Disposition": f'attachment; filename="{bundle.name}{ARCHIVE}"'}
        archive = Archive(bundle.name, chosen.checkpoint.recorded_us)
        pieces = _pieces(bundle, archive, partial(service.reads.turn, caller.org))
        return Stream(pieces, place.pop_all(), name, _MEDIA_TYPE)


async def _pieces(
    bundle: Bundle, archive: Archive, turn: Callable[[], AbstractAsyncContextManager[None]]
) -> AsyncIterator[bytes]:
    """Only the work waits for its turn: whoever reads slowly keeps nobody from theirs."""
    files = bundle.files()
    while True:
        async with turn():
            file = await anext(files, None)
            ready = await asyncio.to_thread(
                archive.end if file is None else partial(archive.add, file)
            )
        if ready:
            yield ready
        if file is None:
            return

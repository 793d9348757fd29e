"""Downloads: a file that was bought, had by a link, which counts each time."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from api.commands.access.grants import UseDownload
from api.http.auth.caller import request_id
from api.http.auth.needs import Anyone
from api.http.errors import RateLimited, TooManyReads
from api.http.paging import parse_integer
from api.http.parameters import Size, Text
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.service import Service, service_of
from api.http.stream import streamed
from api.limits import REQUESTS
from api.queries.access.grants import FoundGrant, grant_of
from ledger.access.download_link import file_name, is_signed
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.outside import NotTaken

router = Router(prefix="/downloads", tags=["access"])

BYTES = "application/octet-stream"
BY_LINK = "@link"
"""Who has followed a link: whoever was given it."""


@router.get(
    "/{org}/{grant}",
    response_class=Response,
    responses=streamed("The file, as it was uploaded.", [BYTES]),
    openapi_extra=may_answer(NotFound, Conflict, Invalid, RateLimited, TooManyReads),
)
async def download(
    caller: Anyone,
    request: Request,
    org: str,
    grant: str,
    expires: Size | None = None,
    signature: Text | None = None,
) -> Response:
    """The file of a link. Each time it is had counts; where none is left it is a conflict."""
    service = service_of(request)
    expires_us = parse_integer(expires, "expires", 1, AMOUNT_MAX) or 0
    is_ours = is_signed(service.webhook_key, org, grant, expires_us, signature or "")
    if not is_ours or expires_us <= service.clock():
        raise NotFound("the link is over, or none of ours: have another one made.", field="grant")
    await service.limits.spend([(REQUESTS, org, grant)])
    found = await grant_of(service.reader, org, grant, service.clock())
    if found is None or found.benefit.file is None:
        raise NotFound("there is no download of that id.", field="grant")
    if found.used >= found.allowed:
        raise Conflict(f"it was downloaded {found.used} times: none is left.", field="grant")
    async with service.reads.read(org):
        content = await _content(service, org, found.benefit.file)
    actor = Actor(BY_LINK, "download link", request_id(request))
    await service.writer.submit(UseDownload(org, actor, grant))
    return Response(content, headers=_headers(found), media_type=BYTES)


async def _content(service: Service, org: str, sha256: str) -> bytes:
    try:
        content = await asyncio.to_thread(service.blobs.get, file_name(org, sha256))
    except NotTaken as error:
        raise Unavailable(error.detail) from error
    if content is None:
        raise Unavailable(f"the file of SHA-256 {sha256} is not where it was kept.")
    return content


def _headers(found: FoundGrant) -> dict[str, str]:
    name = quote(found.benefit.name or "file", safe="")
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }

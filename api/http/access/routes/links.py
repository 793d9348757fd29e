"""Links to downloads: made for who has bought one, for a while."""

from __future__ import annotations

from urllib.parse import quote

from api.http.access.answers import DownloadLinkAnswer
from api.http.access.permissions import Downloader
from api.http.access.routes.grants import find_grant
from api.http.answers import Created
from api.http.ordering.routes.orders import GuestSecret
from api.http.problem_schemas import may_answer
from api.http.router import Router
from ledger.access.download_link import signature_of
from ledger.access.grant_base import GrantState
from ledger.catalogue.item_type import Kind
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.limits import DOWNLOAD_LINK_US
from ledger.kernel.times import format_time

router = Router(prefix="/v1/downloads", tags=["access"])


@router.post("/{grant}/link", openapi_extra=may_answer(NotFound, Conflict))
async def make_download_link(
    caller: Downloader, grant: str, guest_secret: GuestSecret = None
) -> Created[DownloadLinkAnswer]:
    """Make a link to a file that was bought, which needs no credential for 15 minutes. It counts
    nothing: each time the file is had by it does."""
    found = await find_grant(caller, grant, guest_secret)
    if found.kind != Kind.DIGITAL_DOWNLOAD:
        raise Conflict(f"it is no download: it is {found.kind}.", field="grant")
    if found.state != GrantState.ACTIVE:
        raise Conflict(f"the download is {found.state}.", field="grant")
    left = found.allowed - found.used
    if left <= 0:
        raise Conflict(
            f"it was downloaded {found.used} times, of {found.allowed} that were bought.",
            field="grant",
        )
    expires_us = caller.service.clock() + DOWNLOAD_LINK_US
    if found.ends_us is not None:
        expires_us = min(expires_us, found.ends_us)
    signature = signature_of(caller.service.webhook_key, caller.org, found.id, expires_us)
    path = f"/downloads/{caller.org}/{quote(found.id, safe='')}"
    url = f"{path}?expires={expires_us}&signature={signature}"
    return Created(DownloadLinkAnswer(url, format_time(expires_us), left))

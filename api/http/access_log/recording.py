"""Recording: what the access log is told: requests refused for want of a credential or of
permission.

Called where problems are answered, so that a request that succeeds pays nothing for it.
"""

from __future__ import annotations

from starlette.requests import Request

from api.access_log.attempts import Attempt
from api.http.auth.caller import place_of, request_id, subject_of
from api.http.auth.credentials import secret_of_header
from api.http.service import Service, service_of
from api.queries.tenancy.directory import Credential
from ledger.kernel.errors import Forbidden, LedgerError, Unauthenticated
from ledger.tenancy.api_key import hash_of


async def note_refusal(request: Request, error: LedgerError) -> None:
    """Note a refusal if it is one of access; what hides one has it as its cause."""
    cause = error.__cause__ if error.__cause__ is not None else error
    if isinstance(cause, Unauthenticated | Forbidden):
        service = service_of(request)
        authorization = request.headers.get("authorization")
        credential = None
        if isinstance(cause, Forbidden):
            credential = await _known(service, authorization)
        attempt = _attempt(request, cause, credential, secret_of_header(authorization))
        service.access_log.note(attempt, request_id(request))


async def _known(service: Service, authorization: str | None) -> Credential | None:
    """Return who was refused: found a moment ago, so remembered; None if it was revoked since."""
    try:
        return await service.credentials.of(authorization)
    except LedgerError:
        return None


def _attempt(
    request: Request, cause: LedgerError, credential: Credential | None, secret: str | None
) -> Attempt:
    address, agent = place_of(request)
    return Attempt(
        code=cause.code,
        detail=cause.detail,
        method=request.method,
        path=getattr(request.scope.get("route"), "path", ""),
        org="" if credential is None else credential.org,
        subject="" if credential is None else subject_of(credential),
        key_id="" if credential is None else credential.key,
        address=address,
        agent=agent,
        secret_hash=hash_of(secret) if credential is None and secret else "",
    )

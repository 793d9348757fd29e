"""API keys: made with a secret that is shown once, listed without it, rotated, revoked for ever."""

from __future__ import annotations

import re

from api.commands.result import CommandResult
from api.commands.tenancy.api_keys import IssueApiKey, RevokeApiKey, RotateApiKey
from api.http.answers import Created, ListAnswer, Ok, time_or_null
from api.http.auth.caller import IdempotencyKey
from api.http.paging import Cursors, Limit
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.tenancy.answers import (
    ApiKeyAnswer,
    IssuedApiKeyAnswer,
    RevokedApiKeyAnswer,
    RotatedApiKeyAnswer,
    api_key_answer,
)
from api.http.tenancy.bodies import ApiKey as ApiKeyRequest
from api.http.tenancy.bodies import RotateApiKey as RotateRequest
from api.http.tenancy.permissions import ApiKeysReader, ApiKeysWriter
from api.queries.tenancy.directory import api_key_rows, head_of
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import name_of
from ledger.kernel.times import format_time
from ledger.tenancy.api_key import SECRET_BYTES, ApiKey, hash_of, secret_of

router = Router(prefix="/v1/orgs/{org}/api-keys", tags=["api keys"])

KEY_ID_BYTES = 12
_KEY_ID = re.compile(r"key_[0-9a-f]{24}")


def new_key_id(random: bytes) -> str:
    """Return the id of a key, from `KEY_ID_BYTES` random bytes."""
    return f"key_{random.hex()}"


@router.post("")
async def issue(
    caller: ApiKeysWriter, key: IdempotencyKey, body: ApiKeyRequest
) -> Created[IssuedApiKeyAnswer]:
    """Make a key. Its secret is in this answer only: sent again, the answer has null instead."""
    secret = secret_of(caller.service.random(SECRET_BYTES))
    command = IssueApiKey(
        **caller.asks(key),
        sent=body.sent(),
        key_id=new_key_id(caller.service.random(KEY_ID_BYTES)),
        name=body.name,
        role=body.role,
        granter=caller.credential.permissions,
        secret_hash=hash_of(secret),
        subject=body.subject,
        expires_us=body.expires_at,
    )
    result = await caller.service.writer.submit(command)
    value = IssuedApiKeyAnswer(
        id=_key_of(result),
        name=body.name,
        role=body.role,
        subject=body.subject,
        created_at=format_time(result.stored_fact.fact.recorded_us),
        expires_at=time_or_null(body.expires_at),
        revoked=False,
        last_used_at=None,
        secret=None if result.replayed else secret,
    )
    return Created(value, replayed=result.replayed)


@router.get("")
async def list_api_keys(
    caller: ApiKeysReader, cursor: str | None = None, limit: Limit = None
) -> Ok[ListAnswer[ApiKeyAnswer]]:
    """The keys of an org, also the revoked ones."""
    cursors = Cursors(caller, "api-keys")
    after = cursors.read(cursor, str, "")
    page = cursors.page(limit)
    reader = caller.service.reader
    rows = page.cut(
        await api_key_rows(reader, caller.org, after, page.asked), lambda row: row["id"]
    )
    as_of = await head_of(reader, caller.org)
    return Ok(ListAnswer(list(map(api_key_answer, rows)), page.next_cursor, as_of))


@router.post("/{key_id}/rotate", openapi_extra=may_answer(Conflict))
async def rotate(
    caller: ApiKeysWriter, key: IdempotencyKey, key_id: str, body: RotateRequest
) -> Created[RotatedApiKeyAnswer]:
    """Make a key that takes the place of another: both open the same until the overlap is over. The
    new one has as long a life as the old one, unless it is told when to expire. Its secret is in
    this answer only: sent again, the answer has null instead."""
    _check_id(key_id)
    secret = secret_of(caller.service.random(SECRET_BYTES))
    command = RotateApiKey(
        **caller.asks(key),
        sent={"id": key_id} | body.sent(),
        key_id=key_id,
        successor=new_key_id(caller.service.random(KEY_ID_BYTES)),
        secret_hash=hash_of(secret),
        granter=caller.credential.permissions,
        overlap_us=body.overlap * 1_000_000,
        expires_us=body.expires_at,
    )
    result = await caller.service.writer.submit(command)
    caller.service.credentials.changed(caller.org, key_id)
    issued = result.stored_fact.fact
    assert isinstance(issued, ApiKey.ApiKeyIssued)
    assert issued.replaces is not None
    assert issued.replaced_until_us is not None
    value = RotatedApiKeyAnswer(
        id=_key_of(result),
        name=issued.name,
        role=issued.role,
        subject=issued.subject,
        created_at=format_time(issued.recorded_us),
        expires_at=time_or_null(issued.expires_us),
        revoked=False,
        last_used_at=None,
        secret=None if result.replayed else secret,
        replaces=issued.replaces,
        replaced_until=format_time(issued.replaced_until_us),
    )
    return Created(value, replayed=result.replayed)


@router.delete("/{key_id}", openapi_extra=may_answer(Conflict))
async def revoke(
    caller: ApiKeysWriter, key: IdempotencyKey, key_id: str
) -> Ok[RevokedApiKeyAnswer]:
    """Revoke a key: it opens nothing any more."""
    _check_id(key_id)
    command = RevokeApiKey(
        **caller.asks(key),
        sent={"id": key_id},
        key_id=key_id,
    )
    result = await caller.service.writer.submit(command)
    caller.service.credentials.changed(caller.org, key_id)
    revoked_at = format_time(result.stored_fact.fact.recorded_us)
    value = RevokedApiKeyAnswer(key_id, revoked=True, revoked_at=revoked_at)
    return Ok(value, replayed=result.replayed)


def _check_id(key_id: str) -> None:
    if not _KEY_ID.fullmatch(key_id):
        raise NotFound("there is no API key of that id.", field="id")


def _key_of(result: CommandResult) -> str:
    return name_of(result.stored_fact.fact.originator_id)

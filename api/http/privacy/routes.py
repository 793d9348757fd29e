"""Erasing what names a person."""

from __future__ import annotations

from api.commands.privacy.erasures import ErasePerson
from api.entropy import fresh_uuid
from api.http.answers import Created
from api.http.auth.caller import IdempotencyKey
from api.http.privacy.answers import ErasureAnswer, erasure_answer
from api.http.privacy.bodies import Erasure
from api.http.privacy.permissions import PersonsEraser
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.privacy.persons import find_astray
from ledger.kernel.errors import Conflict

LOOKED_THROUGH_S = 6.0
"""How long the events of an org are looked through for texts of a person."""

router = Router(prefix="/v1/audit", tags=["audit"])


@router.post("/erasures", openapi_extra=may_answer(Conflict))
async def erase(
    caller: PersonsEraser, key: IdempotencyKey, body: Erasure
) -> Created[ErasureAnswer]:
    """Erase a person's texts: metadata, reasons, addresses and agents. Amounts stay, and the chain
    verifies as before. Unless `complete`, more are left: send it again with a new key."""
    reason = sealed_reason(caller, body.reason, body.user)
    astray = await find_astray(
        caller.service.reader, caller.org, body.user, within_s=LOOKED_THROUGH_S
    )
    command = ErasePerson(
        **caller.asks(key),
        sent={"user": body.user},
        user=body.user,
        erasure=fresh_uuid(),
        reason=reason,
        astray=astray,
    )
    result = await caller.service.writer.submit(command)
    return Created(erasure_answer(result, body.reason), replayed=result.replayed)

"""Disputes: the list, one as it is, and what speaks against it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.commands.purchases.disputes import SendEvidence
from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.errors import TooManyReads
from api.http.lists import answer_list
from api.http.paging import Limit
from api.http.parameters import Sequence, Text, User, check_choice, checked_text
from api.http.problem_schemas import may_answer
from api.http.purchases.answers.disputes import DisputeAnswer, EvidenceAnswer, dispute_answer
from api.http.purchases.bodies import Evidence
from api.http.purchases.permissions import DisputesReader, RefundsWriter
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.purchases.disputes import (
    DISPUTES,
    FoundDispute,
    dispute_of,
)
from api.queries.read_models import applied_sequence
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.times import format_time
from ledger.purchases.notice import DisputeState

router = Router(prefix="/v1/billing/disputes", tags=["disputes"])


@router.post("/{dispute}/evidence", openapi_extra=may_answer(NotFound, Conflict))
async def send_evidence(
    caller: RefundsWriter, key: IdempotencyKey, dispute: str, body: Evidence
) -> Ok[EvidenceAnswer]:
    """Hand in what speaks against a dispute, while the bank has not decided: texts, or what is
    recorded of what was bought and used. It is handed on to the provider soon after."""
    found = await find(caller, dispute)
    texts = None if body.texts is None else canonical(body.texts).decode()
    command = SendEvidence(
        **caller.asks(key),
        sent={"id": dispute},  # the texts are erasable: compared by their digest
        purchase=found.purchase,
        dispute=dispute,
        evidence=sealed_reason(caller, texts, found.owner) if texts else None,
    )
    result = await caller.service.writer.submit(command)
    sent_at = format_time(result.stored_fact.fact.recorded_us)
    return Ok(EvidenceAnswer(dispute, found.purchase, sent_at), replayed=result.replayed)


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_disputes(
    caller: DisputesReader,
    user: User | None = None,
    purchase: Text | None = None,
    status: Annotated[str | None, Query(json_schema_extra={"enum": list(DisputeState)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[DisputeAnswer]]:
    """An org's disputes, of one user, of one purchase, or of all the caller may see, those opened
    last first."""
    check_choice(status, tuple(DisputeState), "status")
    filters = {
        "user": caller.filter(user),
        "purchase": checked_text(purchase, "purchase"),
        "status": status,
    }
    return await answer_list(
        caller,
        DISPUTES,
        filters,
        dispute_answer,
        cursor=cursor,
        limit=limit,
        min_sequence=min_sequence,
    )


@router.get("/{dispute}", openapi_extra=may_answer(NotFound))
async def look_at_dispute(caller: DisputesReader, dispute: str) -> Ok[DisputeAnswer]:
    """One dispute as it is now."""
    return Ok(dispute_answer(await find(caller, dispute)))


async def find(caller: Caller, dispute: str) -> FoundDispute:
    """Return a dispute that the caller may see, with what was recorded by now. Raises NotFound."""
    reader = caller.service.reader
    await applied_sequence(reader, caller.org, DISPUTES.model, None)
    found = await dispute_of(reader, caller.org, dispute)
    if found is None or not caller.sees(found.owner):
        raise NotFound("there is no dispute of that id.", field="id")
    return found

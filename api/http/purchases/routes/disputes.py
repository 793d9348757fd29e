"""Disputes: what speaks against one is recorded."""

from __future__ import annotations

from api.commands.purchases.disputes import SendEvidence
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.problem_schemas import may_answer
from api.http.purchases.answers import EvidenceAnswer
from api.http.purchases.bodies import Evidence
from api.http.purchases.permissions import RefundsWriter
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.purchases.purchases import DISPUTES, purchase_of_dispute
from api.queries.read_models import applied_sequence
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.times import format_time

router = Router(prefix="/v1/billing/disputes", tags=["purchases"])


@router.post("/{dispute}/evidence", openapi_extra=may_answer(NotFound, Conflict))
async def send_evidence(
    caller: RefundsWriter, key: IdempotencyKey, dispute: str, body: Evidence
) -> Ok[EvidenceAnswer]:
    """Record what speaks against a dispute, while the bank has not decided."""
    reader = caller.service.reader
    await applied_sequence(reader, caller.org, DISPUTES, None)
    found = await purchase_of_dispute(reader, caller.org, dispute)
    if found is None:
        raise NotFound("there is no dispute of that id.", field="id")
    purchase, owner = found
    texts = canonical(body.texts).decode()
    command = SendEvidence(
        **caller.asks(key),
        sent={"id": dispute},  # the texts are erasable: compared by their digest
        purchase=purchase,
        dispute=dispute,
        evidence=sealed_reason(caller, texts, owner),
    )
    result = await caller.service.writer.submit(command)
    sent_at = format_time(result.stored_fact.fact.recorded_us)
    return Ok(EvidenceAnswer(dispute, purchase, sent_at), replayed=result.replayed)

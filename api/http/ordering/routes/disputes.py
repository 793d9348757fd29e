"""Disputes of orders: the list, and what speaks against one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.commands.ordering.disputes import SendOrderEvidence
from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.errors import TooManyReads
from api.http.lists import answer_list
from api.http.ordering.answers.order_disputes import (
    OrderDisputeAnswer,
    OrderEvidenceAnswer,
    dispute_answer,
)
from api.http.ordering.permissions import OrderDisputesReader, OrdersRefunder
from api.http.ordering.routes.orders import find
from api.http.paging import Limit
from api.http.parameters import Sequence, Text, User, check_choice, checked_text
from api.http.problem_schemas import may_answer
from api.http.purchases.bodies import Evidence
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.ordering.disputes import ORDER_DISPUTES
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.times import format_time
from ledger.purchases.notice import DisputeState

router = Router(prefix="/v1/orders", tags=["orders"])


@router.get("/disputes", openapi_extra=may_answer(TooManyReads))
async def list_order_disputes(
    caller: OrderDisputesReader,
    user: User | None = None,
    order: Text | None = None,
    status: Annotated[str | None, Query(json_schema_extra={"enum": list(DisputeState)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[OrderDisputeAnswer]]:
    """Disputes of an org's orders, of one user, of one order, or of all the caller may see, those
    opened last first."""
    check_choice(status, tuple(DisputeState), "status")
    filters = {
        "user": caller.filter(user),
        "order": checked_text(order, "order"),
        "status": status,
    }
    return await answer_list(
        caller,
        ORDER_DISPUTES,
        filters,
        dispute_answer,
        cursor=cursor,
        limit=limit,
        min_sequence=min_sequence,
    )


@router.post("/{order}/disputes/{dispute}/evidence", openapi_extra=may_answer(NotFound, Conflict))
async def send_order_evidence(
    caller: OrdersRefunder, key: IdempotencyKey, order: str, dispute: str, body: Evidence
) -> Ok[OrderEvidenceAnswer]:
    """Hand in what speaks against a dispute of an order, while the bank has not decided: texts, or
    what is recorded of what was bought and sent. It is handed on to the provider soon after."""
    found = await find(caller, order)
    texts = None if body.texts is None else canonical(body.texts).decode()
    command = SendOrderEvidence(
        **caller.asks(key),
        sent={"order": order, "id": dispute},  # the texts are erasable: compared by their digest
        order=order,
        dispute=dispute,
        evidence=sealed_reason(caller, texts, found.owner or order) if texts else None,
    )
    result = await caller.service.writer.submit(command)
    sent_at = format_time(result.stored_fact.recorded_us)
    return Ok(OrderEvidenceAnswer(dispute, order, sent_at), replayed=result.replayed)

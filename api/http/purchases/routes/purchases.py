"""Purchases: the list, one as it is, and what a person says of one: that its bank transfer came, or
that it was looked at."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.commands.purchases.purchases import CloseReview, ConfirmPurchase
from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.errors import TooManyReads
from api.http.lists import answer_list
from api.http.paging import Limit
from api.http.parameters import Sequence, User, check_choice
from api.http.problem_schemas import may_answer
from api.http.purchases.answers.purchases import (
    ConfirmedAnswer,
    ListedPurchaseAnswer,
    PurchaseAnswer,
    ReviewedAnswer,
    listed_answer,
    money_answer,
    purchase_answer,
)
from api.http.purchases.bodies import Confirmation, Review
from api.http.purchases.permissions import PurchasesConfirmer, PurchasesReader
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.purchases.purchases import (
    PURCHASES,
    FoundPurchase,
    history_of,
    purchase_of,
)
from ledger.kernel.errors import Conflict, NotFound, TooManyLots
from ledger.kernel.times import format_time
from ledger.purchases.payment import PurchasePaid
from ledger.purchases.purchase_base import Stage
from ledger.purchases.reviews import ReviewClosed

router = Router(prefix="/v1/billing/purchases", tags=["purchases"])


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_purchases(
    caller: PurchasesReader,
    user: User | None = None,
    status: Annotated[str | None, Query(json_schema_extra={"enum": list(Stage)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[ListedPurchaseAnswer]]:
    """An org's purchases, of one user or of all the caller may see, those begun last first."""
    check_choice(status, tuple(Stage), "status")
    filters = {"user": caller.filter(user), "status": status}
    return await answer_list(
        caller,
        PURCHASES,
        filters,
        listed_answer,
        cursor=cursor,
        limit=limit,
        min_sequence=min_sequence,
    )


@router.get("/{purchase}", openapi_extra=may_answer(NotFound))
async def look_at_purchase(caller: PurchasesReader, purchase: str) -> Ok[PurchaseAnswer]:
    """A purchase, and what has happened to it."""
    found = await find(caller, purchase)
    history = await history_of(caller.service.reader, caller.org, purchase)
    return Ok(purchase_answer(found, history))


@router.post("/{purchase}/confirm", openapi_extra=may_answer(NotFound, Conflict, TooManyLots))
async def confirm_purchase(
    caller: PurchasesConfirmer, key: IdempotencyKey, purchase: str, body: Confirmation
) -> Ok[ConfirmedAnswer]:
    """Confirm that the bank transfer of a purchase came: its credits come with it. One transfer
    confirms one purchase."""
    await find(caller, purchase)
    command = ConfirmPurchase(
        **caller.asks(key),
        sent={"id": purchase, **body.sent()},
        purchase=purchase,
        reference=body.reference,
        paid_us=body.paid_at,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PurchasePaid)
    paid_us = fact.recorded_us if fact.paid_us is None else fact.paid_us
    value = ConfirmedAnswer(purchase, format_time(paid_us), money_answer(fact.money))
    return Ok(value, replayed=result.replayed)


@router.post("/{purchase}/review", openapi_extra=may_answer(NotFound, Conflict, TooManyLots))
async def close_review(
    caller: PurchasesConfirmer, key: IdempotencyKey, purchase: str, body: Review
) -> Ok[ReviewedAnswer]:
    """Say that a person has looked at a purchase that was flagged: approved, its credits can be
    refunded and transferred, and come now if they were held back."""
    found = await find(caller, purchase)
    sent = body.sent() | {"id": purchase}
    sent.pop("reason", None)  # erasable: compared by its digest
    command = CloseReview(
        **caller.asks(key),
        sent=sent,
        purchase=purchase,
        is_approved=body.approved,
        reason=sealed_reason(caller, body.reason, found.owner),
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, ReviewClosed)
    value = ReviewedAnswer(purchase, fact.is_approved, format_time(fact.recorded_us))
    return Ok(value, replayed=result.replayed)


async def find(caller: Caller, purchase: str, field: str = "id") -> FoundPurchase:
    """Return a purchase that the caller may see. Raises NotFound."""
    found = await purchase_of(caller.service.reader, caller.org, purchase)
    if found is None or not caller.sees(found.owner):
        raise NotFound("there is no purchase of that id.", field=field)
    return found

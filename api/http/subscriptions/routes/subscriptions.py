"""Subscriptions: begun, changed and ended, and as they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.commands.subscriptions.ending import (
    CancelSubscription,
    PauseSubscription,
    ResumeSubscription,
)
from api.commands.subscriptions.subscribing import Subscribe
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.paging import Cursors, Limit
from api.http.parameters import User, check_choice
from api.http.problem_schemas import may_answer
from api.http.purchases.provider_calls import answered
from api.http.router import Router
from api.http.subscriptions.answers.subscriptions import (
    CurrentSubscriptionAnswer,
    SubscribedAnswer,
    SubscriptionsAnswer,
    current_answer,
    preview_answer,
    subscription_answer,
)
from api.http.subscriptions.bodies import CancelAsked, ResumeAsked, SubscribeAsked, SubscribeBody
from api.http.subscriptions.permissions import SubscriptionsReader, SubscriptionsWriter
from api.queries.invoices.invoices import invoices_of, preview_of
from api.queries.subscriptions.coupons import coupon_of
from api.queries.subscriptions.plans import plans_of
from api.queries.subscriptions.subscriptions import subscription_of, subscriptions_of
from ledger.kernel.errors import Conflict, NotFound, TooManyLots, Unavailable
from ledger.kernel.ids import check_user
from ledger.kernel.money import CREDIT
from ledger.kernel.times import moment
from ledger.purchases.purchase_base import STRIPE, SavedMethod
from ledger.subscriptions.changes import change_of, during, start_of
from ledger.subscriptions.coupon import HeldCoupon, check_redeemable
from ledger.subscriptions.holding import holding_of
from ledger.subscriptions.items import amount_of, draft_of
from ledger.subscriptions.redeeming import begun, check_may_redeem
from ledger.subscriptions.subscription_base import Holding, Status, SubscriptionState
from ledger.subscriptions.upcoming import upcoming_of

router = Router(prefix="/v1/billing", tags=["subscriptions"])


@router.post("/subscribe", openapi_extra=may_answer(NotFound, Conflict, TooManyLots, Unavailable))
async def subscribe(
    caller: SubscriptionsWriter, key: IdempotencyKey, body: SubscribeAsked
) -> Ok[SubscribedAnswer]:
    """Subscribe to a plan, or change to it. What costs more begins once it is paid, what costs less
    with the next period. With `preview` it only says what it comes to: nothing is recorded."""
    user = caller.user(body.user)
    if body.preview:
        return Ok(await _previewed(caller, user, body))
    command = Subscribe(
        **caller.asks(key),
        sent=caller.says(body.sent()),
        user=user,
        plan=body.plan,
        seats=body.seats,
        method=await _method(caller, user, body.payment_method),
        identity=body.identity,
        at=body.at,
        coupon=body.coupon,
    )
    result = await caller.service.writer.submit(command)
    return Ok(await _now(caller, user), replayed=result.replayed)


@router.delete("/subscribe", openapi_extra=may_answer(NotFound, Conflict))
async def cancel_subscription(
    caller: SubscriptionsWriter, key: IdempotencyKey, body: CancelAsked
) -> Ok[SubscribedAnswer]:
    """End a subscription with its period, or now: then there are credit notes of what was paid for
    and is not used."""
    user = caller.user(body.user)
    command = CancelSubscription(
        **caller.asks(key), sent=caller.says(body.sent()), user=user, at=body.at
    )
    result = await caller.service.writer.submit(command)
    return Ok(await _now(caller, user), replayed=result.replayed)


@router.post("/subscribe/pause", openapi_extra=may_answer(NotFound, Conflict))
async def pause_subscription(
    caller: SubscriptionsWriter, key: IdempotencyKey, body: ResumeAsked
) -> Ok[SubscribedAnswer]:
    """Have no period follow the one that is running, until it is resumed."""
    user = caller.user(body.user)
    command = PauseSubscription(**caller.asks(key), sent=caller.says(body.sent()), user=user)
    result = await caller.service.writer.submit(command)
    return Ok(await _now(caller, user), replayed=result.replayed)


@router.post("/subscribe/resume", openapi_extra=may_answer(NotFound, Conflict))
async def resume_subscription(
    caller: SubscriptionsWriter, key: IdempotencyKey, body: ResumeAsked
) -> Ok[SubscribedAnswer]:
    """Go on as it is: what was to end, pause or change with the period does not. After a pause a
    new period begins, once it is paid."""
    user = caller.user(body.user)
    command = ResumeSubscription(**caller.asks(key), sent=caller.says(body.sent()), user=user)
    result = await caller.service.writer.submit(command)
    return Ok(await _now(caller, user), replayed=result.replayed)


@router.get("/subscription", openapi_extra=may_answer(NotFound))
async def look_at_subscription(
    caller: SubscriptionsReader, user: User | None = None
) -> Ok[CurrentSubscriptionAnswer]:
    """What a payer holds, or held last, and the invoices that are to come of it, with tax."""
    of = caller.user(None if user is None else check_user(user))
    state = await subscription_of(caller.service.reader, caller.org, of)
    if state is None or state.holding is None:
        raise NotFound("there is no subscription, and never was.", field="user")
    at_us = max(state.end_us, caller.service.clock())
    wallets = await caller.service.balances.of(caller.org, of, CREDIT, at_us)
    balance = wallets.of(CREDIT)
    found = []
    for draft in upcoming_of(of, state, 0 if balance.is_unpaid else balance.debt):
        bill = await preview_of(caller.service.reader, caller.org, draft, moment(at_us))
        if bill is not None:
            found.append((draft, bill))
    return Ok(current_answer(of, state, found, at_us))


@router.get("/subscriptions")
async def list_subscriptions(
    caller: SubscriptionsReader,
    user: User | None = None,
    status: Annotated[str | None, Query(json_schema_extra={"enum": list(Status)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[SubscriptionsAnswer]:
    """What the payers of an org hold, or the one that is asked for, by payer."""
    check_choice(status, tuple(Status), "status")
    payer = caller.filter(user)
    cursors = Cursors(caller, "subscriptions", {"status": status, "user": payer})
    page = cursors.page(limit)
    after = cursors.read(cursor, str, "")
    found = await subscriptions_of(
        caller.service.reader, caller.org, status, payer, after, page.asked
    )
    rows = page.cut(found.rows, lambda each: each.user)
    data = [subscription_answer(each.user, each.state) for each in rows]
    return Ok(SubscriptionsAnswer(data, page.next_cursor, found.as_of_sequence))


async def _now(caller: Caller, user: str) -> SubscribedAnswer:
    state = await subscription_of(caller.service.reader, caller.org, user)
    assert state is not None  # what was done is recorded
    return SubscribedAnswer(subscription_answer(user, state), None)


async def _previewed(caller: Caller, user: str, body: SubscribeBody) -> SubscribedAnswer:
    """Return what something would come to: by the same functions as it then does."""
    reader, now_us = caller.service.reader, caller.service.clock()
    plans = await plans_of(reader, caller.org)
    if body.plan not in plans:
        raise NotFound("there is no plan of that id.", field="plan")
    holding = holding_of(plans[body.plan], body.seats, user)
    state = await subscription_of(reader, caller.org, user)
    now = state or SubscriptionState()
    coupon = await _offered(caller, now, holding, body.coupon, now_us)
    if now.is_over:
        is_trial = body.identity is not None
        holding = holding if is_trial else begun(now, holding, coupon)
        outcome = start_of(holding, now_us, is_trial=is_trial)
    else:
        invoices = await invoices_of(reader, caller.org, now.parts)
        outcome = change_of(now, during(now, holding), body.at, now_us, invoices, coupon)
    bill = None
    if amount_of(outcome.holding, outcome.items) > 0:
        draft = draft_of(user, outcome.holding, outcome.items)
        bill = await preview_of(reader, caller.org, draft, moment(now_us))
    answer = None if state is None else subscription_answer(user, state)
    return SubscribedAnswer(answer, preview_answer(outcome, bill))


async def _offered(
    caller: Caller, now: SubscriptionState, holding: Holding, coupon: str | None, now_us: int
) -> HeldCoupon | None:
    """Return what a payer would have who redeems a coupon."""
    if coupon is None:
        return None
    found = await coupon_of(caller.service.reader, caller.org, coupon)
    if found is None:
        raise NotFound("there is no coupon of that id.", field="coupon")
    check_may_redeem(now, coupon)
    terms = found.published.coupon
    check_redeemable(terms, found.redeemed, holding.plan.plan, now_us)
    return HeldCoupon(found.published, found.redeemed + 1, now.number, terms.periods)


async def _method(caller: Caller, user: str, method: str | None) -> SavedMethod | None:
    if method is None:
        return None
    provider = await caller.service.payments.provider(STRIPE)
    with answered("the provider does not say whose it is"):
        return SavedMethod(await provider.customer(caller.org, user), method)

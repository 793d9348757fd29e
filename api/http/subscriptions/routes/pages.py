"""Pages of Stripe's: where somebody subscribes to what it runs."""

from __future__ import annotations

import hashlib
from typing import Any

from api.effects.subscriptions.pages import subscription_page
from api.http.answers import Created
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.problem_schemas import may_answer
from api.http.purchases.provider_calls import answered
from api.http.router import Router
from api.http.subscriptions.answers.pages import SubscribePageAnswer
from api.http.subscriptions.bodies import SubscribePageAsked
from api.http.subscriptions.permissions import SubscriptionsWriter
from api.queries.invoices.settings import settings_of
from api.queries.subscriptions.plans import plans_of
from api.queries.subscriptions.subscriptions import subscription_of
from ledger.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from ledger.kernel.times import format_time
from ledger.purchases.purchase_base import STRIPE
from ledger.subscriptions.holding import holding_of
from ledger.subscriptions.provider import SubscriptionPageAsked
from ledger.subscriptions.subscription_base import Holding

router = Router(prefix="/v1/billing/subscribe/checkout", tags=["subscriptions"])


@router.post("", openapi_extra=may_answer(NotFound, Conflict, Unavailable))
async def open_subscription_page(
    caller: SubscriptionsWriter, key: IdempotencyKey, body: SubscribePageAsked
) -> Created[SubscribePageAnswer]:
    """Give the page of Stripe where a user subscribes to what Stripe then runs.
    Nothing is recorded before Stripe says that it has begun; it is mirrored from then on."""
    user = caller.user(body.user)
    holding = await _holding(caller, user, body.plan, body.seats)
    payments, subscribed = caller.service.payments, caller.service.subscribed
    with answered("Stripe gives no page"):
        provider = await payments.provider(STRIPE)
        asked = SubscriptionPageAsked(
            org=caller.org,
            user=user,
            id=hashlib.sha256(f"{user} {key}".encode()).hexdigest()[:24],
            customer=await provider.customer(caller.org, user),
            success_url=body.success_url,
            cancel_url=body.cancel_url,
            **_prices(holding),
        )
        page = await subscription_page(await subscribed.subscriptions(), asked)
    return Created(SubscribePageAnswer(page.url, format_time(page.expires_us)))


def _prices(holding: Holding) -> dict[str, Any]:
    """Return what is sold: all seats by one price, or those beyond the plan by one of their own."""
    plan = holding.plan.plan
    price, of_seats = str(plan.stripe_price_id), plan.stripe_seat_price_id
    if of_seats is None:
        quantity = holding.seats if plan.seat_price is not None else 1
        return {"price": price, "quantity": quantity}
    more = holding.seats - plan.seats_included
    return {"price": price, "quantity": 1, "more": (of_seats, more) if more > 0 else None}


async def _holding(caller: Caller, user: str, plan: str, seats: int | None) -> Holding:
    """Return what would be held, if Stripe may run it. Raises NotFound, Invalid and Conflict."""
    reader = caller.service.reader
    found = (await plans_of(reader, caller.org)).get(plan)
    if found is None:
        raise NotFound("there is no plan of that id.", field="plan")
    if found.plan.stripe_price_id is None:
        raise Invalid(
            "the plan has no stripe_price_id: publish it with one, or POST subscribe.", field="plan"
        )
    state = await subscription_of(reader, caller.org, user)
    if state is not None and not state.is_over:
        raise Conflict("there is a subscription: change it, or end it first.", field="user")
    if await settings_of(reader, caller.org) is None:
        raise Conflict("set the invoice settings first: who sends invoices.", field="plan")
    return holding_of(found, seats, user)

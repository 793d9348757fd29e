"""Entitlements: what the plan of a user allows."""

from __future__ import annotations

from api.http.answers import Ok
from api.http.parameters import User
from api.http.router import Router
from api.http.subscriptions.answers.subscriptions import (
    EntitlementsAnswer,
    entitlements_answer,
)
from api.http.subscriptions.permissions import EntitlementsReader
from api.queries.subscriptions.plans import plans_of
from api.queries.subscriptions.subscriptions import subscription_of
from ledger.kernel.ids import check_user
from ledger.subscriptions.plan import FREE

router = Router(prefix="/v1/billing/entitlements", tags=["subscriptions"])


@router.get("")
async def look_at_entitlements(
    caller: EntitlementsReader, user: User | None = None
) -> Ok[EntitlementsAnswer]:
    """What the plan of a user allows now. Who has no subscription has the plan `free`."""
    of = caller.user(None if user is None else check_user(user))
    state = await subscription_of(caller.service.reader, caller.org, of)
    allowed = state.allows if state is not None else None
    if allowed is not None:
        return Ok(entitlements_answer(of, allowed, state))
    plans = await plans_of(caller.service.reader, caller.org)
    return Ok(entitlements_answer(of, plans[FREE], None))

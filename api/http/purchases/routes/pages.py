"""Pages of the provider's: where a payment method is saved, and where receipts are."""

from __future__ import annotations

from collections.abc import Awaitable

from api.effects.purchases.pages import portal_page, setup_page
from api.http.answers import Created
from api.http.problem_schemas import may_answer
from api.http.purchases.answers import PortalAnswer, SetupAnswer
from api.http.purchases.bodies import PageAsked
from api.http.purchases.permissions import PurchasesWriter
from api.http.purchases.routes.notices import STRIPE
from api.http.router import Router
from ledger.kernel.errors import Unavailable
from ledger.kernel.outside import NotTaken

router = Router(prefix="/v1/billing", tags=["purchases"])


@router.post("/payment-methods", openapi_extra=may_answer(Unavailable))
async def save_payment_method(caller: PurchasesWriter, body: PageAsked) -> Created[SetupAnswer]:
    """Give the page of the provider where a user saves what can be charged again."""
    user = caller.user(body.user)
    provider = await caller.service.payments.provider(STRIPE)
    url = await _page(setup_page(provider, caller.org, user, body.return_url))
    return Created(SetupAnswer(url))


@router.post("/portal", openapi_extra=may_answer(Unavailable))
async def open_portal(caller: PurchasesWriter, body: PageAsked) -> Created[PortalAnswer]:
    """Give the provider's page where a user looks at receipts and payment methods."""
    user = caller.user(body.user)
    provider = await caller.service.payments.provider(STRIPE)
    url = await _page(portal_page(provider, caller.org, user, body.return_url))
    return Created(PortalAnswer(url))


async def _page(asked: Awaitable[str]) -> str:
    try:
        return await asked
    except NotTaken as error:
        raise Unavailable(f"the provider gives no page: {error.detail}") from error

"""Pages of the provider's: where a payment method is saved, and where receipts are."""

from __future__ import annotations

from api.effects.purchases.pages import portal_page, setup_page
from api.http.answers import Created
from api.http.problem_schemas import may_answer
from api.http.purchases.answers.purchases import PortalAnswer, SetupAnswer
from api.http.purchases.bodies import PageAsked
from api.http.purchases.permissions import PurchasesWriter
from api.http.purchases.provider_calls import answered
from api.http.router import Router
from ledger.kernel.errors import Unavailable
from ledger.purchases.purchase_base import STRIPE

router = Router(prefix="/v1/billing", tags=["purchases"])

NO_PAGE = "the provider gives no page"


@router.post("/payment-methods", openapi_extra=may_answer(Unavailable))
async def save_payment_method(caller: PurchasesWriter, body: PageAsked) -> Created[SetupAnswer]:
    """Give the page of the provider where a user saves what can be charged again."""
    user = caller.user(body.user)
    provider = await caller.service.payments.provider(STRIPE)
    with answered(NO_PAGE):
        url = await setup_page(provider, caller.org, user, body.return_url)
    return Created(SetupAnswer(url))


@router.post("/portal", openapi_extra=may_answer(Unavailable))
async def open_portal(caller: PurchasesWriter, body: PageAsked) -> Created[PortalAnswer]:
    """Give the provider's page where a user looks at receipts and payment methods."""
    user = caller.user(body.user)
    provider = await caller.service.payments.provider(STRIPE)
    with answered(NO_PAGE):
        url = await portal_page(provider, caller.org, user, body.return_url)
    return Created(PortalAnswer(url))

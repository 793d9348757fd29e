"""Notices: what a provider of payments tells us, kept before it is acknowledged."""

from __future__ import annotations

from fastapi import Request

from api.http.answers import Answer, Ok
from api.http.auth.needs import Anyone
from api.http.errors import BodyTooLarge, RateLimited
from api.http.json_body import read_bounded
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.service import service_of
from api.limits import WEBHOOKS_IN
from ledger.purchases.inbox import KeptNotice
from ledger.purchases.provider import Forged
from ledger.purchases.purchase_base import STRIPE

router = Router(prefix="/webhooks", tags=["purchases"])

SIGNATURE = "Stripe-Signature"


class KeptAnswer(Answer):
    """A notice that is kept now, or was before."""

    id: str


@router.post("/stripe", openapi_extra=may_answer(Forged, BodyTooLarge, RateLimited))
async def take_stripe_notice(caller: Anyone, request: Request) -> Ok[KeptAnswer]:
    """What Stripe has to say, signed by it. It is kept once, and acted on soon after."""
    service = service_of(request)
    content = await read_bounded(request)
    now_us = service.clock()
    try:
        notice = service.payments.read_notice(content, request.headers.get(SIGNATURE, ""), now_us)
    except Forged as error:
        raise Forged(error.detail, field=SIGNATURE) from None
    await service.limits.spend([(WEBHOOKS_IN, STRIPE, "")])
    await service.inbox.keep(KeptNotice(STRIPE, now_us, notice))
    return Ok(KeptAnswer(notice.id))

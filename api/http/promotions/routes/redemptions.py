"""Redemptions: orders that have a promotion, for shops that keep their orders elsewhere."""

from __future__ import annotations

from api.commands.promotions.redemptions import RedeemPromotion, ReleaseRedemption
from api.http.answers import Created, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.problem_schemas import may_answer
from api.http.promotions.answers import RedemptionAnswer, redemption_answer
from api.http.promotions.bodies import RedemptionAsked, redeemed_in
from api.http.promotions.permissions import PromotionsWriter
from api.http.router import Router
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import check_order
from ledger.promotions.promotion_book import PromotionBook

router = Router(prefix="/v1/promotions/{promotion}/redemptions", tags=["promotions"])


@router.post("", openapi_extra=may_answer(NotFound, Conflict))
async def redeem_promotion(
    caller: PromotionsWriter, key: IdempotencyKey, promotion: str, body: RedemptionAsked
) -> Created[RedemptionAnswer]:
    """Have an order have a promotion, once, within its limits and its budget: of any number that
    ask at once no more have it than may. What it is of the order, a quote says; it is not checked
    here again."""
    redeemed = redeemed_in(body)
    sent = body.sent() | {"promotion": promotion, "amount": redeemed.amount}
    command = RedeemPromotion(**caller.asks(key), sent=sent, promotion=promotion, redeemed=redeemed)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PromotionBook.PromotionRedeemed)
    answer = redemption_answer(promotion, fact.redeemed, released=False)
    return Created(answer, replayed=result.replayed)


@router.delete("/{order}", openapi_extra=may_answer(NotFound, Conflict))
async def release_redemption(
    caller: PromotionsWriter, key: IdempotencyKey, promotion: str, order: str
) -> Ok[RedemptionAnswer]:
    """Have an order have a promotion no more: another may, and the order itself once more."""
    sent: dict[str, object] = {"promotion": promotion, "order": check_order(order)}
    command = ReleaseRedemption(**caller.asks(key), sent=sent, promotion=promotion, order=order)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PromotionBook.RedemptionReleased)
    answer = redemption_answer(promotion, fact.redeemed, released=True)
    return Ok(answer, replayed=result.replayed)

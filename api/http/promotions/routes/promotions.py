"""Promotions: what is taken off orders, by a code or by itself."""

from __future__ import annotations

import msgspec

from api.commands.promotions.promotions import (
    EndPromotion,
    PausePromotion,
    PublishPromotion,
    ResumePromotion,
)
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.paging import Cursors, Limit
from api.http.problem_schemas import may_answer
from api.http.promotions.answers import (
    PromotionAnswer,
    PromotionsAnswer,
    StandingAnswer,
    promotion_answer,
)
from api.http.promotions.bodies import PromotionAsked, promotion_in
from api.http.promotions.permissions import PromotionsReader, PromotionsWriter
from api.http.router import Router
from api.queries.promotions.promotions import promotion_of, promotions_of
from ledger.kernel.errors import Conflict, NotFound
from ledger.promotions.promotion import PromotionState, PublishedPromotion, Standing
from ledger.promotions.promotion_book import PromotionBook

SHOWN_MAX = 100
"""Promotions of one page, which are shown whole."""

router = Router(prefix="/v1/promotions", tags=["promotions"])


@router.get("")
async def list_promotions(
    caller: PromotionsReader, cursor: str | None = None, limit: Limit = None
) -> Ok[PromotionsAnswer]:
    """The promotions of the org by their ids, whether they run or not; a hundred a page at most."""
    cursors = Cursors(caller, "promotions", {})
    page = cursors.page(limit)
    after = cursors.read(cursor, str, "")
    asked = min(page.asked, SHOWN_MAX + 1)
    found = await promotions_of(caller.service.reader, caller.org, after, asked)
    rows = page.cut(found, lambda each: each.published.promotion.id, SHOWN_MAX)
    return Ok(PromotionsAnswer([promotion_answer(each) for each in rows], page.next_cursor))


@router.get("/{promotion}", openapi_extra=may_answer(NotFound))
async def get_promotion(caller: PromotionsReader, promotion: str) -> Ok[PromotionAnswer]:
    """A promotion, with how often and for how much it is redeemed."""
    return Ok(promotion_answer(await _found(caller, promotion)))


@router.put("/{promotion}", openapi_extra=may_answer(Conflict))
async def publish_promotion(
    caller: PromotionsWriter, key: IdempotencyKey, promotion: str, body: PromotionAsked
) -> Ok[PromotionAnswer]:
    """Publish a promotion from now on, in place of the one of that id; how often it was redeemed is
    counted on. Its code, of capital letters however it is written, is its own in the org for ever;
    that and the currency stay as they were published first."""
    asked = promotion_in(body, promotion)
    sent = msgspec.to_builtins(asked)
    command = PublishPromotion(**caller.asks(key), sent=sent, promotion=asked)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PromotionBook.PromotionPublished)
    now = await _found(caller, promotion)
    published = PublishedPromotion(fact.promotion_version, fact.promotion)
    answer = promotion_answer(msgspec.structs.replace(now, published=published))
    return Ok(answer, replayed=result.replayed)


@router.post("/{promotion}/pause", openapi_extra=may_answer(NotFound, Conflict))
async def pause_promotion(
    caller: PromotionsWriter, key: IdempotencyKey, promotion: str
) -> Ok[StandingAnswer]:
    """Have a promotion not be had until it is resumed. Who has redeemed it has it."""
    sent: dict[str, object] = {"promotion": promotion}
    command = PausePromotion(**caller.asks(key), sent=sent, promotion=promotion)
    result = await caller.service.writer.submit(command)
    answer = StandingAnswer(promotion, str(Standing.PAUSED))
    return Ok(answer, replayed=result.replayed)


@router.post("/{promotion}/resume", openapi_extra=may_answer(NotFound, Conflict))
async def resume_promotion(
    caller: PromotionsWriter, key: IdempotencyKey, promotion: str
) -> Ok[StandingAnswer]:
    """Have a promotion be had again."""
    sent: dict[str, object] = {"promotion": promotion}
    command = ResumePromotion(**caller.asks(key), sent=sent, promotion=promotion)
    result = await caller.service.writer.submit(command)
    answer = StandingAnswer(promotion, str(Standing.RUNNING))
    return Ok(answer, replayed=result.replayed)


@router.post("/{promotion}/end", openapi_extra=may_answer(NotFound, Conflict))
async def end_promotion(
    caller: PromotionsWriter, key: IdempotencyKey, promotion: str
) -> Ok[StandingAnswer]:
    """Have a promotion not be had any more, for ever. What has redeemed it can still be
    released."""
    sent: dict[str, object] = {"promotion": promotion}
    command = EndPromotion(**caller.asks(key), sent=sent, promotion=promotion)
    result = await caller.service.writer.submit(command)
    answer = StandingAnswer(promotion, str(Standing.ENDED))
    return Ok(answer, replayed=result.replayed)


async def _found(caller: Caller, promotion: str) -> PromotionState:
    """Return a promotion as it is now, with what is counted of it."""
    found = await promotion_of(caller.service.reader, caller.org, promotion)
    if found is None:
        raise NotFound("there is no promotion of that id.", field="promotion")
    return found

"""Answers about promotions."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from ledger.kernel.money import format_amount
from ledger.promotions.promotion import Promotion, PromotionKind, PromotionState, Scope, Standing
from ledger.promotions.redeeming import Redeemed


class PromotionAnswer(Answer):
    """A promotion, whether it runs, and how often and for how much it is redeemed; null: it does
    not have that, or is for all."""

    id: str
    version: int
    standing: Annotated[str, one_of(Standing)]
    name: str
    kind: Annotated[str, one_of(PromotionKind)]
    scope: Annotated[str, one_of(Scope)]
    code: str | None
    bps: int | None
    amount: Amount | None
    currency: str | None
    buy: int | None
    get: int | None
    got_skus: list[str]
    priority: int
    subtotal: Amount | None
    skus: list[str]
    item_types: list[str]
    group: str | None
    first_order: bool
    starts_at: Time | None
    ends_at: Time | None
    budget: Amount | None
    spent: Amount | None
    redemptions_max: int | None
    per_customer_max: int | None
    redeemed: int


class PromotionsAnswer(Answer):
    """A page of promotions, by their ids."""

    data: list[PromotionAnswer]
    next_cursor: str | None


class StandingAnswer(Answer):
    """Whether a promotion runs."""

    promotion: str
    standing: Annotated[str, one_of(Standing)]


class RedemptionAnswer(Answer):
    """An order that has a promotion, or had it until it was released."""

    promotion: str
    order: str
    user: str | None
    amount: Amount
    currency: str
    released: bool


def promotion_answer(state: PromotionState) -> PromotionAnswer:
    """Return a promotion as it is answered."""
    promotion = state.published.promotion
    return PromotionAnswer(
        id=promotion.id,
        version=state.published.version,
        standing=str(state.standing),
        name=promotion.name,
        kind=str(promotion.kind),
        scope=str(promotion.scope),
        code=promotion.code,
        bps=promotion.bps,
        amount=_money(promotion, promotion.amount),
        currency=promotion.currency,
        buy=promotion.buy,
        get=promotion.get,
        got_skus=promotion.got_skus,
        priority=promotion.priority,
        subtotal=_money(promotion, promotion.subtotal),
        skus=promotion.skus,
        item_types=promotion.item_types,
        group=promotion.group,
        first_order=promotion.first_order,
        starts_at=time_or_null(promotion.from_us),
        ends_at=time_or_null(promotion.until_us),
        budget=_money(promotion, promotion.budget),
        spent=_money(promotion, state.spent),
        redemptions_max=promotion.redemptions_max,
        per_customer_max=promotion.per_customer_max,
        redeemed=state.redeemed,
    )


def redemption_answer(promotion: str, redeemed: Redeemed, *, released: bool) -> RedemptionAnswer:
    """Return a redemption as it is answered."""
    return RedemptionAnswer(
        promotion,
        redeemed.order,
        redeemed.user,
        format_amount(redeemed.amount, redeemed.currency),
        redeemed.currency,
        released,
    )


def _money(promotion: Promotion, amount: int | None) -> str | None:
    if amount is None or promotion.currency is None:
        return None
    return format_amount(amount, promotion.currency)

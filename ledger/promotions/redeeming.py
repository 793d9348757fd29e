"""Redeeming: whether a promotion may be redeemed now, by its standing, its time and its limits."""

from __future__ import annotations

import msgspec

from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.times import format_time
from ledger.promotions.promotion import PromotionState, Standing


class Redeemed(msgspec.Struct, frozen=True):
    """What one order had of a promotion: the amount that was taken off, and whose it is, if it is
    somebody's."""

    order: str
    amount: int
    currency: str
    user: str | None = None


def check_runs(state: PromotionState, at_us: int) -> None:
    """Raise Conflict where a promotion is not to be had at a moment."""
    promotion = state.published.promotion
    if state.standing is not Standing.RUNNING:
        raise Conflict(f"the promotion is {state.standing}.", field="promotion")
    if promotion.from_us is not None and at_us < promotion.from_us:
        raise Conflict(
            f"the promotion begins at {format_time(promotion.from_us)}.", field="promotion"
        )
    if promotion.until_us is not None and at_us >= promotion.until_us:
        raise Conflict(
            f"the promotion was over at {format_time(promotion.until_us)}.", field="promotion"
        )


def check_left(state: PromotionState, by_customer: int) -> None:
    """Raise Conflict where a promotion is redeemed as often as it can be, in all or by one customer
    who has done so that often, or its budget is spent."""
    promotion = state.published.promotion
    if promotion.redemptions_max is not None and state.redeemed >= promotion.redemptions_max:
        raise Conflict(
            "the promotion was redeemed as often as it can be: there is none left.",
            field="promotion",
        )
    if promotion.per_customer_max is not None and by_customer >= promotion.per_customer_max:
        raise Conflict("the customer has redeemed the promotion as often as one can.", field="user")
    if state.budget_left == 0:
        raise Conflict("the budget of the promotion is spent.", field="promotion")


def check_redeemable(
    state: PromotionState, redeemed: Redeemed, by_customer: int, at_us: int
) -> None:
    """Raise Conflict or Invalid where an order cannot have a promotion."""
    promotion = state.published.promotion
    check_runs(state, at_us)
    if promotion.currency not in (None, redeemed.currency):
        raise Invalid(f"the promotion is of orders in {promotion.currency}.", field="currency")
    if promotion.per_customer_max is not None and redeemed.user is None:
        raise Invalid("user is required: a customer has it so often and no more.", field="user")
    check_left(state, by_customer)
    if state.budget_left is not None and redeemed.amount > state.budget_left:
        raise Conflict("the budget of the promotion does not have so much left.", field="amount")

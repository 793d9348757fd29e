"""The meeting of promotions and an order: which apply, which do not and why, and what they take."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ledger.kernel.errors import Refusal
from ledger.kernel.money import format_amount
from ledger.pricing.asked_order import AskedOrder
from ledger.pricing.order_price import LinePrice, OrderPrice
from ledger.pricing.reduction import Reduction
from ledger.promotions.promotion import Promotion, PromotionKind, PromotionState, Scope
from ledger.promotions.redeeming import check_left, check_runs


class Buyer(msgspec.Struct, frozen=True, kw_only=True):
    """Who orders, as far as it is known. `first_order`: whether it is their first."""

    user: str | None = None
    first_order: bool = False


class Candidate(msgspec.Struct, frozen=True):
    """A promotion that an order may have, and how often its buyer has redeemed it."""

    state: PromotionState
    by_customer: int = 0

    @property
    def promotion(self) -> Promotion:
        """What it is."""
        return self.state.published.promotion


class Met(msgspec.Struct, frozen=True):
    """Of the candidates by their ids: what those take that apply, and why others do not.
    `ships_free`: those by which there is no shipping to pay."""

    reductions: list[Reduction]
    refused: dict[str, str]
    ships_free: list[str]


def meet(
    candidates: Sequence[Candidate], order: AskedOrder, buyer: Buyer, lines: Sequence[LinePrice]
) -> Met:
    """Return what candidates make of the lines of an order, in the order of their priorities."""
    met = Met([], {}, [])
    for each in sorted(candidates, key=lambda each: each.promotion.place):
        promotion = each.promotion
        places = [n for n, line in enumerate(lines) if _is_of(promotion, line)]
        why = _why_not(each, order, buyer, [lines[place] for place in places])
        if why is not None:
            met.refused[promotion.id] = why
        elif promotion.kind is PromotionKind.FREE_SHIPPING:
            met.ships_free.append(promotion.id)
        else:
            units = _units_of(promotion, places, lines)
            if units:
                met.reductions.append(_reduction(each.state, units))
            else:
                met.refused[promotion.id] = "the order has too few units for it."
    return met


class Outcome(msgspec.Struct, frozen=True):
    """What became of a candidate: the amount that it took, and why it took nothing; None: it
    applies."""

    promotion: Promotion
    amount: int
    why: str | None
    ships_free: bool = False


def outcomes(candidates: Sequence[Candidate], met: Met, price: OrderPrice) -> list[Outcome]:
    """Return what became of each candidate in the price of an order, in the order of their
    priorities."""
    took = {each.reduction.id: each.amount for each in price.reductions}
    promotions = sorted((each.promotion for each in candidates), key=lambda each: each.place)
    return [_outcome(each, met, took.get(each.id, 0)) for each in promotions]


def _outcome(promotion: Promotion, met: Met, amount: int) -> Outcome:
    ships_free = promotion.id in met.ships_free
    why = met.refused.get(promotion.id)
    if why is None and not amount and not ships_free:
        why = "others take as much or more: nothing is left for it."
    return Outcome(promotion, amount, why, ships_free)


def _is_of(promotion: Promotion, priced: LinePrice) -> bool:
    """Tell whether a line is one that a promotion is for."""
    line = priced.line
    return (not promotion.skus or line.sku in promotion.skus) and (
        not promotion.item_types or line.item_type in promotion.item_types
    )


def _why_not(
    candidate: Candidate, order: AskedOrder, buyer: Buyer, lines: Sequence[LinePrice]
) -> str | None:
    """Return why a promotion does not apply, if it does not."""
    promotion = candidate.promotion
    try:
        check_runs(candidate.state, order.at_us)
        check_left(candidate.state, candidate.by_customer)
    except Refusal as refusal:
        return refusal.detail
    if promotion.currency not in (None, order.currency):
        return f"it is for orders in {promotion.currency}."
    if promotion.group not in (None, order.group):
        return "it is for customers of another group."
    if promotion.first_order and not buyer.first_order:
        return "it is for the first order of a customer."
    if promotion.per_customer_max is not None and buyer.user is None:
        return "it is for customers who are known: name the user."
    if not lines:
        return "the order has none of what it is for."
    least = promotion.subtotal
    if least is not None and sum(each.total for each in lines) < least:
        return f"it is for orders of at least {format_amount(least, order.currency)}."
    return None


def _reduction(state: PromotionState, units: dict[int, int]) -> Reduction:
    promotion = state.published.promotion
    return Reduction(
        id=promotion.id,
        name=promotion.name,
        is_of_order=promotion.scope is Scope.ORDER,
        units=units,
        bps=promotion.bps,
        amount=promotion.amount,
        limit=state.budget_left,
    )


def _units_of(
    promotion: Promotion, places: Sequence[int], lines: Sequence[LinePrice]
) -> dict[int, int]:
    """Return of how many units of each line something is taken: of all, or of those that one gets
    for what one buys, the cheapest first."""
    if promotion.buy is None or promotion.get is None:
        return {place: lines[place].line.units for place in places}
    bought = sum(lines[place].line.units for place in places)
    got = places
    if promotion.got_skus:
        got = [n for n, each in enumerate(lines) if each.line.sku in promotion.got_skus]
        left = bought // promotion.buy * promotion.get
    else:
        left = bought // (promotion.buy + promotion.get) * promotion.get
    units = {}
    for place in sorted(got, key=lambda place: _cheapness(lines[place])):
        count = min(left, lines[place].line.units)
        if count:
            units[place] = count
        left -= count
    return units


def _cheapness(priced: LinePrice) -> tuple[int, tuple[str, str, str, int]]:
    """Return by what lines are put in order, the cheapest unit first."""
    return priced.found.price.amount, priced.line.rank

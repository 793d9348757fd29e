"""Answers about costs of stock."""

from __future__ import annotations

from api.http.answers import Answer
from api.queries.inventory.costs import StockWorth
from ledger.kernel.money import format_amount
from ledger.kernel.shares import half_even


class StockCostAnswer(Answer):
    """What units of a SKU at a location have cost: all that are on hand together, and one on
    average, rounded. Null where nobody knows; below zero where more was sold than there is."""

    sku: str
    location: str
    on_hand: int
    currency: str | None
    value: str | None
    unit_cost: str | None


def cost_answer(worth: StockWorth) -> StockCostAnswer:
    """Return what stock has cost as it is answered."""
    place = worth.sku, worth.location, worth.on_hand
    if worth.cost_currency is None:
        return StockCostAnswer(*place, None, None, None)
    amounts = worth.value, half_even(worth.paid, worth.units)
    return StockCostAnswer(
        *place,
        worth.cost_currency,
        *(format_amount(each, worth.cost_currency) for each in amounts),
    )

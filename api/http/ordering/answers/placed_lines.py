"""Answers about a line of an order: what it came to, step by step, and what of it went back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.http.answers import Amount, Answer
from api.http.invoices.answers.applied_tax import AppliedTaxAnswer, applied_tax_answer
from api.http.pricing.answers.order_quotes import StepAnswer, step_answer
from ledger.kernel.money import format_amount
from ledger.ordering.order_terms import PlacedLine


class PlacedLineAnswer(Answer):
    """A line of an order: `subtotal - discount = total`, with every step of it, and what there was
    `to_pay` for it, with its tax. `line` names it; `refunded` is what of it went back, or is on its
    way, of `units_refunded` units. `slot` is that which was booked of an appointment, which may
    have moved since; an internal transfer leads `from_location` `to_location`."""

    line: int
    sku: str
    units: int
    item: str | None
    item_type: str | None
    unit_price: Amount
    price_version: int
    steps: list[StepAnswer]
    subtotal: Amount
    discount: Amount
    total: Amount
    tax: Amount
    taxed_by: AppliedTaxAnswer | None
    to_pay: Amount
    refunded: Amount
    units_refunded: int
    slot: str | None
    from_location: str | None
    to_location: str | None


def placed_line_answer(
    line: PlacedLine, currency: str, gone: Sequence[dict[str, Any]]
) -> PlacedLineAnswer:
    """Return the answer about a line, of which so much has gone back."""
    back = [each for each in gone if each["line"] == line.id]
    return PlacedLineAnswer(
        line.id,
        line.sku,
        line.units,
        line.item,
        line.item_type,
        format_amount(line.unit_price, currency),
        line.price_version,
        [step_answer(each, currency) for each in line.steps],
        format_amount(line.subtotal, currency),
        format_amount(line.discount, currency),
        format_amount(line.total, currency),
        format_amount(line.tax, currency),
        applied_tax_answer(line.taxed_by),
        format_amount(line.to_pay, currency),
        format_amount(sum(each["amount"] for each in back), currency),
        sum(each["units"] for each in back),
        line.slot,
        line.from_location,
        line.to_location,
    )

"""Answers about shipping methods."""

from __future__ import annotations

from api.http.answers import Amount, Answer
from ledger.invoices.item import STANDARD
from ledger.kernel.money import format_amount
from ledger.pricing.shipping_method import ShippingMethod


class ShippingMethodAnswer(Answer):
    """A shipping method: for which orders it is, and what it costs. Weights are in grams."""

    id: str
    name: str
    currency: str
    amount: Amount
    unit_amount: Amount
    free_from: Amount | None
    countries: list[str]
    from_subtotal: Amount
    from_weight: int
    until_weight: int | None
    tax_category: str
    priority: int


class ShippingMethodsAnswer(Answer):
    """All shipping methods of an org, in the order in which they are offered."""

    data: list[ShippingMethodAnswer]


class RemovedShippingMethodAnswer(Answer):
    """The method by which no order is sent any more."""

    removed: str


def shipping_method_answer(method: ShippingMethod) -> ShippingMethodAnswer:
    """Return a shipping method as it is answered."""
    currency, free = method.currency, method.free_from
    return ShippingMethodAnswer(
        method.id,
        method.name,
        currency,
        format_amount(method.amount, currency),
        format_amount(method.unit_amount, currency),
        None if free is None else format_amount(free, currency),
        method.countries,
        format_amount(method.from_subtotal, currency),
        method.from_weight,
        method.until_weight,
        method.tax_category or STANDARD,
        method.priority,
    )

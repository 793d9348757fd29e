"""Order rules: what an org has said of all orders, by which any is priced; one statement, as each
is most of what a quote costs."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.pricing.prices import modifiers_in, shipping_methods_in, stacking_in
from api.queries.reader import Row
from ledger.pricing.modifier import Modifier
from ledger.pricing.shipping_method import ShippingMethod
from ledger.pricing.stacking import Stacking


class OrderRules(NamedTuple):
    """The modifiers, the policy and the shipping methods; and whether who orders has done so
    before."""

    modifiers: list[Modifier]
    stacking: Stacking
    methods: list[ShippingMethod]
    has_ordered: bool


def order_rules_asked(org: str, user: str | None) -> tuple[str, dict[str, object]]:
    """Return the query of the rules of an org, and of the orders of a user."""
    return "pricing/order_rules", {"org": org, "user": user}


def order_rules_in(row: Row) -> OrderRules:
    """Return the rules that a row says; those that were never set are as they begin."""

    def rows_of(column: str) -> list[Row]:
        return [] if row[column] is None else [row]

    return OrderRules(
        modifiers_in(rows_of("modifiers")),
        stacking_in(rows_of("stacking")),
        shipping_methods_in(rows_of("methods")),
        row["has_ordered"],
    )

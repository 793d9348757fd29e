"""Shop cookbook: the answers to the questions of docs/analysts.md about orders and carts,
computed from the facts alone."""

from __future__ import annotations

from collections import Counter, defaultdict

from ledger.kernel.times import moment
from ledger.ordering.cart_abandonment_facts import CartsAbandoned
from ledger.ordering.order_facts import OrderConfirmed, OrderPlaced
from ledger.ordering.past_order_facts import OrderImported
from tests.processes.projections.cookbook import MONTH, Events, Rows, answers


def _placed_in_month(events: Events) -> list[tuple[OrderPlaced | OrderImported, int]]:
    """Orders of the month that were bought, with what they came to."""
    bought = {fact.originator_id for _, fact in events.facts if isinstance(fact, OrderConfirmed)}
    return [
        (fact, fact.terms.to_pay)
        for event, fact in events.facts
        if (isinstance(fact, OrderPlaced) and fact.originator_id in bought)
        or (
            isinstance(fact, OrderImported)
            and moment(fact.placed_us).date().replace(day=1) == MONTH
        )
    ]


@answers("Orders and customers by country")
def _orders_by_country(events: Events) -> Rows:
    found: dict[tuple[str, str], list[tuple[str | None, int]]] = defaultdict(list)
    for fact, paid in _placed_in_month(events):
        place = fact.terms.ship_to
        key = fact.terms.currency, place.country if place else ""
        found[key].append((fact.user, paid))
    return [
        (*key, len(each), len({user for user, _ in each if user}), sum(paid for _, paid in each))
        for key, each in sorted(found.items())
    ]


@answers("Cart abandonment")
def _abandonment(events: Events) -> Rows:
    gone: Counter[str] = Counter()
    for _, fact in events.facts:
        for each in fact.counts if isinstance(fact, CartsAbandoned) else ():
            gone[each.currency] += each.carts * each.day.startswith(f"{MONTH:%Y-%m}")
    bought = Counter(
        fact.terms.currency
        for fact, _ in _placed_in_month(events)
        if isinstance(fact, OrderPlaced) and fact.cart is not None
    )
    return [
        (name, gone[name], bought[name], round(100 * gone[name] / (gone[name] + bought[name]), 1))
        for name in sorted({*+gone, *+bought})
    ]

"""Shop cookbook: the answers to the questions of docs/analysts.md about orders, carts and costs,
computed from the facts alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction

from ledger.inventory.reservation_facts import StockShipped
from ledger.inventory.stock_facts import StockReceived
from ledger.kernel.times import moment
from ledger.ordering.cart_abandonment_facts import CartsAbandoned
from ledger.ordering.order_facts import OrderConfirmed, OrderPlaced
from ledger.ordering.past_order_facts import OrderImported
from tests.processes.projections.cookbook import MONTH, Events, Rows, answers
from tests.processes.projections.order_cookbook import brought_by_sku


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


@answers("Gross margin")
def _margin(events: Events) -> Rows:
    units = sum(sold - back for sold, back, _ in brought_by_sku(events).values())
    brought = sum(of[2] for of in brought_by_sku(events).values())
    sent = [fact for _, fact in events.facts if isinstance(fact, StockShipped) and fact.cost]
    assert sent
    cost = sum(each.sold for each in sent)
    margin = brought - cost
    bps = int(Fraction(margin * 10_000, brought))
    costed = sum(each.quantity for each in sent)
    return [("usd", "goods", units, costed, brought, cost, margin, bps)]


@answers("What the inventory has cost")
def _inventory(events: Events) -> Rows:
    """Three of nine have left: two were sent, and one was struck off."""
    (came,) = [fact for _, fact in events.facts if isinstance(fact, StockReceived)]
    paid = came.cost.value if came.cost else 0
    sent = round(Fraction(paid * 2, 9))
    lost = round(Fraction(paid - sent, 7))
    return [("berlin", "usd", 6, paid - sent - lost, lost)]

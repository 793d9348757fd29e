"""An order that is imported is what it was, once, moves nothing of ours, and is seen at its own
date."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.bookkeeping.entries import booked_fact
from ledger.kernel.errors import Conflict, Invalid
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.past_terms import PastLine
from projections.customers.customers import READ_MODEL as CUSTOMERS
from projections.ordering.order_lines import READ_MODEL as LINES
from projections.ordering.orders import READ_MODEL as ORDERS
from tests.scenarios.order_commands import verify
from tests.scenarios.past_order_commands import import_order
from tests.scenarios.world import World

PLACED_US = 1_397_650_646_000_000
CANCELLED: dict[str, Any] = {
    "status": OrderStatus.CANCELLED,
    "payment": PaymentState.UNPAID,
    "refunded": 0,
}


def test_one_fact_is_recorded_and_no_other(world: World) -> None:
    world.given(import_order())
    ((event,), (fact,)) = world.events, world.facts
    assert type(fact).__name__ == "OrderImported"
    assert booked_fact(event) is None
    world.when(import_order()).then_nothing_recorded()
    world.when(import_order(key="again")).then_refused(Conflict, field="number")
    world.given(import_order("#1002"))
    assert verify(world).exit_code == 0


def test_what_cannot_have_been_is_refused(world: World) -> None:
    world.when(import_order(refunded=5_901)).then_refused(Invalid, field="refunded")
    world.when(import_order(placed="2030-01-01T00:00:00Z")).then_refused(Invalid, field="placed_at")
    world.then_nothing_recorded()
    with pytest.raises(Invalid):
        import_order("#1", PastLine("MUG", 1, 100, 101))


def test_it_is_seen_at_its_own_date_among_all_others(world: World) -> None:
    world.given(
        import_order("#2", placed="2015-01-01T00:00:00Z"),
        import_order(),
        import_order("#3", ended="2016-01-01T00:00:00Z", **CANCELLED),
    )
    events = world.event_store.select_positions(0, 10_000)
    second, first, third = (
        dict(zip(ORDERS.columns, row, strict=True)) for row in ORDERS.rows(events)
    )
    assert (first["number"], first["status"], first["total"]) == ("#1001", "fulfilled", 5_900)
    assert (first["placed_us"], first["confirmed_us"]) == (PLACED_US, PLACED_US)
    assert third["ended_us"] == 1_451_606_400_000_000
    lines = [dict(zip(LINES.columns, row, strict=True)) for row in LINES.rows(events)]
    assert [(each["sku"], each["units"], each["total"]) for each in lines[:2]] == [
        ("MUG", 2, 4_500),
        ("", 1, 1_000),
    ]
    assert lines[2]["recorded_us"] == PLACED_US
    ((_, owner, currency, orders, spent, back, known, since, last, _),) = CUSTOMERS.rows(events)
    assert (owner, currency, orders, spent, back, known) == ("ada", "usd", 2, 11_800, 1_000, None)
    assert (since, last) == (PLACED_US, second["placed_us"])

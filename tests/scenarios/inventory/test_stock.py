"""Stock comes, is counted, moves and comes back, and its level is the sum of that."""

from __future__ import annotations

import pytest

from ledger.inventory.condition import Condition
from ledger.inventory.stock import Stock
from ledger.inventory.stock_base import stock_id
from ledger.kernel.errors import Conflict, Invalid, NotFound, OutOfStock
from ledger.kernel.limits import LOCATIONS_MAX, STOCK_MAX, UNITS_MAX
from tests.scenarios.commands import ORG
from tests.scenarios.stock_commands import (
    HERE,
    SKU,
    THERE,
    adjust,
    confirm,
    level,
    location,
    oversell,
    receive,
    release,
    reserve,
    ship,
    take_back,
    transfer,
    verify,
)
from tests.scenarios.world import World


@pytest.fixture
def shop(world: World) -> World:
    """Two places; stock is taken from the first one first."""
    return world.given(location(HERE, 1), location(THERE, 2))


def test_what_comes_in_is_on_hand_and_a_person_counts_it(shop: World) -> None:
    shop.when(receive(10)).then_recorded("StockOpened", "StockReceived")
    shop.given(adjust(2), adjust(-5), adjust(3, condition=Condition.DAMAGED))
    assert level(shop) == (7, 0, 3)
    shop.given(adjust(-3, condition=Condition.DAMAGED))
    assert level(shop) == (7, 0, 0)
    shop.when(adjust(-1, condition=Condition.DAMAGED)).then_refused(OutOfStock)
    assert verify(shop).exit_code == 0


@pytest.mark.reaches("out_of_stock")
def test_what_is_reserved_is_neither_struck_off_nor_moved(shop: World) -> None:
    shop.given(receive(10), reserve("r", 6))
    shop.when(adjust(-5)).then_refused(OutOfStock, field="quantity")
    shop.when(transfer(5)).then_refused(OutOfStock, field="quantity")
    shop.when(transfer(4)).then_recorded("StockOpened", "StockTransferred", "StockTransferred")
    assert (level(shop), level(shop, THERE)) == ((6, 6, 0), (4, 0, 0))
    shop.when(transfer(1, THERE, THERE)).then_refused(Invalid, field="to")
    assert verify(shop).exit_code == 0


def test_a_shipment_takes_what_it_names_and_no_more(shop: World) -> None:
    shop.given(receive(10), reserve("r", 6), reserve("other", 2, owner="order-2"))
    shop.when(ship("r", 1)).then_refused(Conflict)  # not confirmed
    shop.given(confirm("r"), ship("r", 2))
    assert level(shop) == (8, 6, 0)
    shop.when(ship("r", 5)).then_refused(Conflict, field="lines")
    shop.given(release("r", 1), ship("r"))
    assert level(shop) == (5, 2, 0)
    shop.when(ship("r")).then_refused(Conflict, field="reservation")
    assert verify(shop).exit_code == 0


def test_nothing_comes_back_that_was_not_shipped_or_has_come_back(shop: World) -> None:
    shop.given(receive(3), receive(3, THERE), reserve("r", 5), confirm("r"))
    shop.when(take_back("r", 1)).then_refused(Conflict, field="lines")
    shop.given(ship("r", 4))
    shop.when_together(take_back("r", 3), take_back("r", 2))
    shop.then_refused(Conflict, field="lines")
    assert (level(shop), level(shop, THERE)) == ((3, 0, 0), (2, 1, 0))
    shop.given(take_back("r", 1, to=HERE, condition=Condition.DAMAGED))
    assert level(shop) == (3, 0, 1)
    shop.when(take_back("r", 1)).then_refused(Conflict)
    shop.when(take_back("r", 1, owner="order-2")).then_refused(NotFound, field="reservation")
    assert verify(shop).exit_code == 0


def test_more_is_sold_than_there_is_only_where_that_is_allowed(shop: World) -> None:
    shop.given(receive(1), receive(1, THERE))
    shop.when(reserve("r", 4)).then_refused(OutOfStock, field="lines")
    shop.given(oversell(at=THERE), reserve("r", 4))
    first, second = shop.facts[-2:]
    assert (first.quantity, first.oversold) == (1, 0)  # type: ignore[attr-defined]
    assert (second.quantity, second.oversold) == (3, 2)  # type: ignore[attr-defined]
    shop.when(oversell(False, THERE)).then_refused(Conflict, field="allow_oversell")
    shop.given(confirm("r"), ship("r"))
    assert (level(shop), level(shop, THERE)) == ((0, 0, 0), (-2, 0, 0))
    shop.given(receive(2, THERE), oversell(False, THERE))
    shop.when(reserve("s", 1)).then_refused(OutOfStock)
    assert verify(shop).exit_code == 0


def test_sums_have_bounds_that_are_refused(shop: World) -> None:
    shop.given(oversell())
    shop.when(reserve("r", UNITS_MAX, 1)).then_refused(Invalid, field="lines")
    stock = shop.group_commit._groups.aggregates.get(Stock, stock_id(ORG, HERE, SKU))
    assert stock is not None
    stock.on_hand = stock.reserved = STOCK_MAX
    shop.when(receive(1)).then_refused(Invalid, field="quantity")
    shop.when(reserve("r", 1)).then_refused(Invalid, field="lines")
    stock.on_hand = stock.reserved = 0
    shop.when(receive(1, "nowhere")).then_refused(NotFound, field="location")


def test_an_org_has_so_many_locations_and_sets_each_anew(world: World) -> None:
    world.given(*(location(f"l{n}") for n in range(LOCATIONS_MAX)))
    world.when(location("more")).then_refused(Invalid, field="id")
    world.given(location("l0", 7, active=False))

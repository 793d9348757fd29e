"""What units cost, worked out by hand: no cent is lost, and what was sold keeps its cost."""

from __future__ import annotations

import pytest

from ledger.inventory.condition import Condition
from ledger.inventory.cost_inspection import Valued
from ledger.inventory.stock import Stock
from ledger.inventory.stock_base import stock_id
from ledger.inventory.stock_cost import StockCost
from ledger.inventory.valuation import Valuation
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.limits import STOCK_COST_MAX, STOCK_VALUE_MAX
from ledger.registry import fact_of
from tests.scenarios.commands import ORG
from tests.scenarios.stock_commands import (
    HERE,
    SKU,
    THERE,
    adjust,
    confirm,
    location,
    oversell,
    receive,
    reserve,
    ship,
    take_back,
    transfer,
    unit_cost,
    verify,
    worth,
)
from tests.scenarios.world import World


@pytest.fixture
def shop(world: World) -> World:
    """Two places; stock is taken from the first one first."""
    return world.given(location(HERE, 1), location(THERE, 2))


def costs(world: World) -> list[StockCost | None]:
    """What each movement that changed what is on hand was in money."""
    facts = map(fact_of, world.event_store.select_positions(0, 100_000))
    return [each.cost for each in facts if isinstance(each, Valued)]


def sold(world: World) -> list[int]:
    """What was sold has cost, movement by movement; below zero what came back."""
    return [each.sold for each in costs(world) if each and each.sold]


def then_verifies(world: World) -> None:
    report = verify(world)
    assert report.exit_code == 0, report.as_dict()


def test_units_leave_with_their_share_and_the_last_with_what_is_left(shop: World) -> None:
    shop.given(receive(3, cost=1_000), reserve("r", 3), confirm("r"), ship("r", 1), ship("r", 1))
    assert (sold(shop), worth(shop)) == ([333, 334], 333)  # 1000 / 3, then 667 / 2 is 333.5
    shop.given(receive(2, cost=800), ship("r"))
    assert (sold(shop), worth(shop)) == ([333, 334, 378], 755)  # 1133 / 3 is 377.67
    shop.given(unit_cost(50))
    assert worth(shop) == 100
    assert sold(shop) == [333, 334, 378]  # what has left keeps what it had cost
    then_verifies(shop)


def test_what_comes_back_is_worth_what_it_had_cost_unless_it_is_damaged(shop: World) -> None:
    shop.given(receive(4, cost=1_001), reserve("r", 4), confirm("r"), ship("r"))
    shop.given(receive(1, cost=9_000))
    shop.given(take_back("r", 1), take_back("r", 1, condition=Condition.DAMAGED), take_back("r", 2))
    # 1001 / 4 is 250.25; 751 / 3 is 250.33; 501 are left
    assert sold(shop) == [1_001, -250, -250, -501]
    assert worth(shop) == 9_000 + 250 + 501
    then_verifies(shop)


def test_a_transfer_takes_its_share_along_and_what_is_struck_off_too(shop: World) -> None:
    shop.given(receive(3, cost=1_000), transfer(1), adjust(-1))
    assert (worth(shop), worth(shop, THERE)) == (333, 333)  # 1000 - 333 - 334
    shop.given(adjust(2, THERE), receive(1), transfer(3, THERE, HERE))
    assert (worth(shop), worth(shop, THERE)) == (333 + 333 + 999, 0)
    then_verifies(shop)


def test_what_is_sold_before_it_came_costs_the_average_and_is_settled_later(shop: World) -> None:
    shop.given(receive(2, cost=500), oversell(), reserve("r", 5), confirm("r"), ship("r"))
    assert (sold(shop), worth(shop)) == ([500 + 750], -750)
    shop.given(receive(1, cost=400))
    assert costs(shop)[-1] == StockCost("usd", 250, 0, 150)  # 400 and not 250
    shop.given(receive(4, cost=1_000))  # 250 each, as was thought
    assert costs(shop)[-1] == StockCost("usd", 1_000, 0, 0)
    assert (sold(shop), worth(shop)) == ([1_250], 500)
    then_verifies(shop)


def test_what_was_there_without_a_cost_has_the_first_that_is_said(shop: World) -> None:
    shop.given(receive(4), reserve("r", 1), confirm("r"), ship("r"))
    assert costs(shop) == [None, None]
    shop.when(receive(2, cost=201)).then_recorded("CostCurrencySet", "UnitCostSet", "StockReceived")
    assert worth(shop) == 302 + 201  # 3 * 100.5 is 301.5
    shop.given(take_back("r", 1))  # it left without a cost: what others cost on average
    assert costs(shop)[-1] == StockCost("usd", 101)  # 503 / 5 is 100.6
    then_verifies(shop)


def test_costs_are_in_one_currency_and_have_bounds(shop: World) -> None:
    shop.when(unit_cost(1, "nowhere")).then_refused(NotFound, field="location")
    shop.when(receive(1, cost=1, currency="credit")).then_refused(Invalid, field="currency")
    shop.given(unit_cost(7), receive(2))
    assert worth(shop) == 14
    shop.when(receive(1, THERE, cost=1, currency="eur")).then_refused(Invalid, field="currency")
    shop.when(receive(1, cost=STOCK_COST_MAX + 1)).then_refused(Invalid, field="cost")
    stock = shop.group_commit._groups.aggregates.get(Stock, stock_id(ORG, HERE, SKU))
    assert stock is not None
    stock.valuation = Valuation("usd", STOCK_VALUE_MAX, STOCK_VALUE_MAX, 2)
    shop.when(receive(1, cost=1)).then_refused(Invalid, field="cost")
    shop.when(receive(1)).then_refused(Invalid, field="cost")
    shop.given(oversell(), reserve("r", 9), confirm("r"))
    shop.when(ship("r")).then_refused(Invalid, field="cost")

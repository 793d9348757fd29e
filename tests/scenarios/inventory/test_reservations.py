"""A reservation is its owner's alone, until it is released, shipped, or time has ended it."""

from __future__ import annotations

import pytest

from ledger.inventory.reservation_facts import StockReserved
from ledger.inventory.stock import Stock
from ledger.inventory.stock_base import stock_id
from ledger.kernel.errors import Conflict, Invalid, NotFound, OutOfStock
from ledger.kernel.limits import RESERVATION_MAX_US
from tests.scenarios.commands import ORG
from tests.scenarios.stock_commands import (
    HERE,
    MINUTE_US,
    SKU,
    THERE,
    confirm,
    level,
    location,
    receive,
    release,
    reserve,
    ship,
    sweep,
    verify,
)
from tests.scenarios.world import World, at

LATER, MUCH_LATER = "2026-02-01T12:15:00Z", "2026-02-01T13:00:00Z"


@pytest.fixture
def shop(world: World) -> World:
    """Two places with three units each; stock is taken from the first one first."""
    return world.given(location(HERE, 1), location(THERE, 2), receive(3), receive(3, THERE))


def test_lines_are_split_over_locations_by_priority_all_or_nothing(shop: World) -> None:
    shop.when(reserve("r", 2, 2)).then_recorded("StockReserved", "StockReserved")
    assert (level(shop), level(shop, THERE)) == ((3, 3, 0), (3, 1, 0))
    shop.when(reserve("s", 2, ("PEN", 1))).then_refused(OutOfStock, field="lines")
    shop.then_nothing_recorded()
    shop.when(reserve("s", 2, 1)).then_refused(OutOfStock)
    shop.when(reserve("s", (SKU, 1, HERE))).then_refused(OutOfStock)
    shop.given(location(HERE, 3), reserve("t", (SKU, 1, THERE), 1))
    assert level(shop, THERE) == (3, 3, 0)
    (fact,) = [each for each in shop.facts if isinstance(each, StockReserved)]
    assert (fact.quantity, fact.elsewhere) == (2, [])
    assert verify(shop).exit_code == 0


def test_one_that_is_not_active_keeps_what_is_reserved_and_gives_no_more(shop: World) -> None:
    shop.given(reserve("r", 1), location(HERE, 1, active=False), reserve("s", 3))
    assert (level(shop), level(shop, THERE)) == ((3, 1, 0), (3, 3, 0))
    shop.when(reserve("t", 1)).then_refused(OutOfStock)
    shop.when(reserve("t", (SKU, 1, HERE))).then_refused(Conflict, field="lines")
    shop.given(confirm("r"), ship("r"))


def test_another_owner_finds_nothing(shop: World) -> None:
    shop.given(reserve("r", 1))
    for command in (confirm, release, ship):
        shop.when(command("r", owner="order-2")).then_refused(NotFound, field="reservation")
        shop.when(command("none")).then_refused(NotFound, field="reservation")
    shop.when(reserve("r", 1, owner="order-2")).then_refused(Conflict, field="reservation")


def test_time_ends_what_is_not_confirmed_whether_or_not_that_is_recorded(shop: World) -> None:
    shop.given(reserve("r", 3), reserve("kept", 1), confirm("kept"), at(LATER))
    shop.when(confirm("r")).then_refused(Conflict, field="reservation")
    shop.when(release("r")).then_refused(Conflict, field="reservation")
    shop.when(reserve("s", 5)).then_recorded(
        *("ReservationExpired", "StockReserved", "StockReserved")
    )
    assert (level(shop), level(shop, THERE)) == ((3, 3, 0), (3, 3, 0))
    shop.when(confirm("kept")).then_refused(Conflict)
    shop.given(at(MUCH_LATER), sweep(), sweep(THERE), ship("kept"))
    assert (level(shop), level(shop, THERE)) == ((3, 0, 0), (2, 0, 0))
    assert verify(shop).exit_code == 0


def test_the_last_moment_is_the_end(shop: World) -> None:
    shop.given(reserve("r", 6), at("2026-02-01T12:14:59.999999Z"))
    shop.when(reserve("s", 1)).then_refused(OutOfStock)
    shop.given(at(LATER), reserve("s", 1, lasts_us=MINUTE_US))
    shop.when(reserve("t", 1, lasts_us=RESERVATION_MAX_US + 1)).then_refused(
        Invalid, field="expires_in"
    )


def test_another_process_reads_what_is_open_and_no_more(shop: World) -> None:
    shop.given(reserve("a", 1), reserve("b", 1), confirm("b"), reserve("c", 1), release("c"))
    shop.group_commit = shop.another_process()
    shop.when(reserve("d", (SKU, 2, HERE))).then_refused(OutOfStock)
    read = shop.group_commit._groups.aggregates.get(Stock, stock_id(ORG, HERE, SKU))
    assert read is not None
    assert sorted(read.open) == ["a", "b"]
    shop.given(at(LATER), reserve("d", (SKU, 2, HERE)), release("b"))
    assert level(shop) == (3, 2, 0)


def test_sent_again_it_is_the_same_reservation(shop: World) -> None:
    shop.given(reserve("r", 4, key="once"))
    (first,) = shop.command_results
    shop.when(reserve("other", 4, key="once")).then_nothing_recorded()
    (again,) = shop.command_results
    assert again.replayed
    assert again.stored_fact.fact == first.stored_fact.fact

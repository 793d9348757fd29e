"""Units that an order moves leave one location and arrive at the other, or are back: none is lost,
none is moved twice, and the order is as far as they have left."""

from __future__ import annotations

import pytest

from ledger.inventory.stock_facts import StockTransferred
from ledger.kernel.errors import Conflict, Invalid, NotFound, OutOfStock
from ledger.ordering.refund_shares import AskedLine
from tests.scenarios.fulfilment_commands import create, leave
from tests.scenarios.order_commands import (
    cancel,
    order_id,
    paid,
    place,
    refund,
    refund_told,
    status,
)
from tests.scenarios.stock_commands import HERE, THERE, level, location, receive
from tests.scenarios.transfer_commands import (
    moving,
    send,
    take_in,
    transfer_row,
    turn_away,
    verify_transfers,
)
from tests.scenarios.world import World

FREE = moving(("LAPTOP", 5, 0))


@pytest.fixture
def office(world: World) -> World:
    """Eight laptops here, none there, of which five cost nothing and are asked for there."""
    world.given(location(HERE, 1), location(THERE, 2), receive(8, sku="LAPTOP"))
    return world.given(place(agreed=FREE, provider=None))


def then_is(world: World, *, here: tuple[int, int], there: int, way: str, order: str) -> None:
    """On hand and reserved here, on hand there, where the transfer is, and how far the order; all
    of it verifies."""
    assert (level(world, sku="LAPTOP")[:2], level(world, THERE, "LAPTOP")[0]) == (here, there)
    assert (transfer_row(world)["status"], status(world)[0]) == (way, order)
    report = verify_transfers(world)
    assert report.exit_code == 0, report.as_dict()


def test_what_costs_nothing_is_moved_when_it_is_sent_and_there_when_it_is_received(
    office: World,
) -> None:
    assert status(office) == ("confirmed", "paid")
    then_is(office, here=(8, 5), there=0, way="requested", order="confirmed")
    office.given(send())
    moved = next(each for each in office.facts if isinstance(each, StockTransferred))
    assert (moved.quantity, moved.other, moved.owner) == (-5, THERE, order_id())
    then_is(office, here=(3, 0), there=0, way="sent", order="fulfilled")
    office.given(take_in())
    then_is(office, here=(3, 0), there=5, way="received", order="fulfilled")
    office.when(take_in(key="again")).then_refused(Invalid, field="status")
    office.when(send(key="once more")).then_refused(Invalid, field="status")


def test_units_go_in_parts_and_what_is_refused_is_back_and_nobodys(office: World) -> None:
    office.given(send(2))
    then_is(office, here=(6, 3), there=0, way="sent", order="partially_fulfilled")
    office.when(cancel()).then_refused(Invalid, field="status")
    office.when(send(4)).then_refused(Conflict, field="units")
    office.when(take_in(3)).then_refused(Conflict, field="units")
    office.given(take_in(1), turn_away(1, reason="scratched"))
    then_is(office, here=(7, 3), there=1, way="requested", order="partially_fulfilled")
    office.given(send(), turn_away())
    then_is(office, here=(7, 0), there=1, way="received", order="fulfilled")


def test_of_many_at_once_each_unit_is_sent_and_received_by_one(office: World) -> None:
    office.when_together(send(3, key="a"), send(3, key="b"), send(key="c"))
    assert [type(each) for each in office.refusals] == [Conflict]
    office.when_together(take_in(key="d"), turn_away(key="e"), take_in(key="f"))
    assert [each.field for each in office.refusals] == ["status", "status"]
    then_is(office, here=(3, 0), there=5, way="received", order="fulfilled")


def test_an_order_that_is_cancelled_moves_nothing(office: World) -> None:
    office.given(cancel())
    then_is(office, here=(8, 0), there=0, way="withdrawn", order="cancelled")
    office.when(send()).then_refused(Invalid, field="status")


def test_units_that_are_paid_back_before_they_leave_are_not_sent(office: World) -> None:
    office.given(cancel(), place(2, moving(("LAPTOP", 4, 500))), paid(2, 2_000))
    office.given(refund(2, AskedLine(1, units=3)))
    office.when(send(2, 2)).then_refused(Conflict, field="units")
    office.given(refund_told(2, "ref_1", 1_500))
    assert level(office, sku="LAPTOP")[:2] == (8, 1)
    office.given(send(number=2), refund(2, id="ref_2"), refund_told(2, "ref_2", 500))
    assert (transfer_row(office, 2)["sent"], transfer_row(office, 2)["withdrawn"]) == (1, 3)
    assert status(office, 2)[0] == "refunded"
    office.given(take_in(number=2), place(3, moving(("LAPTOP", 2, 500))), paid(3, 1_000))
    office.given(refund(3), refund_told(3, "ref_1", 1_000))
    assert (transfer_row(office, 3)["status"], status(office, 3)[0]) == ("withdrawn", "refunded")
    assert (level(office, sku="LAPTOP")[:2], level(office, THERE, "LAPTOP")[0]) == ((7, 0), 1)
    assert verify_transfers(office).exit_code == 0


def test_an_order_waits_for_its_goods_and_for_what_it_moves(office: World) -> None:
    both = moving(("LAPTOP", 2, 0), sold=(("CABLE", 1, 100),))
    office.given(place(2, both), paid(2, 100), create(number=2), leave(number=2))
    assert status(office, 2)[0] == "partially_fulfilled"
    office.given(send(1, 2))
    assert status(office, 2)[0] == "partially_fulfilled"
    office.given(send(number=2))
    assert status(office, 2)[0] == "fulfilled"
    assert verify_transfers(office).exit_code == 0


def test_what_cannot_be_moved_is_refused_by_its_line(office: World) -> None:
    one = ("LAPTOP", 1, 0)
    for places, kind, field in (
        ((HERE, None), Invalid, "lines.0.to_location"),
        (("nowhere", THERE), NotFound, "lines.0.from_location"),
        ((HERE, HERE), Invalid, "lines.0.to_location"),
    ):
        office.when(place(2, moving(one, places=places), provider=None))
        office.then_refused(kind, field=field)
    twice = moving(one, sold=(("LAPTOP", 1, 0),))
    office.when(place(2, twice, provider=None)).then_refused(Invalid, field="lines.0.sku")
    office.when(place(2, moving(("LAPTOP", 4, 0)), provider=None)).then_refused(OutOfStock)
    elsewhere = moving(one, places=(THERE, HERE))
    office.when(place(2, elsewhere, provider=None)).then_refused(OutOfStock)
    office.when(send(number=9)).then_refused(NotFound, field="id")

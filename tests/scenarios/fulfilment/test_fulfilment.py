"""A shipment moves its own units and no other; none is sent twice, nor when its money is back; and
an order is as far as its goods are."""

from __future__ import annotations

import pytest

from ledger.catalogue.item_type import Kind
from ledger.fulfilment.shipment_facts import ShipmentShipped
from ledger.inventory.reservation import Part
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.limits import SHIPMENTS_PER_ORDER_MAX
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import RefundState
from tests.scenarios.fulfilment_commands import GLS, arrive, create, leave, of_kinds, unpack
from tests.scenarios.order_commands import (
    cancel,
    order_id,
    paid,
    place,
    refund,
    refund_told,
    status,
    terms,
    verify,
)
from tests.scenarios.stock_commands import HERE, THERE, level, location, receive, ship, take_back
from tests.scenarios.world import World

FIVE = terms(("MUG", 5, 1_000), ("CUP", 2, 500))


@pytest.fixture
def shop(world: World) -> World:
    """An org with an order of five mugs, three of them here and two there, and two cups, of which
    no stock is kept."""
    world.given(location(HERE, 1), location(THERE, 2), receive(3), receive(3, THERE))
    return world.given(place(agreed=FIVE), paid(amount=6_000))


def then_is(world: World, *, here: tuple[int, int], there: tuple[int, int], order: str) -> None:
    """On hand and reserved at both places, and how far the order is; all of it verifies."""
    assert (level(world)[:2], level(world, THERE)[:2]) == (here, there)
    assert status(world)[0] == order
    report = verify(world)
    assert report.exit_code == 0, report.as_dict()


def test_a_shipment_of_some_units_moves_these_and_no_others(shop: World) -> None:
    shop.given(create("shp_1", (1, 2), tracking=GLS))
    then_is(shop, here=(3, 3), there=(3, 2), order="processing")
    shop.given(leave())
    then_is(shop, here=(1, 1), there=(3, 2), order="partially_fulfilled")
    shop.given(create("shp_2", (1, 1), (2, 1), location=THERE), leave("shp_2"), arrive("shp_2"))
    then_is(shop, here=(1, 1), there=(2, 1), order="partially_fulfilled")
    shop.given(create("shp_3"), leave("shp_3", tracking=GLS))
    shipped = next(each for each in shop.facts if isinstance(each, ShipmentShipped))
    assert sorted(shipped.parts, key=str) == [Part(HERE, "MUG", 1), Part(THERE, "MUG", 1)]
    assert shipped.tracking == GLS
    then_is(shop, here=(0, 0), there=(1, 0), order="fulfilled")
    shop.when(create("shp_4")).then_refused(Conflict, field="lines")
    shop.when(cancel()).then_refused(Invalid, field="status")


def test_the_last_unit_is_in_one_shipment_and_leaves_once(shop: World) -> None:
    shop.when_together(create("shp_1", (1, 5)), create("shp_2", (1, 1)), create("shp_3", (1, 5)))
    assert [type(each) for each in shop.refusals] == [Conflict, Conflict]
    shop.when_together(leave(key="a"), leave(key="b"), unpack())
    assert [each.field for each in shop.refusals if isinstance(each, Invalid)] == ["status"] * 2
    then_is(shop, here=(0, 0), there=(1, 0), order="partially_fulfilled")
    shop.given(arrive())
    shop.when(unpack(key="late")).then_refused(Invalid, field="status")


def test_units_of_a_shipment_that_is_given_up_are_in_another(shop: World) -> None:
    shop.given(create(), unpack())
    then_is(shop, here=(3, 3), there=(3, 2), order="processing")
    shop.given(create("shp_2"), leave("shp_2"))
    then_is(shop, here=(0, 0), there=(1, 0), order="fulfilled")


def test_what_cannot_be_sent_is_refused_by_its_name(shop: World) -> None:
    shop.when(create("x", (3, 1))).then_refused(Invalid, field="lines.0.line")
    shop.when(create("x", (1, 1), (1, 1))).then_refused(Invalid, field="lines")
    shop.when(create("x", (2, 3))).then_refused(Conflict, field="lines.0.units")
    shop.when(create("x", location="nowhere")).then_refused(NotFound, field="location")
    shop.when(leave("x")).then_refused(NotFound, field="shipment")
    shop.when(create("x", number=9)).then_refused(NotFound, field="id")
    shop.given(create("shp_1", (1, 4), location=HERE))
    shop.when(leave()).then_refused(Conflict, field="lines")
    shop.given(place(2, terms(("CUP", 1, 5))))
    shop.when(create("x", number=2)).then_refused(Invalid, field="status")
    shop.when(ship(order_id(), 1, owner=order_id())).then_refused(Conflict, field="owner")
    shop.when(take_back(order_id(), 1, owner=order_id())).then_refused(Conflict, field="owner")
    then_is(shop, here=(3, 3), there=(3, 2), order="processing")


def test_what_is_paid_back_is_not_sent_and_its_stock_is_free(shop: World) -> None:
    shop.given(create("shp_1", (1, 4)), refund(1, AskedLine(1, units=2)))
    shop.when(leave()).then_refused(Conflict, field="lines")
    shop.given(refund_told(1, "ref_1", 2_000, RefundState.FAILED))
    shop.given(refund(1, AskedLine(1, units=2), id="ref_2"), refund_told(1, "ref_2", 2_000))
    then_is(shop, here=(3, 1), there=(3, 2), order="processing")
    shop.when(leave(key="again")).then_refused(Conflict, field="lines")
    shop.given(unpack(), create("shp_2", (1, 3)), leave("shp_2"))
    then_is(shop, here=(2, 0), there=(1, 0), order="partially_fulfilled")
    shop.given(refund(1, AskedLine(2), AskedLine(1, units=1), id="ref_3"))
    shop.given(refund_told(1, "ref_3", 2_000))
    then_is(shop, here=(2, 0), there=(1, 0), order="fulfilled")


def test_an_order_that_is_given_up_gives_up_its_shipments(shop: World) -> None:
    shop.given(create("shp_1", (1, 1)), create("shp_2", (2, 1)), cancel())
    shop.when(leave(), arrive("shp_2"))
    assert [each.field for each in shop.refusals] == ["status", "status"]
    then_is(shop, here=(3, 0), there=(3, 0), order="cancelled")
    shop.given(place(2, terms(("MUG", 1, 100))), paid(2, 100), create("shp_1", number=2))
    shop.given(refund(2), refund_told(2, "ref_1", 100))
    assert status(shop, 2)[0] == "refunded"
    shop.when(leave("shp_1", 2)).then_refused(Invalid, field="status")
    then_is(shop, here=(3, 0), there=(3, 0), order="cancelled")


def test_what_is_no_goods_waits_for_no_shipment(shop: World) -> None:
    agreed = terms(("FILE", 1, 100), ("SEAT", 1, 100))
    digital = of_kinds(agreed, {1: Kind.DIGITAL_DOWNLOAD, 2: Kind.DIGITAL_ACCESS})
    shop.given(place(2, digital), paid(2, 200))
    assert status(shop, 2)[0] == "fulfilled"
    shop.when(create("x", number=2)).then_refused(Conflict, field="lines")
    shop.when(cancel(2)).then_refused(Invalid, field="status")
    shop.given(place(3, of_kinds(agreed, {1: Kind.DIGITAL_DOWNLOAD})), paid(3, 200))
    assert status(shop, 3)[0] == "confirmed"
    shop.when(create("x", (1, 1), number=3)).then_refused(Invalid, field="lines.0.line")
    shop.given(create("x", number=3), leave("x", 3))
    assert status(shop, 3)[0] == "fulfilled"
    assert verify(shop).exit_code == 0


def test_an_order_has_so_many_shipments_and_no_more(shop: World) -> None:
    for number in range(SHIPMENTS_PER_ORDER_MAX):
        shop.given(create(f"shp_{number}", (1, 1)), unpack(f"shp_{number}"))
    shop.when(create("one more")).then_refused(Conflict, field="id")

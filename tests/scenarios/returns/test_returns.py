"""What was sent comes back once, is on hand again if it can be sold, and is paid back once."""

from __future__ import annotations

import pytest

from ledger.inventory.condition import Condition
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import RefundState
from ledger.returns.returns import CameBack
from tests.scenarios.fulfilment_commands import (
    come_back,
    create,
    keep,
    leave,
    pay_back,
    send_back,
)
from tests.scenarios.order_commands import (
    order_row,
    paid,
    paid_from,
    place,
    refund,
    refund_told,
    status,
    terms,
    verify,
)
from tests.scenarios.promotion_commands import publish_promotion
from tests.scenarios.stock_commands import HERE, THERE, level, location, receive
from tests.scenarios.value_commands import credit, credit_of
from tests.scenarios.world import World

THIRDS = terms(("MUG", 3, 34), ("CUP", 1, 50), off=[("cent", 100)])
"""Three mugs of 1.01 in all, and a cup."""


@pytest.fixture
def shop(world: World) -> World:
    """An org that has sent two of three mugs from here, and a cup of which no stock is kept."""
    world.given(location(HERE, 1), location(THERE, 2), receive(3))
    world.given(publish_promotion("cent", key="cent", bps=100))
    world.given(place(agreed=THIRDS), paid(amount=THIRDS.to_pay))
    return world.given(create("shp_1", (1, 2), (2, 1)), leave())


def then_verifies(world: World) -> None:
    """All books say the same."""
    report = verify(world)
    assert report.exit_code == 0, report.as_dict()


def test_sellable_units_are_on_hand_again_and_damaged_ones_are_not(shop: World) -> None:
    shop.given(send_back("ret_1", (1, 2), (2, 1), reason="too small"))
    assert level(shop) == (1, 1, 0)
    damaged = CameBack(1, 1, Condition.DAMAGED)
    shop.given(come_back("ret_1", CameBack(1, 1, location=THERE), damaged, CameBack(2, 1)))
    assert (level(shop), level(shop, THERE)) == ((1, 1, 1), (1, 0, 0))
    before = THIRDS.lines[0].to_pay * 2 // 3 + THIRDS.lines[1].to_pay
    shop.given(pay_back())
    assert order_row(shop)["refunded"] == before
    assert status(shop)[0] == "partially_fulfilled"
    shop.given(refund_told(1, "ref of refund 1 ret_1", before))
    shop.given(create("shp_2"), leave("shp_2"))
    assert (level(shop), status(shop)) == ((0, 0, 1), ("fulfilled", "partly_refunded"))
    shop.given(send_back("ret_2"), come_back("ret_2"), pay_back("ret_2"))
    assert order_row(shop)["refunded"] == THIRDS.to_pay
    then_verifies(shop)


def test_a_unit_comes_back_once(shop: World) -> None:
    shop.when(send_back("x", (1, 3))).then_refused(Conflict, field="lines.0.units")
    shop.when_together(send_back("ret_1", (1, 2)), send_back("ret_2"), send_back("ret_3", (1, 1)))
    (refusal,) = shop.refusals
    assert (type(refusal), refusal.field) == (Conflict, "lines.0.units")
    shop.when(send_back("x")).then_refused(Conflict, field="lines")
    shop.when(come_back("ret_1", CameBack(1, 2), CameBack(1, 1))).then_refused(
        Invalid, field="lines.1.units"
    )
    shop.when(come_back("ret_1", CameBack(9, 1))).then_refused(Invalid, field="lines.0.units")
    shop.when(come_back("ret_1", CameBack(1, 1, location="no"))).then_refused(NotFound)
    shop.when_together(come_back(key="a"), come_back(key="b"))
    assert [each.field for each in shop.refusals] == ["status"]
    assert level(shop) == (3, 1, 0)
    shop.given(keep("ret_2"))
    shop.when(come_back("ret_2")).then_refused(Invalid, field="status")
    shop.when(pay_back("ret_2")).then_refused(Invalid, field="status")
    shop.given(send_back("ret_4", (2, 1)))
    shop.when(keep("none")).then_refused(NotFound, field="return")
    then_verifies(shop)


def test_what_has_not_come_of_a_return_can_come_by_another(shop: World) -> None:
    shop.given(send_back("ret_1", (1, 2)), come_back("ret_1", CameBack(1, 1)))
    shop.given(send_back("ret_2", (1, 1)), come_back("ret_2"))
    shop.when(send_back("x", (1, 1))).then_refused(Conflict, field="lines.0.units")
    then_verifies(shop)


def test_no_more_goes_back_than_came_in_by_a_return_and_a_refund_at_once(shop: World) -> None:
    shop.given(send_back(), come_back())
    shop.when_together(pay_back(key="a"), refund(1), pay_back(key="b"))
    assert [each.field for each in shop.refusals] == ["status"]
    assert order_row(shop)["refunded"] == THIRDS.to_pay
    shop.when(refund(1, AskedLine(1, units=1), id="ref_2")).then_refused(Conflict, field="id")
    then_verifies(shop)


def test_units_that_were_paid_back_before_come_back_for_nothing(shop: World) -> None:
    shop.given(refund(1, AskedLine(1)), send_back(), come_back())
    shop.when(pay_back()).then_refused(Conflict, field="lines.0.units")
    then_verifies(shop)


def test_a_refund_that_has_failed_can_be_asked_for_again(shop: World) -> None:
    shop.given(send_back("ret_1", (2, 1)), come_back(), pay_back())
    shop.when(pay_back(key="again")).then_refused(Invalid, field="status")
    cup = THIRDS.lines[1].to_pay
    shop.given(refund_told(1, "ref of refund 1 ret_1", cup, RefundState.FAILED))
    shop.given(pay_back(key="once more"), refund_told(1, "ref of once more", cup))
    assert order_row(shop)["refunded"] == cup
    assert level(shop) == (1, 1, 0)
    then_verifies(shop)


def test_what_store_credit_paid_is_there_again_at_once_and_what_of_it_is_left_is_sent(
    shop: World,
) -> None:
    shop.given(credit(200, "bob", key="credit"))
    agreed = terms(("CUP", 2, 100))
    paid_by = paid_from(credit_of("bob"))
    shop.given(place(2, agreed, user="bob", values=paid_by, provider=None))
    shop.given(create("shp_1", (1, 1), number=2), leave(number=2))
    shop.given(refund(2, AskedLine(1, units=1)))
    assert status(shop, 2) == ("fulfilled", "partly_refunded")
    shop.given(send_back(number=2), come_back(number=2), pay_back(number=2))
    assert status(shop, 2) == ("refunded", "refunded")
    shop.when(pay_back(number=2, key="again")).then_refused(Invalid, field="status")
    then_verifies(shop)

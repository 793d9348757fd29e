"""An order is edited before it is fulfilled: units go back at what they were sold for, and what is
added is an order of its own, both in one commit."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import CartChanged, Conflict, Invalid, NotFound, OutOfStock
from ledger.ordering.order import Order
from tests.scenarios.order_commands import (
    cancel,
    edit,
    order_id,
    order_row,
    paid,
    paid_from,
    place,
    refund_told,
    status,
    terms,
    verify,
)
from tests.scenarios.promotion_commands import publish_promotion
from tests.scenarios.stock_commands import location, receive
from tests.scenarios.value_commands import credit, credit_of, stored
from tests.scenarios.world import World

CREDIT = credit_of()


@pytest.fixture
def shop(world: World) -> World:
    """One mug; an order of three files for 1.01, of which one cent is store credit's."""
    world.given(location(), receive(1), credit(1_000), publish_promotion("cent", key="c", bps=98))
    agreed = terms(("FILE", 3, 34), off=[("cent", 98)])
    values = paid_from(CREDIT, limit=1)
    return world.given(place(agreed=agreed, values=values, contact="{}"), paid(amount=100))


def test_units_are_taken_out_at_what_they_were_sold_for(shop: World) -> None:
    shop.given(edit(1, (1, 2), back=33))
    shop.then_recorded("OrderRefundRequested", "OrderEdited")
    edited = shop.facts[-1]
    assert isinstance(edited, Order.OrderEdited)
    assert (edited.difference, edited.refund, edited.added) == (-33, "ref_1", None)
    shop.when(edit(1, (1, 2), back=33)).then_nothing_recorded()
    shop.given(refund_told(1, "ref_1", 33), edit(1, (1, 0), back=68, id="ref_2"))
    assert stored(shop, CREDIT) == (1_000, 0)
    shop.given(refund_told(1, "ref_2", 67))
    assert status(shop) == ("refunded", "refunded")
    assert verify(shop).exit_code == 0


def test_what_is_added_is_an_order_of_its_own_and_all_of_it_is_done_or_nothing(
    shop: World,
) -> None:
    mug = place(2, terms(("MUG", 1, 500)), values=paid_from(CREDIT), provider=None)
    shop.given(edit(1, (1, 1), back=67, added=mug))
    edited = next(fact for fact in shop.facts if isinstance(fact, Order.OrderEdited))
    assert (edited.difference, edited.added) == (433, order_id(2))
    placed = next(fact for fact in shop.facts if isinstance(fact, Order.OrderPlaced))
    assert (placed.adds_to, placed.contact is not None) == (order_id(), True)
    assert (status(shop, 2), stored(shop, CREDIT)) == (("confirmed", "paid"), (499, 0))
    another = place(3, terms(("MUG", 1, 500)))
    shop.when(edit(1, (1, 0), back=34, added=another, id="ref_2")).then_refused(OutOfStock)
    shop.then_nothing_recorded()
    dear = place(3, terms(("FILE", 1, 5)), expected=4)
    shop.when(edit(1, added=dear, id="ref_2")).then_refused(CartChanged, field="expected_total")
    shop.when(edit(1, (1, 0), back=33, id="ref_2")).then_refused(Conflict, field="expected_refund")
    shop.then_nothing_recorded()
    assert order_row(shop)["refunded"] == 67
    assert verify(shop).exit_code == 0


def test_only_what_is_confirmed_and_not_fulfilled_is_edited(shop: World) -> None:
    shop.when(edit(9)).then_refused(NotFound, field="id")
    shop.when(edit(1, (2, 0))).then_refused(Invalid, field="lines.0.line")
    shop.when(edit(1, (1, 3))).then_refused(Invalid, field="lines.0.units")
    shop.given(place(2, terms(("FILE", 1, 5))))
    shop.when(edit(2, (1, 0), back=5)).then_refused(Invalid, field="status")
    shop.given(cancel(1))
    shop.when(edit(1, (1, 0))).then_refused(Invalid, field="status")

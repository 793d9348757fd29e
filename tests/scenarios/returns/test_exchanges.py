"""What came back is exchanged for a new order: one net payment settles both, and of all that both
have taken nothing goes back twice."""

from __future__ import annotations

import dataclasses

import pytest

from ledger.inventory.condition import Condition
from ledger.kernel.errors import CartChanged, Conflict, Invalid, NotFound, OutOfStock
from ledger.kernel.limits import EXCHANGES_IN_A_ROW_MAX
from ledger.kernel.report import Report
from ledger.ordering.exchange_inspection import ExchangeInspection
from ledger.ordering.order import Order
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import DisputeState, RefundState
from ledger.registry import fact_of
from ledger.returns.returns import CameBack
from ledger.stored_value.value_source import of_exchange
from tests.scenarios.commands import ORG
from tests.scenarios.fulfilment_commands import (
    come_back,
    create,
    exchange,
    keep,
    leave,
    pay_back,
    send_back,
)
from tests.scenarios.invoice_commands import settings
from tests.scenarios.order_commands import (
    cancel,
    declined,
    disputed,
    edit,
    expire,
    order_id,
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
from tests.scenarios.ordering.test_order_invoices import then_all_agrees
from tests.scenarios.ordering.test_value_payments import journal
from tests.scenarios.promotion_commands import publish_promotion
from tests.scenarios.stock_commands import level, location, receive
from tests.scenarios.value_commands import credit, credit_of, stored
from tests.scenarios.world import Step, World, at

CREDIT = credit_of()
CUP = terms(("CUP", 1, 100))
PAID, PART = (("confirmed", "paid"), ("fulfilled", "partly_refunded"))


@pytest.fixture
def shop(world: World) -> World:
    """Three mugs for 1.01, of which one cent is store credit's, sent; one of them, of 0.33, has
    come back."""
    world.given(location(), receive(3), credit(1, key="credit"), settings())
    world.given(publish_promotion("cent", key="c", bps=98))
    agreed = terms(("MUG", 3, 34), off=[("cent", 98)])
    world.given(place(agreed=agreed, values=paid_from(CREDIT), contact="{}"), paid(amount=100))
    world.given(create(), leave(), send_back("ret_1", (1, 1)))
    return world.given(come_back())


def then_verifies(world: World) -> None:
    """All books say the same."""
    report = verify(world)
    assert report.exit_code == 0, report.as_dict()
    then_all_agrees(world)


def test_of_what_costs_more_the_rest_is_paid(shop: World) -> None:
    shop.given(exchange(place(2, CUP, left=67), 33))
    placed = next(fact for fact in shop.facts if isinstance(fact, Order.OrderPlaced))
    assert [(each.source, each.amount) for each in placed.paid_from] == [
        (of_exchange(order_id()).path, 33)
    ]
    assert (status(shop, 2), placed.contact is not None) == (("pending", "unpaid"), True)
    assert (order_row(shop)["refunded"], status(shop)) == (33, ("fulfilled", "paid"))
    shop.when(pay_back()).then_refused(Invalid, field="status")
    shop.when(refund(1, AskedLine(1, units=3))).then_refused(Conflict, field="lines.0.units")
    shop.when(refund(1, amount=69)).then_refused(Conflict, field="amount")
    shop.given(paid(2, 67))
    assert (status(shop, 2), status(shop)) == (PAID, PART)
    sums = journal(shop)
    assert (sums["Income:Orders"], sums["Assets:Processor:Stripe"]) == (33 - 201, 167)
    shop.given(refund(1), refund_told(1, "ref_1", 68))
    assert (status(shop), order_row(shop)["refunded"]) == (("refunded", "refunded"), 101)
    then_verifies(shop)


def test_of_what_costs_as_much_nothing_is_paid(shop: World) -> None:
    shop.given(exchange(place(2, terms(("MUG", 1, 33)), provider=None, left=0), 33))
    assert (status(shop, 2), status(shop), order_row(shop)["refunded"]) == (PAID, PART, 33)
    assert level(shop) == (1, 1, 0)
    then_verifies(shop)


def test_of_what_costs_less_the_rest_goes_back_as_any_refund(shop: World) -> None:
    shop.given(send_back("ret_2", (1, 2)), come_back("ret_2"))
    shop.given(exchange(place(2, terms(("CUP", 1, 40)), provider=None), 67, "ret_2"))
    assert (status(shop, 2), order_row(shop)["refunded"]) == (PAID, 67)
    name = "ref of exchange 1 ret_2"
    shop.given(refund_told(1, name, 27, RefundState.FAILED))
    assert order_row(shop)["refunded"] == 40
    shop.given(refund(1, AskedLine(1, units=2)), refund_told(1, "ref_1", 27))
    shop.given(pay_back(), refund_told(1, "ref of refund 1 ret_1", 34))
    assert (order_row(shop)["refunded"], stored(shop, CREDIT)) == (101, (0, 0))
    assert status(shop) == ("refunded", "refunded")
    then_verifies(shop)


@pytest.mark.parametrize("end", ["declined", "time", "cancelled"])
def test_a_new_order_that_is_given_up_leaves_the_return_as_it_was(shop: World, end: str) -> None:
    ends: dict[str, list[Step]] = {
        "declined": [declined(2)],
        "time": [at("2027-01-01T00:00:00Z"), expire(2)],
        "cancelled": [cancel(2)],
    }
    shop.given(exchange(place(2, CUP), 33), *ends[end])
    assert order_row(shop)["refunded"] == 0
    shop.given(paid(2, 67))
    shop.then_recorded("StrayMoneyCame")
    shop.given(exchange(place(3, terms(("CUP", 1, 33)), provider=None), 33, key="again"))
    assert status(shop, 3) == PAID
    shop.given(send_back("ret_2", (1, 1)), come_back("ret_2"))
    shop.given(exchange(place(4, CUP), 34, "ret_2"), declined(4), pay_back("ret_2"))
    assert order_row(shop)["refunded"] == 67
    then_verifies(shop)


def test_what_the_new_order_gives_back_goes_on_by_where_the_first_was_paid_from(
    shop: World,
) -> None:
    """0.67 of the new order's own go back first, and then 0.33 by the payment of the first; all of
    both is 1.67 and the cent, however often a refund fails."""
    shop.given(exchange(place(2, CUP), 33), paid(2, 67))
    shop.given(refund(2, id="ref_2", amount=80), refund_told(2, "ref_2", 67))
    assert status(shop, 2) == ("confirmed", "partly_refunded")
    shop.given(refund_told(1, "ref_2-exchange", 13, RefundState.FAILED))
    assert order_row(shop)["refunded"] == 20
    shop.when(refund(1, amount=69)).then_refused(Conflict, field="amount")
    shop.given(refund(1, id="again"), refund_told(1, "again", 13))
    shop.given(refund(2, id="ref_3"), refund_told(1, "ref_3-exchange", 20))
    assert (status(shop, 2), order_row(shop)["refunded"]) == (("refunded", "refunded"), 33)
    shop.when(refund(2, id="ref_4")).then_refused(Conflict, field="id")
    shop.given(refund(1, id="rest"), refund_told(1, "rest", 67))
    assert (status(shop), stored(shop, CREDIT)) == (("refunded", "refunded"), (1, 0))
    sums = journal(shop)
    assert (sums["Assets:Processor:Stripe"], sums["Income:Orders"]) == (0, 0)
    then_verifies(shop)


def test_a_new_order_is_cancelled_or_edited_as_any(shop: World) -> None:
    shop.given(exchange(place(2, terms(("CUP", 2, 16)), provider=None), 33))
    shop.given(refund_told(1, "ref of exchange 1 ret_1", 1))
    shop.given(edit(2, (1, 1), back=16, id="ref_2"), refund_told(1, "ref_2-exchange", 16))
    shop.given(cancel(2), refund_told(1, f"{order_id(2)}-cancel-exchange", 16))
    assert (status(shop, 2), order_row(shop)["refunded"]) == (("cancelled", "refunded"), 33)
    shop.when(pay_back()).then_refused(Invalid, field="status")
    shop.given(refund(1, id="rest"), refund_told(1, "rest", 67))
    assert status(shop) == ("refunded", "refunded")
    assert journal(shop)["Assets:Processor:Stripe"] == 0
    then_verifies(shop)


def test_what_came_by_an_exchange_is_exchanged_again_and_goes_back_through_all(
    shop: World,
) -> None:
    worth = 33
    for number in range(1, EXCHANGES_IN_A_ROW_MAX + 1):
        new = number + 1
        shop.given(exchange(place(new, terms(("CUP", 1, 33)), provider=None), worth, number=number))
        shop.given(create(number=new), leave(number=new), send_back(number=new))
        shop.given(come_back(number=new))
    last = EXCHANGES_IN_A_ROW_MAX + 1
    again = place(last + 1, terms(("CUP", 1, 33)), provider=None)
    shop.when(exchange(again, 33, number=last)).then_refused(Conflict, field="id")
    shop.given(pay_back(number=last))
    name = f"ref of refund {last} ret_1" + "-exchange" * EXCHANGES_IN_A_ROW_MAX
    shop.given(refund_told(1, name, 33))
    assert (order_row(shop)["refunded"], status(shop)) == (33, PART)
    assert status(shop, last) == ("refunded", "refunded")
    then_verifies(shop)


def test_only_what_has_come_is_exchanged_and_only_as_the_buyer_was_told(shop: World) -> None:
    cup = place(2, CUP)
    shop.given(send_back("ret_2", (1, 1)))
    shop.when(exchange(cup, 34, "ret_2")).then_refused(Invalid, field="status")
    shop.given(keep("ret_2"))
    shop.when(exchange(cup, 34, "ret_2")).then_refused(Invalid, field="status")
    shop.when(exchange(cup, 33, "none")).then_refused(NotFound, field="return")
    shop.when(exchange(cup, 34)).then_refused(Conflict, field="expected_value")
    shop.when(exchange(place(2, CUP, expected=99), 33)).then_refused(CartChanged)
    shop.when(exchange(place(2, CUP, left=66), 33)).then_refused(Conflict, field="expected_payment")
    shop.when(exchange(place(2, CUP, provider=None), 33)).then_refused(Invalid, field="payment")
    free = place(2, terms(("CUP", 1, 0)), provider=None)
    shop.when(exchange(free, 33)).then_refused(Invalid, field="lines")
    many = place(2, terms(("MUG", 9, 1)), provider=None)
    shop.when(exchange(many, 33)).then_refused(OutOfStock)
    shop.then_nothing_recorded()
    shop.given(send_back("ret_3", (1, 1)))
    shop.given(come_back("ret_3", CameBack(1, 1, Condition.DAMAGED)))
    shop.given(exchange(cup, 33, "ret_3"))
    shop.when(come_back("ret_3", key="twice")).then_refused(Invalid, field="status")
    then_verifies(shop)


def test_units_are_exchanged_or_refunded_once_of_any_number_at_once(shop: World) -> None:
    shop.given(refund(1, amount=1, id="ref_0"))
    twins = [exchange(place(n, CUP), 33, key=f"{n}") for n in (2, 3)]
    shop.when_together(*twins, pay_back(), refund(1, AskedLine(1, units=3), id="ref_9"))
    assert [each.field for each in shop.refusals] == ["status", "status", "lines.0.units"]
    shop.when(twins[0]).then_nothing_recorded()
    shop.given(paid(2, 67))
    then_verifies(shop)


def test_a_dispute_keeps_what_a_new_order_gives_back_until_it_is_won(shop: World) -> None:
    shop.given(exchange(place(2, CUP), 33), paid(2, 67), disputed(1, DisputeState.OPEN, 100))
    shop.given(refund(2, id="ref_2"), refund_told(2, "ref_2", 67))
    assert order_row(shop)["refunded"] == 0
    shop.when(refund(1, id="ref_1")).then_refused(Conflict, field="id")
    shop.given(send_back("ret_2", (1, 1)), come_back("ret_2"))
    shop.when(exchange(place(3, CUP), 34, "ret_2")).then_refused(Conflict, field="id")
    shop.given(disputed(1, DisputeState.WON, 100), refund(1), refund_told(1, "ref_1", 33))
    assert order_row(shop)["refunded"] == 33
    then_verifies(shop)


def _changed(world: World, kind: str, **changed: object) -> Report:
    """What is found where a fact of a kind says something else."""
    report = Report()
    inspection = ExchangeInspection(report)
    for event in world.event_store.select_positions(0, 10_000):
        fact = fact_of(event)
        if type(fact).__name__ == kind:
            fact = dataclasses.replace(fact, **changed)  # type: ignore[type-var]  # each is one
        inspection.see(event, fact)
    inspection.end(None, None, lambda org: True)  # type: ignore[arg-type]  # asks neither
    return report


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("OrderExchangeBegun", {"new_order": order_id(9)}),
        ("OrderExchangeBegun", {"lines": []}),
        ("OrderExchangeBegun", {"currency": "eur"}),
        ("OrderPlaced", {"paid_from": []}),
        ("OrderExchangeReturned", {"amount": 12}),
        ("OrderExchangeReturned", {"new_order": order_id(9)}),
        ("OrderValueReturned", {"values": []}),
        ("OrderRefundRequested", {"of_exchange": True}),
        ("OrderConfirmed", {"originator_id": f"{ORG}/order/{order_id(9)}"}),
        ("OrderExchangeEnded", {"new_order": order_id(9)}),
    ],
)
def test_what_only_one_of_both_orders_says_is_found(
    shop: World, kind: str, changed: dict[str, object]
) -> None:
    shop.given(exchange(place(2, CUP), 33), paid(2, 67), refund(2, id="ref_2", amount=80))
    shop.given(send_back("ret_2", (1, 1)), come_back("ret_2"))
    shop.given(exchange(place(3, CUP), 34, "ret_2"), declined(3))
    assert not _changed(shop, "none").exit_code
    assert _changed(shop, kind, **changed).exit_code

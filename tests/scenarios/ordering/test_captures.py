"""Money that a bank keeps for an order is taken once before goods leave, as much as the order still
comes to, or let go; an order whose money is not here sends nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from api.commands.ordering.payments import RecordCaptureRefusal
from ledger.catalogue.item_type import Kind
from ledger.fulfilment.inspection import FulfilmentInspection
from ledger.kernel.errors import Conflict
from ledger.kernel.report import Report
from ledger.ordering.capture import Capture
from ledger.ordering.inspection import OrderInspection
from ledger.ordering.order import Order
from ledger.ordering.order_captures import NotCaptured
from tests.scenarios.commands import ACTOR, ORG
from tests.scenarios.fulfilment_commands import create, leave, of_kinds
from tests.scenarios.invoice_commands import settings
from tests.scenarios.invoices.folding import every, invoice_of, numbers_of
from tests.scenarios.order_commands import (
    at_shipment,
    authorised,
    cancel,
    capture,
    declined,
    edit,
    expire,
    gone,
    open_page,
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
from tests.scenarios.ordering.test_order_invoices import money_of, then_all_agrees
from tests.scenarios.stock_commands import level, location, receive, reserve
from tests.scenarios.value_commands import credit, credit_of, stored
from tests.scenarios.world import World, at

MUGS = terms(("MUG", 3, 1_000))
INVOICE = f"order-{order_id()}"
KEPT = ("confirmed", "authorised")


@pytest.fixture
def shop(world: World) -> World:
    """Three mugs, whose money is taken when they are sent."""
    return world.given(location(), receive(3), at_shipment(), settings())


def sold(shop: World) -> World:
    """An order of all of them, whose money a bank keeps."""
    return shop.given(place(agreed=MUGS, cart="cart"), open_page(), authorised(amount=3_000))


def asked(world: World) -> list[int]:
    """What was to be captured."""
    facts = (fact for _, fact in every(world))
    return [each.money.amount for each in facts if isinstance(each, Order.OrderCaptureRequested)]


def test_an_order_is_bought_when_a_bank_keeps_its_money_and_billed_when_that_is_taken(
    shop: World,
) -> None:
    sold(shop)
    assert (status(shop), level(shop)) == (KEPT, (3, 3, 0))
    assert (order_row(shop)["number"], order_row(shop)["payment"]) == ("ORD-2026-00001", "pi_1")
    assert (money_of(shop), numbers_of(shop)) == ({}, ["ORD-2026-00001"])
    shop.given(create())
    shop.when(leave()).then_refused(NotCaptured, field="id")
    shop.then_nothing_recorded()
    shop.when_together(capture(), capture())
    assert (shop.outcomes, asked(shop)) == ([True, False], [3_000])
    shop.when(leave(key="early")).then_refused(NotCaptured)
    shop.given(paid(amount=3_000), leave(key="now"))
    assert (status(shop), level(shop)) == (("fulfilled", "paid"), (0, 0, 0))
    assert invoice_of(shop, INVOICE).total == 3_000
    assert money_of(shop) == {"Assets:Processor:stripe": 3_000, "Income:Orders": -3_000}
    shop.when(capture(), paid(amount=3_000), authorised(amount=3_000), gone())
    shop.then_nothing_recorded()
    shop.given(refund(1, amount=500), refund_told(1, "ref_1", 500))
    then_all_agrees(shop)


def test_units_that_are_taken_out_before_are_captured_no_more(shop: World) -> None:
    sold(shop)
    shop.given(edit(1, (1, 1), back=2_000))
    kinds = {type(each).__name__ for each in shop.facts}
    assert {"OrderLessened", "OrderEdited", "GoodsWithdrawn"} <= kinds
    assert (status(shop), level(shop), order_row(shop)["refunded"]) == (KEPT, (3, 1, 0), 2_000)
    shop.given(create())
    shop.when(refund(1)).then_refused(Conflict, field="id")
    shop.given(capture())
    shop.when(cancel()).then_refused(Conflict, field="id")
    shop.then_nothing_recorded()
    assert asked(shop) == [1_000]
    refused = RecordCaptureRefusal(ORG, ACTOR, order_id(), "pi_1", "refused")
    shop.when(refused, refused).then_recorded("OrderCaptureRefused")
    shop.given(capture(), paid(amount=1_000), leave())
    assert status(shop) == ("fulfilled", "paid")
    found = invoice_of(shop, INVOICE)
    assert (found.total, found.credited) == (3_000, 2_000)
    shop.when(refund(1, amount=1_001)).then_refused(Conflict, field="amount")
    shop.given(refund(1, id="rest"), refund_told(1, "rest", 1_000))
    assert (status(shop), money_of(shop)) == (("refunded", "refunded"), {})
    then_all_agrees(shop)


def test_what_would_leave_nothing_is_a_cancellation_and_that_lets_the_money_go(
    shop: World,
) -> None:
    sold(shop)
    shop.when(edit(1, (1, 0), back=3_000)).then_refused(Conflict, field="lines")
    shop.given(cancel(reason="not wanted"))
    kinds = [type(each).__name__ for each in shop.facts]
    assert kinds[-2:] == ["OrderLessened", "OrderVoidRequested"]
    assert (status(shop), level(shop)) == (("cancelled", "unpaid"), (3, 0, 0))
    assert order_row(shop)["waits_us"] is not None
    shop.when(capture()).then_refused(Conflict, field="id")
    shop.given(gone())
    shop.then_recorded("OrderPaymentVoided")
    assert order_row(shop)["waits_us"] is None
    assert (money_of(shop), numbers_of(shop)) == ({}, ["ORD-2026-00001"])
    shop.when(place(2, cart="cart")).then_refused(Conflict, field="cart")
    then_all_agrees(shop)


def test_an_order_whose_bank_lets_go_by_itself_sends_nothing_until_it_is_cancelled(
    shop: World,
) -> None:
    sold(shop)
    shop.given(create(), at("2027-01-01T00:00:00Z"), expire())
    assert int(order_row(shop)["waits_us"]) < shop.clock()
    shop.given(gone(code="authorisation_expired"))
    assert (status(shop), level(shop)) == (("processing", "unpaid"), (3, 3, 0))
    shop.when(leave()).then_refused(Conflict, field="id")
    shop.when(capture()).then_refused(Conflict, field="id")
    shop.when(refund(1)).then_refused(Conflict, field="id")
    shop.given(cancel())
    assert (status(shop), level(shop)) == (("cancelled", "unpaid"), (3, 0, 0))
    then_all_agrees(shop)


def test_money_that_another_bank_keeps_for_what_was_let_go_takes_its_place(shop: World) -> None:
    """The buyer paid twice, and the first was let go before the second was told."""
    sold(shop).given(gone(), authorised(amount=3_000, payment="pi_second"))
    assert (status(shop), level(shop)) == (KEPT, (3, 3, 0))
    shop.when(gone()).then_nothing_recorded()
    shop.given(create(), capture(), paid(amount=3_000, payment="pi_second"), leave())
    assert status(shop) == ("fulfilled", "paid")
    assert invoice_of(shop, INVOICE).total == 3_000
    then_all_agrees(shop)


def test_money_that_is_captured_without_us_is_taken_if_it_is_all_of_it(shop: World) -> None:
    sold(shop)
    shop.given(paid(amount=3_000))
    assert status(shop) == ("confirmed", "paid")
    shop.given(receive(3), place(2, MUGS), authorised(2, 3_000), paid(2, 2_999))
    assert status(shop, 2) == ("confirmed", "unpaid")
    shop.given(refund_told(2, f"{order_id(2)}-stray-1", 2_999), cancel(2))
    then_all_agrees(shop)


@pytest.mark.parametrize("late", ["cancelled", "stock", "twice", "other money"])
def test_money_that_is_kept_for_what_is_not_sold_is_let_go(shop: World, late: str) -> None:
    shop.given(place(agreed=MUGS))
    before: dict[str, Callable[[], object]] = {
        "cancelled": lambda: shop.given(cancel()),
        "stock": lambda: shop.given(declined(), reserve("rsv", 1)),
        "twice": lambda: shop.given(authorised(amount=3_000, payment="pi_first")),
        "other money": lambda: None,
    }
    before[late]()
    shop.given(authorised(amount=2_999 if late == "other money" else 3_000))
    shop.then_recorded("StrayAuthorised")
    shop.when(authorised(amount=3_000)).then_nothing_recorded()
    shop.given(gone())
    shop.then_recorded("OrderPaymentVoided")
    assert status(shop)[1] == ("authorised" if late == "twice" else "unpaid")
    assert verify(shop).exit_code == 0


def test_money_that_is_kept_late_confirms_the_order_if_all_is_still_to_be_had(
    shop: World,
) -> None:
    shop.given(place(agreed=MUGS), at("2027-01-01T00:00:00Z"), expire())
    shop.given(authorised(amount=3_000))
    assert (status(shop), level(shop)) == (KEPT, (3, 3, 0))
    assert verify(shop).exit_code == 0


def test_store_credit_is_spent_at_once_and_what_is_kept_goes_first(shop: World) -> None:
    values = paid_from(credit_of(), limit=1_000)
    shop.given(credit(1_000), place(agreed=MUGS, values=values), authorised(amount=2_000))
    assert (status(shop), stored(shop, credit_of())) == (KEPT, (0, 0))
    shop.given(edit(1, (1, 1), back=2_000))
    assert [type(each).__name__ for each in shop.facts].count("OrderVoidRequested") == 1
    assert status(shop) == ("confirmed", "paid")
    assert (invoice_of(shop, INVOICE).total, invoice_of(shop, INVOICE).credited) == (3_000, 2_000)
    shop.given(gone(), create(), leave())
    assert status(shop) == ("fulfilled", "paid")
    then_all_agrees(shop)


def test_only_what_is_sent_waits_for_its_money(shop: World) -> None:
    course = of_kinds(terms(("MUG", 1, 5), ("COURSE", 1, 5)), {2: Kind.DIGITAL_ACCESS})
    shop.given(place(1, course), place(2), at_shipment(Capture.NOW, "now"), place(3))
    begun = [fact for _, fact in every(shop) if isinstance(fact, Order.OrderPaymentBegun)]
    assert [each.begun.capture for each in begun] == [
        *(Capture.NOW, Capture.AT_SHIPMENT, Capture.NOW),
    ]
    assert verify(shop).exit_code == 0


@pytest.mark.parametrize(
    ("missing", "check"), [("OrderPaid", "fulfilment"), ("OrderLessened", "orders")]
)
def test_verification_finds_goods_without_their_money_and_more_money_than_was_kept(
    shop: World, missing: str, check: str
) -> None:
    sold(shop)
    shop.given(edit(1, (1, 1), back=2_000), create(), capture(), paid(amount=1_000), leave())
    report = Report()
    for inspection in (OrderInspection(report), FulfilmentInspection(report)):
        for event, fact in every(shop):
            if type(fact).__name__ != missing:
                inspection.see(event, fact)
    assert report[check].first is not None

"""Gift cards and store credit pay an order first; what they pay is the order's alone until it is
given up, and goes back as it came."""

from __future__ import annotations

from collections import Counter

import pytest

from ledger.bookkeeping.entries import entry_of
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import CheckoutExpired, RefundState
from ledger.purchases.purchase_base import MANUAL
from ledger.registry import fact_of
from ledger.stored_value.value_source import of_gift_card
from tests.scenarios.invoice_commands import settings
from tests.scenarios.order_commands import (
    cancel,
    declined,
    expire,
    open_page,
    order_id,
    order_row,
    paid,
    paid_from,
    place,
    refund,
    refund_told,
    sent_back,
    status,
    terms,
    told,
    transferred,
    verify,
)
from tests.scenarios.ordering.test_order_invoices import AGREED, then_all_agrees
from tests.scenarios.promotion_commands import publish_promotion
from tests.scenarios.stock_commands import location, receive, reserve
from tests.scenarios.value_commands import (
    CARD,
    OTHER_CARD,
    adjust,
    claim,
    credit,
    credit_of,
    disable,
    give_back,
    issue,
    release,
    settle,
    stored,
)
from tests.scenarios.world import Step, World, at

ON_CARD, ON_OTHER, CREDIT = of_gift_card(CARD), of_gift_card(OTHER_CARD), credit_of()
HUNDRED = terms(("MUG", 2, 5_000))
BY_ALL = paid_from(ON_CARD, CREDIT)


@pytest.fixture
def shop(world: World) -> World:
    """Two mugs, a card of 30.00 and store credit of 20.00, sold and given."""
    return world.given(location(), receive(2), issue(3_000, order="o9"), credit(2_000))


def there(world: World) -> tuple[tuple[int, int], tuple[int, int]]:
    """The card, and the store credit: what is there, and what is claimed of it."""
    return stored(world, ON_CARD), stored(world, CREDIT)


def journal(world: World) -> Counter[str]:
    """What all entries come to, each of which is zero."""
    sums: Counter[str] = Counter()
    for event in world.event_store.select_positions(0, 10_000):
        entry = entry_of(event, fact_of(event))
        assert entry is None or not sum(leg.amount for leg in entry.legs)
        for leg in entry.legs if entry else ():
            sums[leg.account] += leg.amount
    return sums


def test_cards_pay_first_then_store_credit_then_the_provider_what_is_left(shop: World) -> None:
    shop.given(place(agreed=HUNDRED, values=BY_ALL, left=5_000), open_page())
    assert there(shop) == ((3_000, 3_000), (2_000, 2_000))
    assert (status(shop), order_row(shop)["stored_value"]) == (("pending", "unpaid"), 5_000)
    shop.given(paid(amount=10_000, payment="pi_whole"))
    shop.then_recorded("StrayMoneyCame")
    shop.given(paid(amount=5_000))
    assert status(shop) == ("confirmed", "paid")
    assert there(shop) == ((0, 0), (0, 0))
    assert verify(shop).exit_code == 0
    sums = journal(shop)
    assert sums["Income:Orders"] == -10_000
    assert (sums["Liabilities:GiftCards"], sums["Liabilities:StoreCredit"]) == (0, 0)
    assert sums["Assets:Clearing"] == 3_000  # the card was sold by an order that is not here


def test_what_they_pay_wholly_is_confirmed_at_once_and_what_is_not_needed_stays(
    shop: World,
) -> None:
    agreed = terms(("FILE", 1, 3_500))
    shop.given(issue(500, OTHER_CARD))
    values = paid_from(ON_CARD, CREDIT, ON_OTHER)
    shop.given(place(agreed=agreed, values=values, provider=None, left=0))
    assert (status(shop), order_row(shop)["provider"]) == (("confirmed", "paid"), None)
    assert (there(shop), stored(shop, ON_OTHER)) == (((0, 0), (1_500, 0)), (500, 0))
    shop.given(refund(id="ref_1", amount=600))
    assert (status(shop), there(shop)) == (("confirmed", "partly_refunded"), ((100, 0), (2_000, 0)))
    shop.given(refund(id="ref_2"))
    assert (status(shop), there(shop)) == (("refunded", "refunded"), ((3_000, 0), (2_000, 0)))
    shop.when(refund(id="ref_3")).then_refused(Conflict, field="id")
    assert (verify(shop).exit_code, journal(shop)["Income:Orders"]) == (0, 0)


@pytest.mark.parametrize("end", ["declined", "expired", "time", "cancelled"])
def test_a_card_is_whole_again_when_its_order_is_given_up(shop: World, end: str) -> None:
    ends: dict[str, list[Step]] = {
        "declined": [declined()],
        "expired": [told(1, CheckoutExpired("cs_1"))],
        "time": [at("2027-01-01T00:00:00Z"), expire()],
        "cancelled": [cancel()],
    }
    shop.given(place(agreed=HUNDRED, values=BY_ALL), open_page(), *ends[end])
    assert there(shop) == ((3_000, 0), (2_000, 0))
    shop.given(place(2, terms(("FILE", 1, 5_000)), values=BY_ALL, provider=None))
    assert verify(shop).exit_code == 0


@pytest.mark.parametrize("gone", ["nothing", "value", "stock"])
def test_money_that_comes_late_has_all_again_or_goes_back(shop: World, gone: str) -> None:
    shop.given(place(agreed=HUNDRED, values=BY_ALL), declined())
    others: dict[str, list[Step]] = {
        "nothing": [],
        "value": [claim("o2", 1)],
        "stock": [reserve("rsv", 1)],
    }
    shop.given(*others[gone]).given(paid(amount=5_000))
    if gone == "nothing":
        assert (status(shop), there(shop)) == (("confirmed", "paid"), ((0, 0), (0, 0)))
    else:
        assert status(shop) == ("payment_failed", "unpaid")
        assert stored(shop, CREDIT) == (2_000, 0)
        shop.then_recorded("StrayMoneyCame")
    assert verify(shop).exit_code == 0


def test_what_cannot_be_had_is_named_and_nothing_is_placed(shop: World) -> None:
    def asked(*values: object, **more: object) -> None:
        shop.when(place(agreed=HUNDRED, values=values, **more))  # type: ignore[arg-type]

    asked(*BY_ALL, left=4_999)
    shop.then_refused(Conflict, field="expected_payment")
    asked(*BY_ALL, provider=None)
    shop.then_refused(Invalid, field="payment")
    asked(*paid_from(CREDIT, limit=2_001))
    shop.then_refused(Conflict, field="store_credit")
    asked(*paid_from(credit_of("eve"), limit=1))
    shop.then_refused(NotFound, field="store_credit")
    asked(*paid_from(of_gift_card(f"gc_{'7' * 24}")))
    shop.then_refused(NotFound, field="gift_card")
    shop.given(issue(700, OTHER_CARD, currency="jpy"))
    asked(*paid_from(ON_OTHER))
    shop.then_refused(Invalid, field="gift_card")
    shop.given(adjust(-3_000))
    asked(*BY_ALL)
    shop.then_refused(Conflict, field="gift_card")
    shop.given(adjust(1), disable())
    asked(*BY_ALL)
    shop.then_refused(Conflict, field="gift_card")
    shop.then_nothing_recorded()
    shop.given(place(agreed=HUNDRED, values=paid_from(credit_of("eve")), left=10_000))
    assert order_row(shop)["stored_value"] == 0


def test_a_card_that_is_disabled_or_over_meanwhile_still_pays(shop: World) -> None:
    shop.given(issue(1_000, OTHER_CARD, expires="2026-02-02T00:00:00Z"))
    values = paid_from(ON_CARD, ON_OTHER)
    shop.given(place(agreed=HUNDRED, values=values, provider=MANUAL), disable())
    shop.given(at("2026-02-03T00:00:00Z"), transferred())
    assert (status(shop), stored(shop), stored(shop, ON_OTHER)) == (
        *(("confirmed", "paid"), (0, 0)),
        (0, 0),
    )
    shop.given(cancel(), sent_back(1, f"{order_id()}-cancel"))
    assert (status(shop), stored(shop), stored(shop, ON_OTHER)) == (
        *(("cancelled", "refunded"), (3_000, 0)),
        (1_000, 0),
    )
    assert verify(shop).exit_code == 0


def test_what_the_provider_was_paid_goes_back_first_and_units_come_to_their_line(
    shop: World,
) -> None:
    shop.given(place(agreed=HUNDRED, values=BY_ALL), paid(amount=5_000))
    shop.given(refund(1, amount=1_000, id="ref_0"), refund_told(1, "ref_0", 1_000))
    shop.given(refund(1, AskedLine(1, units=1)))
    shop.then_recorded("OrderValueReturned", "OrderRefundRequested", *_GIVEN_BACK)
    assert there(shop) == ((0, 0), (1_000, 0))
    shop.given(refund_told(1, "ref_1", 4_000, RefundState.FAILED))
    assert order_row(shop)["refunded"] == 2_000
    shop.given(refund(1, id="ref_2"), refund_told(1, "ref_2", 4_000))
    assert (status(shop), there(shop)) == (("refunded", "refunded"), ((3_000, 0), (2_000, 0)))
    shop.given(refund_told(1, "ref_2", 4_000, RefundState.FAILED))
    assert status(shop) == ("refunded", "partly_refunded")
    assert order_row(shop)["refunded"] == 6_000
    shop.given(refund(1, id="ref_3"))
    assert there(shop) == ((3_000, 0), (2_000, 0))
    assert verify(shop).exit_code == 0


def test_its_invoice_is_of_all_of_it_and_so_are_its_credit_notes(shop: World) -> None:
    """Of 41.65 with tax 1.65 are collected."""
    shop.given(settings(), publish_promotion("spring", key="spring", bps=1_000))
    values = [*paid_from(ON_CARD), *paid_from(CREDIT, limit=1_000)]
    shop.given(place(agreed=AGREED, values=values), paid(amount=165))
    then_all_agrees(shop)
    shop.given(refund(1, AskedLine(1, units=1)), refund_told(1, "ref_1", 165))
    then_all_agrees(shop)
    shop.given(refund_told(1, "ref_1", 165, RefundState.FAILED))
    then_all_agrees(shop)
    shop.given(refund(1, id="ref_2"), refund_told(1, "ref_2", 165))
    then_all_agrees(shop)
    assert (status(shop), there(shop)) == (("refunded", "refunded"), ((3_000, 0), (2_000, 0)))


def test_nobody_else_touches_what_an_order_of_ours_has(shop: World) -> None:
    shop.given(place(agreed=HUNDRED, values=BY_ALL))
    for step in (
        *(claim(order_id(), 1), settle(order_id()), release(order_id())),
        give_back(order_id(), 1),
    ):
        shop.when(step).then_refused(Conflict, field="order")


_GIVEN_BACK = ("OrderGivenBack", "ValueGivenBack")

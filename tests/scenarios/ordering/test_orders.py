"""An order holds what it sells from the moment it is placed until it is paid or given up, is
confirmed once, and gives back what came in and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.kernel.errors import CartChanged, Conflict, Invalid, NotFound, OutOfStock
from ledger.ordering.order import Order
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import CheckoutExpired, DisputeState, RefundState
from ledger.purchases.purchase_base import MANUAL
from ledger.registry import fact_of
from tests.scenarios.order_commands import (
    CARD,
    cancel,
    declined,
    disputed,
    expire,
    open_page,
    order_id,
    order_row,
    paid,
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
from tests.scenarios.promotion_commands import publish_promotion
from tests.scenarios.promotion_commands import redeem as redeem_by_hand
from tests.scenarios.promotion_commands import release as release_by_hand
from tests.scenarios.stock_commands import HERE, level, location, receive, sweep
from tests.scenarios.stock_commands import release as release_stock
from tests.scenarios.stock_commands import reserve as reserve_stock
from tests.scenarios.world import Step, World, at

TWENTY = terms(("MUG", 2, 5_000), off=[("spring", 2_000)])


@pytest.fixture
def shop(world: World) -> World:
    """An org with one mug, and a promotion that one order can have."""
    return world.given(
        location(),
        receive(2),
        publish_promotion("spring", key="spring", bps=2_000, redemptions_max=1),
    )


def then_free(world: World) -> None:
    """Nothing is held: all units are there, and another order can have the promotion."""
    world.when(sweep())
    assert level(world) == (2, 0, 0)
    world.given(redeem_by_hand("else", key="else"), release_by_hand("else", key="else back"))


def test_all_that_an_order_holds_is_had_in_one_commit(shop: World) -> None:
    shop.given(place(agreed=TWENTY, cart="cart-1", contact='{"email":"ada@example.com"}'))
    assert {type(each).__name__ for each in shop.facts} == {
        *("OrderPlaced", "CheckoutOpened", "CartClaimed", "StockReserved", "OrderPaymentBegun"),
        *("RedemptionOpened", "OrderRedeemed", "CustomerOpened", "CustomerRedeemed"),
        "PromotionRedeemed",
    }
    assert level(shop) == (2, 2, 0)
    assert status(shop) == ("pending", "unpaid")
    shop.given(open_page(), paid(amount=8_000))
    assert status(shop) == ("confirmed", "paid")
    assert order_row(shop)["number"] == "ORD-2026-00001"
    shop.given(at("2027-03-01T00:00:00Z"), expire())
    assert (status(shop), level(shop)) == (("confirmed", "paid"), (2, 2, 0))
    assert verify(shop).exit_code == 0


def test_what_cannot_be_had_leaves_nothing(shop: World) -> None:
    shop.when(place(agreed=terms(("MUG", 3, 1)))).then_refused(OutOfStock, field="lines")
    shop.then_nothing_recorded()
    shop.when(place(agreed=TWENTY, expected=9_999))
    refusal = shop.then_refused(CartChanged, field="expected_total")
    assert refusal.facts == {"total": "80.00", "currency": "usd"}
    shop.when(place(agreed=TWENTY, provider=None)).then_refused(Invalid, field="payment")
    shop.when(place(agreed=Conflict("as the quote said", field="lines"))).then_refused(Conflict)
    shop.given(place(1, TWENTY))
    shop.when(place(2, terms(("MUG", 1, 1_000), off=[("spring", 2_000)])))
    shop.then_refused(Conflict, field="promotion")
    shop.then_nothing_recorded()


def test_units_of_one_sku_in_two_lines_are_reserved_together(shop: World) -> None:
    shop.when(place(agreed=terms(("MUG", 1, 5), ("MUG", 2, 5)))).then_refused(OutOfStock)
    shop.given(place(agreed=terms(("MUG", 1, 5), ("MUG", 1, 5), ("FILE", 9, 5))))
    assert level(shop) == (2, 2, 0)


def test_what_costs_nothing_is_confirmed_at_once(shop: World) -> None:
    free = terms(("MUG", 1, 1_000), off=[("spring", 10_000)])
    shop.given(publish_promotion("spring", key="again", bps=10_000, redemptions_max=1))
    shop.given(place(agreed=free, provider=None, cart="cart-1"))
    assert status(shop) == ("confirmed", "paid")
    shop.given(cancel())
    assert status(shop) == ("cancelled", "paid")
    then_free(shop)
    shop.when(place(2, cart="cart-1")).then_refused(Conflict, field="cart")
    assert verify(shop).exit_code == 0


def test_who_comes_second_finds_it_done(shop: World) -> None:
    shop.given(place(agreed=TWENTY))
    shop.when_together(paid(amount=8_000), paid(amount=8_000), paid(amount=8_000))
    assert shop.outcomes == [True, False, False]
    shop.when(paid(amount=8_000), declined(), expire()).then_nothing_recorded()
    assert status(shop) == ("confirmed", "paid")


@pytest.mark.parametrize("end", ["declined", "expired", "time", "cancelled"])
def test_an_order_that_is_not_paid_lets_go_of_all_and_its_cart_is_free(
    shop: World, end: str
) -> None:
    shop.given(place(agreed=TWENTY, cart="cart-1"), open_page())
    shop.when(place(2, cart="cart-1")).then_refused(Conflict, field="cart")
    ends: dict[str, list[Step]] = {
        "declined": [declined()],
        "expired": [told(1, CheckoutExpired("cs_1"))],
        "time": [at("2027-01-01T00:00:00Z"), expire()],
        "cancelled": [cancel()],
    }
    shop.given(*ends[end])
    assert status(shop) == ("cancelled" if end == "cancelled" else "payment_failed", "unpaid")
    then_free(shop)
    shop.given(place(2, cart="cart-1"))
    assert verify(shop).exit_code == 0


def test_money_that_comes_late_confirms_the_order_if_all_is_still_to_be_had(shop: World) -> None:
    shop.given(place(agreed=TWENTY, cart="cart-1"), open_page())
    shop.given(at("2027-01-01T00:00:00Z"), expire())
    assert order_row(shop)["waits_us"] is not None
    shop.given(paid(amount=8_000))
    assert status(shop) == ("confirmed", "paid")
    assert (level(shop), order_row(shop)["number"]) == ((2, 2, 0), "ORD-2027-00001")
    shop.when(place(2, cart="cart-1")).then_refused(Conflict, field="cart")
    shop.given(cancel())
    assert level(shop) == (2, 0, 0)
    assert verify(shop).exit_code == 0


@pytest.mark.parametrize("gone", ["stock", "promotion", "cart", "cancelled"])
def test_money_that_comes_when_something_of_it_is_gone_goes_back(shop: World, gone: str) -> None:
    shop.given(place(agreed=TWENTY, cart="cart-1"), open_page())
    shop.given(cancel() if gone == "cancelled" else declined())
    others: dict[str, list[Step]] = {
        "stock": [reserve_stock("rsv", 1)],
        "promotion": [redeem_by_hand("other", key="other")],
        "cart": [place(2, terms(("FILE", 1, 5)), cart="cart-1")],
        "cancelled": [],
    }
    shop.given(*others[gone])
    shop.given(paid(amount=8_000))
    shop.then_recorded("StrayMoneyCame")
    assert status(shop) == ("cancelled" if gone == "cancelled" else "payment_failed", "unpaid")
    shop.when(paid(amount=8_000)).then_nothing_recorded()
    stray = f"{order_id()}-stray-1"
    shop.given(refund_told(1, stray, 8_000))
    shop.then_recorded("OrderRefundPaid")
    assert verify(shop).exit_code == 0


def test_other_money_and_money_that_comes_twice_go_back(shop: World) -> None:
    shop.given(place(agreed=TWENTY), paid(amount=7_999, payment="pi_less"))
    assert status(shop) == ("pending", "unpaid")
    shop.given(paid(amount=8_000))
    shop.given(paid(amount=8_000, payment="pi_again"))
    shop.then_recorded("StrayMoneyCame")
    assert status(shop) == ("confirmed", "paid")
    assert verify(shop).exit_code == 0


def test_an_order_whose_stock_somebody_released_has_it_again_or_gives_the_money_back(
    shop: World,
) -> None:
    shop.given(place(agreed=TWENTY), release_stock(order_id(), owner=order_id()))
    shop.given(paid(amount=8_000))
    assert (status(shop), level(shop)) == (("confirmed", "paid"), (2, 2, 0))
    shop.given(cancel(), place(2, terms(("MUG", 2, 5))))
    shop.given(release_stock(order_id(2), 1, owner=order_id(2)), reserve_stock("rsv", 1))
    shop.given(paid(2, 10))
    assert status(shop, 2) == ("payment_failed", "unpaid")
    assert level(shop) == (2, 1, 0)
    assert verify(shop).exit_code == 0


def test_a_bank_transfer_confirms_one_order(shop: World) -> None:
    shop.given(place(1, terms(("FILE", 1, 5)), provider=MANUAL))
    shop.given(place(2, terms(("FILE", 1, 5)), provider=MANUAL), place(3, terms(("FILE", 1, 5))))
    shop.given(transferred(1, "T-7"))
    shop.when(transferred(2, "T-7")).then_refused(Conflict, field="reference")
    shop.when(transferred(1, "T-8")).then_refused(Conflict, field="id")
    shop.when(transferred(3, "T-9")).then_refused(Conflict, field="id")
    shop.given(transferred(2, "T-10"))
    assert [order_row(shop, n)["number"] for n in (1, 2)] == ["ORD-2026-00001", "ORD-2026-00002"]
    shop.given(refund(1), sent_back(1))
    assert status(shop) == ("refunded", "refunded")
    shop.when(sent_back(1, "no such")).then_refused(NotFound, field="refund")
    assert verify(shop).exit_code == 0


def test_a_cancelled_order_gives_back_what_it_had_not_yet(shop: World) -> None:
    shop.given(place(agreed=TWENTY), paid(amount=8_000))
    shop.given(refund(1, AskedLine(1, units=1)))
    shop.given(cancel(reason="she changed her mind"))
    assert _refunds(shop) == {"ref_1": 4_000, f"{order_id()}-cancel": 4_000}
    then_free(shop)
    shop.when(cancel(key="again")).then_refused(Invalid, field="status")
    shop.given(refund_told(1, f"{order_id()}-cancel", 4_000, RefundState.FAILED))
    shop.given(refund(1, id="ref_2"))
    shop.when(refund(1, id="ref_3")).then_refused(Conflict, field="id")
    assert verify(shop).exit_code == 0


def test_two_refunds_at_once_are_one_and_all_of_them_the_line(shop: World) -> None:
    agreed = terms(("FILE", 3, 34), off=[("spring", 98)])
    shop.given(place(agreed=agreed), paid(amount=101))
    whole = [refund(1, AskedLine(1), id=f"ref_{n}") for n in range(2)]
    shop.when_together(*whole).then_refused(Conflict)
    shop.given(refund_told(1, "ref_0", 101))
    assert status(shop) == ("refunded", "refunded")
    shop.given(refund_told(1, "ref_0", 101, RefundState.FAILED))
    assert status(shop) == ("refunded", "paid")
    for number, amount in enumerate((33, 34, 34), start=5):
        shop.given(refund(1, AskedLine(1, units=1), id=f"ref_{number}"))
        assert _refunds(shop)[f"ref_{number}"] == amount
        shop.given(refund_told(1, f"ref_{number}", amount))
    assert status(shop) == ("refunded", "refunded")
    assert verify(shop).exit_code == 0


def test_money_that_goes_back_without_us_is_counted(shop: World) -> None:
    shop.given(place(agreed=TWENTY), paid(amount=8_000))
    shop.given(refund_told(1, None, 3_000, refund="re_theirs"))
    assert status(shop) == ("confirmed", "partly_refunded")
    shop.when(refund(1, amount=5_001)).then_refused(Conflict, field="amount")
    shop.given(refund(1, amount=5_000), refund_told(1, "ref_1", 5_000))
    assert status(shop) == ("refunded", "refunded")
    assert level(shop) == (2, 0, 0)
    assert verify(shop).exit_code == 0


def test_stray_money_that_goes_back_without_us_is_not_the_orders(shop: World) -> None:
    """A person was faster than the refund that we asked for, which fails."""
    shop.given(place(agreed=TWENTY), paid(amount=8_000), paid(amount=8_000, payment="pi_again"))
    shop.given(refund_told(1, None, 8_000, payment="pi_again", refund="re_theirs"))
    failed = refund_told(1, f"{order_id()}-stray-2", 8_000, RefundState.FAILED, payment="pi_again")
    shop.given(failed)
    assert (status(shop), level(shop)) == (("confirmed", "paid"), (2, 2, 0))
    shop.given(refund(1, amount=8_000))
    assert verify(shop).exit_code == 0


def test_an_order_that_was_refunded_is_not_sold_again_when_its_money_comes_back(
    shop: World,
) -> None:
    shop.given(place(agreed=TWENTY), paid(amount=8_000), refund(1, id="ref_1"))
    shop.given(refund_told(1, "ref_1", 8_000))
    assert (status(shop), level(shop)) == (("refunded", "refunded"), (2, 0, 0))
    shop.given(refund_told(1, "ref_1", 8_000, RefundState.FAILED))
    assert (status(shop), level(shop)) == (("refunded", "paid"), (2, 0, 0))
    shop.when(cancel()).then_refused(Invalid, field="status")
    shop.given(refund(1, id="ref_2"), refund_told(1, "ref_2", 8_000))
    assert status(shop) == ("refunded", "refunded")
    assert verify(shop).exit_code == 0


def test_a_disputed_order_is_not_refunded(shop: World) -> None:
    shop.given(place(agreed=TWENTY), paid(amount=8_000), disputed(1, DisputeState.OPEN, 8_000))
    assert status(shop) == ("confirmed", "disputed")
    shop.when(refund(1)).then_refused(Conflict, field="id")
    shop.given(disputed(1, DisputeState.WON, 8_000))
    shop.when(disputed(1, DisputeState.WON, 8_000)).then_nothing_recorded()
    assert status(shop) == ("confirmed", "paid")
    shop.given(refund(1))


def test_the_money_of_a_disputed_order_that_is_cancelled_goes_back_once(shop: World) -> None:
    shop.given(place(agreed=TWENTY), paid(amount=8_000), disputed(1, DisputeState.OPEN, 8_000))
    shop.given(cancel())
    assert _refunds(shop) == {}
    then_free(shop)
    shop.given(disputed(1, DisputeState.WON, 8_000), refund(1), refund_told(1, "ref_1", 8_000))
    assert status(shop) == ("cancelled", "refunded")
    assert verify(shop).exit_code == 0


def test_an_order_sent_again_is_the_same_whatever_its_price_is_since(shop: World) -> None:
    shop.given(place(1, TWENTY, key="same"))
    dearer = replace(place(1, key="same"), order=order_id(9), expected_total=1)
    shop.when(dearer).then_nothing_recorded()
    (result,) = shop.command_results
    assert (result.replayed, result.stored_fact.aggregate_id) == (True, f"acme/order/{order_id()}")


def test_a_saved_method_is_charged_and_its_end_is_told_when_nobody_waits(shop: World) -> None:
    shop.given(place(agreed=TWENTY, method=CARD), cancel())
    assert order_row(shop)["waits_us"] is not None
    shop.given(declined(code="not_wanted"))
    shop.then_recorded("OrderPaymentEnded")
    assert order_row(shop)["waits_us"] is None


def test_an_order_reserves_where_there_is_stock_and_remembers_where(shop: World) -> None:
    shop.given(location("paris", 1), receive(3, "paris"), place(agreed=terms(("MUG", 4, 5))))
    assert (level(shop, HERE), level(shop, "paris")) == ((2, 2, 0), (3, 2, 0))
    shop.given(declined())
    assert (level(shop, HERE), level(shop, "paris")) == ((2, 0, 0), (3, 0, 0))


def _refunds(world: World) -> dict[str, int]:
    """What was asked back, by the ids of refunds."""
    every = (fact_of(event) for event in world.event_store.select_positions(0, 10_000))
    asked = [fact for fact in every if isinstance(fact, Order.OrderRefundRequested)]
    return {fact.refund: fact.money.amount for fact in asked}

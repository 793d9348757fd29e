"""Refunds: the unused part goes back, its credits wait meanwhile, and what a provider gave back
without us takes credits."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import (
    Conflict,
    InsufficientCredits,
    Invalid,
    NotFound,
    RefundWindowClosed,
    Suspended,
)
from ledger.purchases.purchase import Purchase
from tests.scenarios.commands import USER, deposit, grant, usage, use
from tests.scenarios.purchase_commands import (
    disputed,
    paid,
    policy,
    refund,
    refunded,
    start,
    told,
)
from tests.scenarios.purchases.folding import purchase_of, wallet_of
from tests.scenarios.wallet_commands import place, transfer, zap
from tests.scenarios.world import World, at


@pytest.fixture
def bought(world: World) -> World:
    """21,000 credits were bought for 20.00, and 1,000 of them used."""
    return world.given(start(), told(paid()), usage([use("1000", id="used")]))


def amount_of(world: World) -> int:
    """The money of the refund that was asked last."""
    (fact,) = [each for each in world.facts if isinstance(each, Purchase.RefundRequested)]
    return fact.money.amount


def test_the_unused_part_goes_back(bought: World) -> None:
    bought.when(refund()).then_recorded("RefundRequested", "CreditsSetAside")
    assert amount_of(bought) == 1_904
    bought.then_balance("0", held="20000")
    bought.when(told(refunded(1_904, asked="rf"), notice="1"))
    bought.then_recorded("RefundPaid", "CreditsRefunded").then_balance("0")
    assert purchase_of(bought).status == "partly_refunded"
    movement = bought.transactions()[-1]
    assert (movement.category, movement.amount) == ("refund", -20_000_000_000)
    assert movement.reference == "p"


def test_all_of_it_goes_back_when_nothing_is_used(world: World) -> None:
    world.given(start(), told(paid()), refund(), told(refunded(2_000, asked="rf")))
    assert purchase_of(world).status == "refunded"
    world.then_balance("0")


def test_what_is_set_aside_cannot_be_spent(bought: World) -> None:
    bought.given(refund(1_000))
    bought.then_balance("9500", held="10500")
    bought.when(place("9501")).then_refused(InsufficientCredits)
    bought.when(transfer("9501", giver=USER, receiver="bo")).then_refused(InsufficientCredits)
    bought.given(zap(key="zap")).then_balance("0", held="10500")
    bought.given(usage([use("1", id="more")])).then_balance("0", held="10500", debt="1")
    bought.when(told(refunded(1_000, "failed", asked="rf")))
    bought.then_recorded("RefundFailed", "CreditsPutBack").then_balance("10499")


def test_several_refunds_give_what_one_would(bought: World) -> None:
    for number, part in enumerate((7, 1_333)):
        bought.given(refund(part, name=f"rf{number}"))
    bought.when(refund(name="last"))
    assert amount_of(bought) == 1_904 - 7 - 1_333
    bought.then_balance("0", held="20000")
    bought.when(refund(name="more")).then_refused(Conflict, field="purchase")


def test_a_refund_that_failed_gives_room_for_another(bought: World) -> None:
    bought.given(refund(), told(refunded(1_904, "failed", asked="rf"), notice="1"))
    bought.then_balance("20000").when(refund(name="again"))
    assert amount_of(bought) == 1_904


def test_one_that_was_paid_may_still_fail(bought: World) -> None:
    bought.given(refund(), told(refunded(1_904, asked="rf"), notice="1"))
    bought.when(told(refunded(1_904, "failed", asked="rf"), notice="2"))
    bought.then_recorded("RefundFailed", "CreditsRestored").then_balance("20000")
    bought.when(told(refunded(1_904, asked="rf"), notice="3")).then_nothing_recorded()


@pytest.mark.parametrize("amount", [0, -1, 1_905, 2_000])
def test_more_than_what_is_left_is_refused(bought: World, amount: int) -> None:
    bought.when(refund(amount)).then_refused(Conflict, field="amount")
    bought.then_nothing_recorded()


def test_two_at_once_share_what_is_left(bought: World) -> None:
    bought.when_together(refund(name="a"), refund(name="b"))
    bought.then_refused(Conflict, field="purchase")
    bought.when(refund(name="a")).then_nothing_recorded()


def test_only_what_is_left_of_that_very_lot_counts(bought: World) -> None:
    bought.given(grant("500", "promotional", key="g"), deposit("500", key="d"))
    bought.given(transfer("10500", giver=USER, receiver="bo"))
    bought.when(refund())  # promotional credit went first, then the lot
    assert amount_of(bought) == 2_000 * 10_000 // 21_000


@pytest.mark.reaches("refund_window_closed")
def test_after_the_time_for_it_only_an_operator_refunds_with_a_reason(bought: World) -> None:
    bought.given(at("2026-02-15T11:59:59.999999Z"), refund(1, name="in time"))
    bought.given(at("2026-02-15T12:00:00Z")).when(refund())
    refusal = bought.then_refused(RefundWindowClosed, field="purchase")
    assert refusal.facts == {"closed_at": "2026-02-15T12:00:00.000000Z"}
    bought.when(refund(overrides=True)).then_refused(Invalid, field="reason")
    bought.when(refund(overrides=True, reason="we were wrong"))
    bought.then_recorded("RefundRequested", "CreditsSetAside")
    (fact,) = [each for each in bought.facts if isinstance(each, Purchase.RefundRequested)]
    assert fact.overrides


def test_the_org_says_how_long_it_refunds(bought: World) -> None:
    bought.given(policy(refund_days=0)).when(refund()).then_refused(RefundWindowClosed)
    bought.given(policy("longer", refund_days=30), at("2026-03-03T11:00:00Z"), refund())
    for field in ("refund_days", "hourly", "daily_credits"):
        for value in (-1, 2**63):
            bought.when(policy(f"{field} {value}", **{field: value}))
            bought.then_refused(Invalid, field=field)


def test_what_was_not_paid_is_not_refunded(world: World) -> None:
    world.given(start()).when(refund()).then_refused(Conflict, field="purchase")
    world.when(refund(id="none")).then_refused(NotFound, field="purchase")


@pytest.mark.parametrize("state", ["open", "lost"])
def test_what_is_disputed_is_not_refunded(bought: World, state: str) -> None:
    bought.given(told(disputed(state))).when(refund()).then_refused(Conflict, field="purchase")


def test_money_that_was_given_back_without_us_takes_the_lot_then_other_credit_then_debt(
    bought: World,
) -> None:
    bought.given(deposit("400", key="d"))
    bought.when(told(refunded(2_000), notice="1"))
    bought.then_recorded("RefundFound", "RefundPaid", "CreditsTakenBack", "WalletSuspended")
    bought.then_balance("0", debt="600")
    bought.when(place("1")).then_refused(Suspended)
    assert purchase_of(bought).status == "refunded"
    bought.given(deposit("599", key="some")).when(place("1")).then_refused(Suspended)
    bought.given(deposit("2", key="rest"), place("1"))
    assert not wallet_of(bought).is_suspended
    bought.given(usage([use("5", id="more")])).then_balance("0", held="1", debt="5")
    assert not wallet_of(bought).is_suspended
    bought.when(refund()).then_refused(Conflict, field="purchase")


def test_what_it_took_comes_back_where_it_was_when_it_fails(bought: World) -> None:
    bought.given(grant("300", "promotional", key="g", expires="2026-02-03T00:00:00Z"))
    bought.given(deposit("100", key="d"), told(refunded(2_000, "pending"), notice="1"))
    bought.then_balance("0", debt="600")
    bought.given(at("2026-02-04T00:00:00Z"), deposit("250", key="e"))
    bought.when(told(refunded(2_000, "failed"), notice="2"))
    bought.then_recorded("RefundFailed", "CreditsRestored", "WalletResumed")
    bought.then_lots("purchased 20250", "purchased 100")
    categories = [(each.category, each.amount) for each in bought.transactions()[-2:]]
    assert categories == [("refund", 21_000_000_000), ("expiry", -300_000_000)]


def test_a_refund_in_other_money_is_looked_at(bought: World) -> None:
    bought.given(refund(100)).when(told(refunded(101, asked="rf"), notice="1"))
    bought.then_recorded("PurchaseFlagged")
    bought.when(refund(name="b")).then_refused(Conflict, field="purchase")

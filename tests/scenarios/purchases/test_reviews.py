"""Reviews: who buys too much is looked at before the credits can be given on or back."""

from __future__ import annotations

from ledger.kernel.errors import Conflict, InsufficientCredits
from tests.scenarios.commands import ORG, USER, deposit, usage, use
from tests.scenarios.purchase_commands import (
    confirm,
    paid,
    policy,
    refund,
    refunded,
    review,
    stands,
    start,
    told,
)
from tests.scenarios.purchases.folding import purchase_of, wallet_of
from tests.scenarios.wallet_commands import transfer
from tests.scenarios.world import Step, World, at


def buy(id: str, amount: int = 100, user: str = USER) -> list[Step]:
    """A purchase that is paid."""
    payment = paid(amount, payment=f"pi_{id}")
    return [start(amount, id=id, user=user), told(payment, id=id, notice=f"evt {id}")]


def test_the_sixth_in_an_hour_is_looked_at(world: World) -> None:
    for number in range(5):
        world.given(*buy(f"p{number}"))
    assert purchase_of(world, "p4").flags == []
    world.when(*buy("p5"))
    world.then_recorded(
        "PurchaseStarted",
        "PurchaseCounted",
        "PurchaseFlagged",
        "PurchasePaid",
        "CreditsDeposited",
    )
    assert purchase_of(world, "p5").flags == ["too_many"]
    world.given(*buy("other", user="bo"), at("2026-02-01T13:00:00Z"), *buy("p6"))
    assert purchase_of(world, "other").flags == purchase_of(world, "p6").flags == []


def test_more_than_five_hundred_dollars_in_a_day_is_looked_at(world: World) -> None:
    world.given(*buy("a", 25_000), *buy("b", 25_000), *buy("c"))
    assert [purchase_of(world, each).flags for each in "abc"] == [[], [], ["too_much"]]
    world.given(at("2026-02-02T12:00:00Z"))
    world.given(start(25_000, id="d", expires="2026-02-03T00:00:00Z"))
    world.given(told(paid(25_000, payment="pi_d"), id="d"))
    assert purchase_of(world, "d").flags == []


def test_what_is_looked_at_can_be_used_and_not_transferred_or_refunded(world: World) -> None:
    world.given(policy(hourly=0), *buy("p"), deposit("10", key="d"))
    to_bo = {"giver": USER, "receiver": "bo"}
    world.when(transfer("11", key="1", **to_bo)).then_refused(InsufficientCredits)
    world.given(transfer("5", key="2", **to_bo), usage([use("1", id="u")]))
    world.then_lots("purchased 999", "purchased 5")
    world.when(refund()).then_refused(Conflict, field="purchase")
    world.when(review()).then_recorded("ReviewClosed", "CreditsUnlocked")
    world.given(transfer("1000", key="3", **to_bo))
    assert wallet_of(world).funds.locked == []
    world.when(review(id="p")).then_nothing_recorded()
    world.given(start(id="q")).when(review(id="q")).then_refused(Conflict, field="id")


def test_what_is_held_back_comes_when_a_person_approves(world: World) -> None:
    world.given(policy(hourly=0, holds_back=True))
    world.when(start(), told(paid(), notice="1"))
    world.then_recorded(
        *("PurchaseStarted", "BuyerOpened", "PurchaseCounted", "PurchaseFlagged", "PurchasePaid")
    )
    world.when(refund()).then_refused(Conflict, field="purchase")
    world.when(review()).then_recorded("ReviewClosed", "WalletOpened", "CreditsDeposited")
    world.then_balance("21000").given(refund())


def test_what_was_asked_for_is_looked_at_like_what_was_told(world: World) -> None:
    world.given(policy(hourly=0, holds_back=True), start())
    world.when(stands(paid()))
    world.then_recorded("BuyerOpened", "PurchaseCounted", "PurchaseFlagged", "PurchasePaid")
    assert purchase_of(world).lot is None


def test_what_is_held_back_and_rejected_never_comes(world: World) -> None:
    world.given(policy(hourly=0, holds_back=True), start(provider="manual"), confirm("wire"))
    world.when(review(approved=False, reason="fraud")).then_recorded("ReviewClosed")
    assert purchase_of(world).lot is None
    assert f"{ORG}/wallet/credit/{USER}" not in world.event_store.balance_rows(
        [f"{ORG}/wallet/credit/{USER}"]
    )


def test_money_that_went_back_meanwhile_is_not_approved(world: World) -> None:
    world.given(policy(hourly=0, holds_back=True), start(), told(paid()))
    world.when(told(refunded(2_000), notice="r")).then_recorded("RefundFound", "RefundPaid")
    world.when(review()).then_refused(Conflict, field="id")
    world.given(review(approved=False))
    assert purchase_of(world).status == "refunded"

"""A subscription changes, is tried, rests and ends as it was said."""

from __future__ import annotations

from ledger.kernel.errors import Conflict, Invalid
from ledger.subscriptions.changes import When
from ledger.subscriptions.plan import AfterTrial
from ledger.subscriptions.subscription_base import End, Status
from tests.scenarios.invoices.folding import invoice_of
from tests.scenarios.subscription_commands import (
    cancel,
    pause,
    publish_plan,
    resume,
    subscribe,
)
from tests.scenarios.subscriptions.folding import (
    charges_of,
    decline,
    pay,
    periods,
    subscription_of,
    sweep,
    verify,
)
from tests.scenarios.world import World, at

MARCH = "2026-03-01T12:00:00Z"


def test_more_is_held_when_the_difference_is_paid(paid: World) -> None:
    # On the 15th at noon 14 of 28 days are left: (50.00 - 20.00) / 2 = 15.00, and of the
    # 150,000 credits more a half.
    paid.given(at("2026-02-15T12:00:00Z"), subscribe("big", key="more"))
    asked = charges_of(paid)[-1]
    assert asked.money.amount == 1_500
    assert subscription_of(paid).holding.plan.plan.id == "pro"  # type: ignore[union-attr]
    pay(paid)
    now = subscription_of(paid)
    assert now.holding is not None
    assert now.holding.plan.plan.id == "big"
    assert periods(paid) == ("2026-02-01", "2026-03-01")
    paid.then_lots("included 50000", "included 75000")
    paid.given(at(MARCH))
    sweep(paid)
    assert charges_of(paid)[-1].money.amount == 5_000
    assert verify(paid).exit_code == 0


def test_a_difference_that_is_not_paid_changes_nothing(paid: World) -> None:
    paid.given(at("2026-02-15T12:00:00Z"), subscribe("big", key="more"))
    before = subscription_of(paid)
    decline(paid)
    now = subscription_of(paid)
    assert (now.holding, now.status, now.owed) == (before.holding, Status.ACTIVE, {})
    assert invoice_of(paid, charges_of(paid)[-1].invoice).left == 0


def test_less_is_held_from_the_next_period_on(paid: World) -> None:
    paid.when(subscribe("small", key="less")).then_recorded("PlanChangeScheduled")
    assert subscription_of(paid).holding.plan.plan.id == "pro"  # type: ignore[union-attr]
    paid.given(at(MARCH))
    sweep(paid)
    assert charges_of(paid)[-1].money.amount == 500
    paid.when(subscribe("small", key="now", at=When.NOW)).then_refused(Conflict)


def test_less_is_not_held_now(paid: World) -> None:
    paid.when(subscribe("small", key="now", at=When.NOW)).then_refused(Invalid, field="at")


def test_seats_are_paid_from_now_and_given_up_later(shop: World) -> None:
    shop.given(subscribe("team", user="@pool"))
    pay(shop)
    # 28 days are left of 28: two more seats at 15.00.
    shop.given(subscribe("team", user="@pool", seats=7, key="more"))
    assert charges_of(shop)[-1].money.amount == 3_000
    pay(shop)
    shop.when(subscribe("team", user="@pool", seats=5, key="less"))
    shop.then_recorded("PlanChangeScheduled")
    shop.given(at(MARCH))
    sweep(shop, "@pool")
    assert charges_of(shop)[-1].money.amount == 10_000


def test_what_is_so_already_is_refused(paid: World) -> None:
    paid.when(subscribe(key="same")).then_refused(Conflict, field="plan")


def test_a_version_is_kept_until_it_is_changed(paid: World) -> None:
    paid.given(publish_plan("pro", 9_900, key="dearer"), at(MARCH))
    sweep(paid)
    assert charges_of(paid)[-1].money.amount == 2_000


def test_a_trial_is_announced_and_ends_into_payment(shop: World) -> None:
    who = "a" * 32
    shop.given(subscribe("tried", identity=who))
    assert subscription_of(shop).status is Status.TRIALING
    assert not charges_of(shop)
    shop.then_lots("promotional 9")
    shop.given(at("2026-02-12T12:00:00Z"))
    assert sweep(shop) == 1  # announced, three days before
    shop.given(at("2026-02-15T12:00:00Z"))
    assert sweep(shop) == 1
    pay(shop)
    assert periods(shop) == ("2026-02-15", "2026-03-15")
    shop.then_lots("included 9")
    other = subscribe("tried", identity=who, user="bob", key="bob")
    shop.when(other).then_refused(Conflict, field="identity")
    assert verify(shop).exit_code == 0


def test_one_identity_has_one_trial_also_at_once(shop: World) -> None:
    who = "b" * 32
    shop.when_together(
        *(subscribe("tried", identity=who, user=each, key=each) for each in ("eve", "bob", "mia"))
    )
    assert [type(each) for each in shop.refusals] == [Conflict, Conflict]


def test_a_trial_without_a_payment_method_ends_in_the_free_plan(shop: World) -> None:
    who = "c" * 32
    shop.given(
        publish_plan("shown", 1_000, key="shown", trial_days=1, after_trial=AfterTrial.FREE),
        subscribe("shown", identity=who),
        at("2026-02-03T12:00:00Z"),
    )
    sweep(shop)
    assert subscription_of(shop).end is End.TRIAL_OVER
    assert not charges_of(shop)


def test_it_ends_with_its_period_unless_that_is_withdrawn(paid: World) -> None:
    paid.given(cancel())
    assert subscription_of(paid).status is Status.ACTIVE
    paid.when(cancel(key="again")).then_refused(Conflict)
    paid.given(resume())
    paid.when(resume(key="again")).then_refused(Conflict)
    paid.given(cancel(key="after all"), at(MARCH))
    assert sweep(paid) == 1
    assert subscription_of(paid).end is End.CANCELED
    assert len(charges_of(paid)) == 1
    assert sweep(paid) == 0


def test_of_what_is_not_used_there_is_a_credit_note(paid: World) -> None:
    # A quarter of February is left: 20.00 / 4 = 5.00.
    paid.given(at("2026-02-22T12:00:00Z"), cancel(at=When.NOW))
    assert subscription_of(paid).status is Status.ENDED
    (note,) = invoice_of(paid, charges_of(paid)[0].invoice).credit_notes
    assert note.total == 500
    paid.then_lots("included 50000")


def test_cancel_and_renewal_at_one_moment_do_one_after_the_other(paid: World) -> None:
    paid.given(at(MARCH), cancel())
    assert sweep(paid) == 1
    assert subscription_of(paid).status is Status.ENDED
    assert len(charges_of(paid)) == 1


def test_it_is_paused_with_its_period_and_goes_on_with_a_new_one(paid: World) -> None:
    paid.given(pause())
    paid.when(pause(key="again")).then_refused(Conflict)
    paid.given(resume(key="not yet"), pause(key="now"), at(MARCH))
    assert sweep(paid) == 1
    now = subscription_of(paid)
    assert (now.status, now.allows, len(charges_of(paid))) == (Status.PAUSED, None, 1)
    paid.given(at("2026-06-10T08:00:00Z"))
    assert sweep(paid) == 0
    paid.when(subscribe("big", key="other", at=When.PERIOD_END)).then_refused(Invalid)
    paid.given(resume())
    pay(paid)
    assert periods(paid) == ("2026-06-10", "2026-07-10")
    assert verify(paid).exit_code == 0


def test_what_is_paused_can_end(paid: World) -> None:
    paid.given(pause(), at(MARCH))
    sweep(paid)
    paid.given(cancel())
    assert subscription_of(paid).end is End.CANCELED

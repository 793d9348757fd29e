"""A subscription changes, is tried, rests and ends as it was said."""

from __future__ import annotations

from ledger.kernel.errors import Conflict, Invalid
from ledger.subscriptions.changes import When
from ledger.subscriptions.plan import AfterTrial, Interval
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
    decline(paid)


def test_less_is_held_now_where_it_is_asked_for(paid: World) -> None:
    # A quarter of February is left: of 20.00 that is 5.00, of 5.00 it is 1.25; 3.75 are taken back.
    paid.given(at("2026-02-22T12:00:00Z"), subscribe("small", key="less", at=When.NOW))
    now = subscription_of(paid)
    assert now.holding is not None
    assert (now.holding.plan.plan.id, now.status) == ("small", Status.ACTIVE)
    invoice = charges_of(paid)[0].invoice
    assert [note.total for note in invoice_of(paid, invoice).credit_notes] == [375]
    paid.then_lots("included 50000")
    # Four days and a half of 28 are left: of 5.00 that is 0.80.
    paid.given(at("2026-02-25T00:00:00Z"), cancel(at=When.NOW))
    assert [note.total for note in invoice_of(paid, invoice).credit_notes] == [375, 80]
    assert verify(paid).exit_code == 0


def test_another_period_or_other_money_is_not_held_now(paid: World) -> None:
    for id, fields in (("yearly", {"interval": Interval.YEAR}), ("euros", {"currency": "eur"})):
        paid.given(publish_plan(id, 1, key=id, **fields))
        paid.when(subscribe(id, key=f"{id} now", at=When.NOW)).then_refused(Invalid, field="at")
        paid.given(subscribe(id, key=f"{id} later"))


def test_less_is_taken_back_of_each_invoice_of_the_period(paid: World) -> None:
    # The middle of February: 15.00 more; a quarter is left of 20.00 and a half of 15.00, 5.00 and
    # 7.50 of 50.00 a month. Of 20.00 a month 5.00 stay, so 7.50 go, by 5.00 to 7.50.
    paid.given(at("2026-02-15T12:00:00Z"), subscribe("big", key="more"))
    pay(paid)
    paid.given(at("2026-02-22T12:00:00Z"), subscribe("pro", key="less", at=When.NOW))
    notes = [invoice_of(paid, each.invoice).credit_notes for each in charges_of(paid)]
    assert [note.total for (note,) in notes] == [300, 450]
    # More again, for the same quarter: what was taken back is asked for again, to the cent.
    paid.given(subscribe("big", key="again"))
    assert charges_of(paid)[-1].money.amount == 750


def test_two_who_ask_for_more_at_once_are_charged_once(paid: World) -> None:
    paid.when_together(subscribe("big", key="a"), subscribe("big", key="b"))
    (refused,) = paid.refusals
    assert type(refused) is Conflict
    assert "on its way" in refused.detail
    pay(paid)
    assert [each.money.amount for each in charges_of(paid)] == [2_000, 3_000]


def test_cancel_and_more_at_once_do_one_and_say_of_the_other(paid: World) -> None:
    paid.when_together(subscribe("big", key="more"), cancel(at=When.NOW))
    (refused,) = paid.refusals
    assert type(refused) is Conflict
    assert subscription_of(paid).status is Status.ACTIVE


def test_what_is_asked_for_before_a_period_ends_is_held_before_the_next_period(paid: World) -> None:
    # A day of 28: of 50.00 that is 1.79, of 20.00 it is 0.71.
    paid.given(at("2026-02-28T12:00:00Z"), subscribe("big", key="more"), at(MARCH))
    assert sweep(paid) == 0  # the money for a day of February is on its way
    pay(paid)
    assert sweep(paid) == 1
    assert [each.money.amount for each in charges_of(paid)] == [2_000, 108, 5_000]
    assert verify(paid).exit_code == 0


def test_more_for_the_last_second_costs_nothing(paid: World) -> None:
    paid.given(at("2026-03-01T11:59:59Z"), subscribe("big", key="more"))
    assert subscription_of(paid).holding.plan.plan.id == "big"  # type: ignore[union-attr]
    assert len(charges_of(paid)) == 1


def test_three_changes_in_one_period_come_to_what_was_held(paid: World) -> None:
    # A week each of 20.00, 50.00, 5.00 and 20.00 a month of four weeks: 23.75.
    for day, plan, moment in (("08", "big", None), ("15", "small", When.NOW), ("22", "pro", None)):
        paid.given(at(f"2026-02-{day}T12:00:00Z"), subscribe(plan, key=day, at=moment))
        if plan != "small":
            pay(paid)
    invoices = [invoice_of(paid, each.invoice) for each in charges_of(paid)]
    assert sum(each.total - each.credited for each in invoices) == 2_375
    assert verify(paid).exit_code == 0


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


def test_a_trial_is_paused_with_its_end_and_goes_on_with_a_paid_period(shop: World) -> None:
    shop.given(subscribe("tried", identity="d" * 32), pause(), at(MARCH))
    sweep(shop)
    assert (subscription_of(shop).status, len(charges_of(shop))) == (Status.PAUSED, 0)
    shop.given(resume())
    pay(shop)
    assert periods(shop) == ("2026-03-01", "2026-04-01")
    assert verify(shop).exit_code == 0


def test_what_is_paused_can_end(paid: World) -> None:
    paid.given(pause(), at(MARCH))
    sweep(paid)
    paid.given(cancel())
    assert subscription_of(paid).end is End.CANCELED

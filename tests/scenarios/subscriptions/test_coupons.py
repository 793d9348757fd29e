"""A coupon takes its part off the price of a plan, of as many periods as it says, and is redeemed
no more often than it can be."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.report import Report
from ledger.kernel.times import moment, parse_stored_time
from ledger.subscriptions.changes import When
from ledger.subscriptions.coupon_book import CouponBook
from ledger.subscriptions.redemption_inspection import RedemptionInspection
from ledger.subscriptions.subscription_base import End, Status
from tests.scenarios.invoices.folding import invoice_of
from tests.scenarios.subscription_commands import (
    cancel,
    pause,
    publish_coupon,
    publish_plan,
    resume,
    subscribe,
)
from tests.scenarios.subscriptions.folding import (
    charges_of,
    decline,
    every,
    pay,
    subscription_of,
    sweep,
    verify,
)
from tests.scenarios.world import World, at

MARCH, APRIL, MAY = (f"2026-0{month}-01T12:00:00Z" for month in (3, 4, 5))


def asked_for(world: World) -> list[int]:
    """What was charged, or tried to be, one after another."""
    return [each.money.amount for each in charges_of(world)]


def redeemed(world: World) -> int:
    """How often the coupons of the org are redeemed and not given back."""
    facts = [fact for _, fact in every(world)]
    taken = sum(isinstance(each, CouponBook.CouponRedeemed) for each in facts)
    return taken - sum(isinstance(each, CouponBook.RedemptionGivenBack) for each in facts)


def test_a_coupon_is_redeemed_with_the_start_and_taken_off_its_invoice(shop: World) -> None:
    shop.given(publish_coupon(key="half"))
    shop.when(subscribe(coupon="HALF"))
    shop.then_recorded(
        *("NumberBookOpened", "NumberTaken", "InvoiceDrafted", "InvoiceIssued"),
        *("SubscriberOpened", "SubscriptionStarted", "CouponRedeemed"),
        *("CouponApplied", "PaymentDue", "ChargeAsked"),
    )
    (asked,) = charges_of(shop)
    bill = invoice_of(shop, asked.invoice).issued.bill  # type: ignore[union-attr]
    assert (bill.subtotal, bill.discount, bill.total, asked.money.amount) == (
        *(2_000, 1_000, 1_000),
        1_000,
    )
    assert [(each.name, each.bps) for each in bill.discounts] == [("Half", 5_000)]
    pay(shop)
    shop.then_lots("included 50000")
    shop.given(at(MARCH))
    sweep(shop)
    assert asked_for(shop) == [1_000, 2_000]
    assert verify(shop).exit_code == 0


@pytest.mark.parametrize(
    ("periods", "charged"), [(1, [1_000, 2_000, 2_000]), (2, [1_000, 1_000, 2_000])]
)
def test_it_is_taken_off_so_many_periods(shop: World, periods: int, charged: list[int]) -> None:
    shop.given(publish_coupon(key="half", periods=periods), subscribe(coupon="HALF"))
    pay(shop)
    for day in (MARCH, APRIL):
        shop.given(at(day))
        sweep(shop)
        pay(shop)
    assert asked_for(shop) == charged
    assert subscription_of(shop).coupon.left == 0  # type: ignore[union-attr]


def test_or_for_ever_and_an_amount_never_more_than_the_price(shop: World) -> None:
    forever = publish_coupon(key="all", amount=2_500, currency="usd", periods=None)
    shop.when(forever, subscribe(method=None, coupon="HALF"))
    assert subscription_of(shop).status is Status.ACTIVE
    shop.then_lots("included 50000")
    shop.given(at(APRIL))
    assert sweep(shop) == 2
    assert not charges_of(shop)
    # The plan of 50.00 takes a card: what the coupon leaves of it is charged.
    shop.when(subscribe("big", key="no card", method=None)).then_refused(Invalid)
    shop.given(subscribe("big", key="more"))
    assert asked_for(shop) == [2_500]
    assert verify(shop).exit_code == 0


def test_a_period_for_nothing_begins_at_once_but_the_next_is_charged(shop: World) -> None:
    shop.given(publish_coupon(key="whole", bps=10_000))
    shop.when(subscribe(method=None, coupon="HALF")).then_refused(Invalid, field="payment_method")
    shop.given(subscribe(key="with a card", coupon="HALF"))
    assert (subscription_of(shop).status, charges_of(shop)) == (Status.ACTIVE, [])
    shop.given(at(MARCH))
    sweep(shop)
    assert asked_for(shop) == [2_000]


def test_seats_are_not_taken_off(shop: World) -> None:
    shop.given(publish_coupon(key="half"))
    shop.given(subscribe("team", user="@pool", seats=7, coupon="HALF"))
    assert asked_for(shop) == [5_000 + 2 * 1_500]


def test_a_change_within_a_period_counts_with_what_was_paid(shop: World) -> None:
    # A half of both: at the middle of February (50.00 - 20.00) / 2 / 2 = 7.50; from March, which
    # it is not taken off any more, 50.00.
    shop.given(publish_coupon(key="half"), subscribe(coupon="HALF"))
    pay(shop)
    shop.given(at("2026-02-15T12:00:00Z"), subscribe("big", key="more"))
    pay(shop)
    assert asked_for(shop) == [1_000, 750]
    # A quarter of the month is left when it ends: of 25.00 a month 6.25, of each invoice its part.
    shop.given(at("2026-02-22T12:00:00Z"), cancel(at=When.NOW))
    notes = [invoice_of(shop, each.invoice).credit_notes for each in charges_of(shop)]
    assert [note.total for (note,) in notes] == [250, 375]


def test_a_plan_that_it_is_not_for_costs_all(shop: World) -> None:
    only = publish_coupon(key="pro", plans=["pro"], periods=None)
    shop.given(only, subscribe(coupon="HALF"))
    pay(shop)
    # 25 % of the whole is left of 10.00, and asked of 50.00.
    shop.given(at("2026-02-22T12:00:00Z"), subscribe("big", key="more"))
    assert asked_for(shop) == [1_000, 1_000]
    pay(shop)
    shop.given(at(MARCH), subscribe("pro", key="back"))
    sweep(shop)
    pay(shop)
    assert asked_for(shop)[-1] == 1_000  # it is taken off again


def test_who_has_a_subscription_redeems_for_the_periods_to_come(paid: World) -> None:
    paid.given(publish_coupon(key="half", periods=2))
    paid.when(subscribe(key="coupon", coupon="HALF"))
    paid.then_recorded("CouponRedeemed", "CouponApplied")
    paid.given(publish_coupon("MORE", key="more"))
    paid.when(subscribe(key="two", coupon="MORE")).then_refused(Conflict, field="coupon")
    for day in (MARCH, APRIL, MAY):
        paid.given(at(day))
        sweep(paid)
        pay(paid)
    assert asked_for(paid) == [2_000, 1_000, 1_000, 2_000]
    paid.given(subscribe(key="then", coupon="MORE"))
    assert verify(paid).exit_code == 0


def test_it_is_redeemed_with_a_change_and_with_another_card(paid: World) -> None:
    paid.given(publish_coupon(key="half"), publish_coupon("MORE", key="more"))
    paid.given(subscribe("small", key="less", coupon="HALF"), at(MARCH))
    sweep(paid)
    pay(paid)
    assert asked_for(paid) == [2_000, 250]
    paid.when(subscribe("small", key="both", method="pm_2", coupon="MORE"))
    paid.then_recorded("CouponRedeemed", "CouponApplied", "MethodChanged")


def test_a_trial_redeems_it_for_what_follows(shop: World) -> None:
    shop.given(publish_coupon(key="half"))
    shop.given(subscribe("tried", identity="a" * 32, coupon="HALF"))
    assert subscription_of(shop).coupon.left == 1  # type: ignore[union-attr]
    shop.given(at("2026-02-15T12:00:00Z"))
    sweep(shop)
    assert asked_for(shop) == [500]
    assert verify(shop).exit_code == 0


def test_what_is_left_of_it_rests_with_the_subscription(shop: World) -> None:
    shop.given(publish_coupon(key="half", periods=2), subscribe(coupon="HALF"))
    pay(shop)
    shop.given(pause(), at(MARCH))
    sweep(shop)
    shop.given(at(MAY), resume())
    pay(shop)
    assert asked_for(shop) == [1_000, 1_000]
    assert subscription_of(shop).coupon.left == 0  # type: ignore[union-attr]
    assert verify(shop).exit_code == 0


def test_what_never_began_gives_it_back(shop: World) -> None:
    shop.given(publish_coupon(key="one", redemptions_max=1), subscribe(coupon="HALF"))
    other = subscribe(user="bob", key="bob", coupon="HALF")
    shop.when(other).then_refused(Conflict, field="coupon")
    shop.given()
    decline(shop)
    assert (subscription_of(shop).end, redeemed(shop)) == (End.NOT_PAID, 0)
    shop.given(subscribe(key="again", coupon="HALF"))
    pay(shop)
    assert (asked_for(shop), redeemed(shop)) == ([1_000, 1_000], 1)
    assert verify(shop).exit_code == 0


def test_what_began_and_was_not_paid_later_does_not(shop: World) -> None:
    shop.given(publish_coupon(key="half"), subscribe(coupon="HALF"))
    pay(shop)
    shop.given(cancel(at=When.NOW))
    shop.when(subscribe(key="again", coupon="HALF")).then_refused(Conflict, field="coupon")
    assert redeemed(shop) == 1


def test_of_64_at_once_with_one_left_one_redeems_it(shop: World) -> None:
    shop.given(publish_coupon(key="one", redemptions_max=1))
    users = [f"user-{number}" for number in range(64)]
    shop.when_together(*[subscribe(user=each, key=each, coupon="HALF") for each in users])
    assert [type(each) for each in shop.refusals] == [Conflict] * 63
    assert {each.field for each in shop.refusals} == {"coupon"}
    assert (redeemed(shop), len(charges_of(shop))) == (1, 1)
    assert verify(shop).exit_code == 0


def test_another_process_has_redeemed_the_last_one(shop: World) -> None:
    shop.given(publish_coupon(key="one", redemptions_max=1))
    other = shop.another_process()
    shop.given(subscribe(coupon="HALF"))
    shop.group_commit = other
    late = subscribe(user="bob", key="bob", coupon="HALF")
    shop.when(late).then_refused(Conflict, field="coupon")
    shop.then_nothing_recorded()


def test_the_limits_of_now_are_those_of_the_version_of_now(shop: World) -> None:
    noon = parse_stored_time("2026-02-01T12:00:00Z", "until")
    shop.given(publish_coupon(key="1", until_us=noon + 1))
    shop.given(subscribe(coupon="HALF"), publish_coupon(key="2", until_us=noon))
    late = subscribe(user="bob", key="bob", coupon="HALF")
    shop.when(late).then_refused(Conflict, field="coupon")
    shop.given(publish_coupon(key="3", bps=1_000, redemptions_max=1))
    full = subscribe(user="eve", key="eve", coupon="HALF")
    shop.when(full).then_refused(Conflict, field="coupon")
    shop.given(publish_coupon(key="4", bps=1_000, redemptions_max=2))
    shop.given(subscribe(user="mia", key="mia", coupon="HALF"))
    assert asked_for(shop) == [1_000, 1_800]
    assert moment(noon) <= shop.facts[-1].timestamp


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (NotFound, {"coupon": "NONE"}),
        (Invalid, {"plan": "small", "coupon": "EUROS"}),
        (Invalid, {"plan": "free", "coupon": "HALF"}),
        (Invalid, {"plan": "small", "coupon": "BIG"}),
    ],
)
def test_what_cannot_be_redeemed_is_named(
    shop: World, kind: type[NotFound | Invalid], fields: dict[str, str]
) -> None:
    shop.given(
        publish_coupon(key="half"),
        publish_coupon("EUROS", key="euros", amount=100, currency="eur"),
        publish_coupon("BIG", key="big", plans=["big"]),
    )
    shop.when(subscribe(**fields)).then_refused(kind, field="coupon")  # type: ignore[arg-type]
    shop.then_nothing_recorded()


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("id", {"id": "half"}),
        ("bps", {"bps": 0}),
        ("bps", {"bps": 10_001}),
        ("bps", {"bps": None}),
        ("bps", {"bps": 1, "amount": 1, "currency": "usd"}),
        ("currency", {"currency": "usd"}),
        ("currency", {"amount": 1}),
        ("currency", {"amount": 1, "currency": "credit"}),
        ("amount", {"amount": 0, "currency": "usd"}),
        ("periods", {"periods": 0}),
        ("redemptions_max", {"redemptions_max": -1}),
        ("plans", {"plans": ["pro", "pro"]}),
    ],
)
def test_what_cannot_be_a_coupon_leaves_nothing(
    shop: World, field: str, fields: dict[str, object]
) -> None:
    command = publish_coupon(key="x", **({"id": "HALF"} | fields))  # type: ignore[arg-type]
    shop.when(command).then_refused(Invalid, field=field)
    shop.then_nothing_recorded()


def test_a_redemption_too_many_and_one_of_nobody_are_found(shop: World) -> None:
    shop.given(publish_coupon(key="one", redemptions_max=1), subscribe(coupon="HALF"))
    inspection = RedemptionInspection(report := Report())
    for event, fact in every(shop):
        for _ in range(1 + isinstance(fact, CouponBook.CouponRedeemed)):
            inspection.see(event, fact)
    inspection.end(None, None, lambda org: True)  # type: ignore[arg-type]  # asks neither
    check = report["redemptions"]
    assert (check.checked, check.wrong) == (2, 2)
    assert check.first is not None
    assert check.first.detail == "the coupon is redeemed more often than it can be"


def test_versions_and_twins(shop: World) -> None:
    shop.when_together(*[publish_coupon(key="1")] * 3)
    shop.then_recorded("CouponBookOpened", "CouponPublished")
    shop.given(publish_plan("later", 1_000, key="later"))
    shop.when_together(*[subscribe(coupon="HALF")] * 3)
    assert not shop.refusals
    assert redeemed(shop) == 1

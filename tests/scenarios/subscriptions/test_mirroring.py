"""A subscription that Stripe runs is here what it is there, in whatever order and how often that is
told, and nobody else moves it."""

from __future__ import annotations

from itertools import combinations

import pytest

from ledger.invoices.invoice_base import Status as InvoiceStatus
from ledger.invoices.item import Source
from ledger.kernel.errors import Conflict, Invalid
from ledger.purchases.notice import Money
from ledger.subscriptions.mirrored import (
    BillStatus,
    MirroredItem,
    MirroredLine,
    MirroredStatus,
)
from ledger.subscriptions.moments import next_moment
from ledger.subscriptions.subscription_base import End, Status
from tests.scenarios.invoices.folding import invoice_of
from tests.scenarios.mirrored_subscription import billed, mirrored, month
from tests.scenarios.subscription_commands import (
    cancel,
    pause,
    publish_plan,
    resume,
    subscribe,
)
from tests.scenarios.subscriptions.folding import charges_of, periods, subscription_of, verify
from tests.scenarios.world import World, at

MILLION = 10**6


@pytest.fixture
def stripe(shop: World) -> World:
    """A shop whose plans have prices at Stripe."""
    return shop.given(
        publish_plan(
            "sold",
            2_000,
            key="sold",
            credits_included=50_000 * MILLION,
            seat_price=500,
            stripe_price_id="price_pro",
        ),
        publish_plan(
            "more",
            5_000,
            key="more",
            credits_included=200_000 * MILLION,
            stripe_price_id="price_more",
        ),
    )


def test_a_paid_invoice_opens_its_period_pays_it_and_grants_its_credits(stripe: World) -> None:
    stripe.when(mirrored(billed(2)))
    stripe.then_recorded(
        *("SubscriberOpened", "SubscriptionStarted", "PaymentDue"),
        *("NumberBookOpened", "NumberTaken", "InvoiceDrafted", "InvoiceIssued"),
        *("PaymentApplied", "InvoicePaid", "WalletOpened", "CreditsGranted", "PeriodPaid"),
        "MirrorRead",
    )
    now = subscription_of(stripe)
    assert (now.status, now.mirrors, now.owed) == (Status.ACTIVE, "sub_1", {})
    state = invoice_of(stripe, "in_2")
    assert (state.status, state.total, state.draft.reference) == (
        InvoiceStatus.PAID,
        2_000,
        "STRIPE-0002",
    )
    assert [each.reference for each in state.payments] == ["pi_2"]
    stripe.then_lots("included 50000")
    assert charges_of(stripe) == []
    assert next_moment(now) is None
    assert verify(stripe).exit_code == 0


def test_what_is_told_again_changes_nothing(stripe: World) -> None:
    stripe.given(mirrored(billed(2)))
    stripe.when(mirrored(billed(2))).then_nothing_recorded()


@pytest.mark.parametrize("heard", [each for n in range(4) for each in combinations(range(5), n)])
def test_whatever_was_not_heard_it_ends_as_what_it_is(
    stripe: World, heard: tuple[int, ...]
) -> None:
    failed = billed(4, BillStatus.OPEN, failure="card_declined", tries=1)
    told = [
        mirrored(billed(2)),
        mirrored(billed(2), billed(3, BillStatus.OPEN)),
        mirrored(billed(2), billed(3)),
        mirrored(billed(2), billed(3), failed, status=MirroredStatus.PAST_DUE),
        mirrored(billed(2), billed(3), billed(4), cancels_us=month(4).end_us),
    ]
    for each in (*heard, 4, 4):
        stripe.given(told[each])
    now = subscription_of(stripe)
    assert (now.status, now.is_canceled, now.owed) == (Status.ACTIVE, True, {})
    assert periods(stripe) == ("2026-04-01", "2026-05-01")
    stripe.then_lots(*["included 50000"] * 3)
    assert verify(stripe).exit_code == 0


def test_what_was_read_before_something_newer_changes_nothing(stripe: World) -> None:
    stripe.given(mirrored(billed(2), read=10))
    older = mirrored(billed(2), cancels_us=month(2).end_us, read=20)
    stripe.given(mirrored(billed(2), billed(3), read=30))
    stripe.when(older).then_nothing_recorded()
    assert not subscription_of(stripe).is_canceled


def test_what_cannot_be_taken_in_is_refused_whole(stripe: World) -> None:
    unknown = mirrored(billed(2), billed(3, price="price_none"), price="price_pro")
    stripe.when(unknown).then_refused(Conflict, field="plan")
    foreign = billed(3)._replace(total=Money(2_000, "xxx"))
    stripe.when(mirrored(billed(2), foreign)).then_refused(Invalid, field="currency")


def test_an_org_without_invoice_settings_is_told_so(world: World) -> None:
    plan = publish_plan("sold", 2_000, key="sold", stripe_price_id="price_pro")
    world.given(plan, at("2026-02-01T12:00:00Z")).when(mirrored(billed(2))).then_refused(Conflict)


def test_an_invoice_of_more_lines_than_ours_may_have_is_one_line(stripe: World) -> None:
    line = billed(2).lines[0]._replace(total=1)
    many = billed(2, amount=251)._replace(lines=[line] * 251)
    stripe.given(mirrored(many))
    state = invoice_of(stripe, "in_2")
    assert (state.total, len(state.draft.items)) == (251, 1)


def test_a_failed_payment_warns_and_stripe_says_when_it_is_past_due(stripe: World) -> None:
    failed = billed(3, BillStatus.OPEN, failure="card_declined", tries=1)
    stripe.given(mirrored(billed(2)), at("2026-03-01T13:00:00Z"))
    stripe.when(mirrored(billed(2), failed))
    now = subscription_of(stripe)
    assert (now.status, now.owed["in_3"].failures) == (Status.ACTIVE, 1)
    stripe.given(mirrored(billed(2), failed, status=MirroredStatus.PAST_DUE))
    assert subscription_of(stripe).status is Status.PAST_DUE
    stripe.then_lots("included 50000")
    stripe.given(mirrored(billed(2), billed(3)))
    assert subscription_of(stripe).status is Status.ACTIVE
    stripe.then_lots("included 50000", "included 50000")


def test_one_that_nobody_pays_ends_there_and_here(stripe: World) -> None:
    lost = billed(3, BillStatus.UNCOLLECTIBLE, failure="card_declined", tries=4)
    ended_us = month(3).start_us + 1
    stripe.given(
        mirrored(billed(2)),
        mirrored(
            *(billed(2), lost), status=MirroredStatus.ENDED, is_unpaid=True, ended_us=ended_us
        ),
    )
    now = subscription_of(stripe)
    assert (now.status, now.end, now.allows) == (Status.ENDED, End.NOT_PAID, None)
    assert invoice_of(stripe, "in_3").status is InvoiceStatus.UNCOLLECTIBLE
    stripe.given(mirrored(billed(2), billed(3), status=MirroredStatus.ENDED, ended_us=ended_us))
    assert invoice_of(stripe, "in_3").status is InvoiceStatus.PAID
    assert subscription_of(stripe).status is Status.ENDED
    stripe.then_lots("included 50000", "included 50000")
    assert verify(stripe).exit_code == 0


def test_another_plan_brings_the_difference_in_credits_and_a_new_version_changes_nothing(
    stripe: World,
) -> None:
    stripe.given(mirrored(billed(2)), at("2026-02-15T12:00:00Z"))
    more = publish_plan("sold", 2_500, key="next", stripe_price_id="price_pro")
    stripe.given(more).when(mirrored(billed(2))).then_nothing_recorded()
    stripe.when(mirrored(billed(2), price="price_more"))
    stripe.then_recorded("CreditsGranted", "PlanChanged", "MirrorRead")
    stripe.then_lots("included 50000", "included 75000")
    held = subscription_of(stripe).holding
    assert held is not None
    assert held.plan.plan.id == "more"
    assert verify(stripe).exit_code == 0


def test_what_is_asked_for_besides_is_a_line_and_no_period(stripe: World) -> None:
    stripe.given(mirrored(billed(2)), at("2026-02-15T12:00:00Z"))
    rest = month(2)._replace(start_us=month(2).start_us + 14 * 86_400 * 10**6)
    lines = (
        MirroredLine("Unused time", -1_000, rest, "price_pro", is_proration=True),
        MirroredLine("Remaining time", 2_500, rest, "price_more", is_proration=True),
        MirroredLine("Overage", 300, rest),
    )
    extra = billed(9)._replace(total=Money(1_800, "usd"), lines=lines, created_us=rest.start_us)
    stripe.given(mirrored(billed(2), extra, price="price_more", period=month(2)))
    state = invoice_of(stripe, "in_9")
    assert (state.status, state.total) == (InvoiceStatus.PAID, 1_800)
    assert periods(stripe) == ("2026-02-01", "2026-03-01")
    assert verify(stripe).exit_code == 0


def test_a_trial_brings_its_credits_until_its_end_and_then_a_period_begins(stripe: World) -> None:
    free = billed(2, amount=0)
    stripe.given(mirrored(free, status=MirroredStatus.TRIALING))
    assert subscription_of(stripe).status is Status.TRIALING
    stripe.then_lots("promotional 50000")
    stripe.given(at("2026-03-01T12:00:00Z"), mirrored(free, billed(3)))
    assert subscription_of(stripe).status is Status.ACTIVE
    assert periods(stripe) == ("2026-03-01", "2026-04-01")
    assert verify(stripe).exit_code == 0


def test_a_period_that_does_not_follow_begins_a_new_count(stripe: World) -> None:
    year = month(3)._replace(start_us=month(2).start_us + 86_400 * 10**6, end_us=month(11).end_us)
    stripe.given(mirrored(billed(2)))
    stripe.given(mirrored(billed(2), billed(3, period=year)))
    now = subscription_of(stripe)
    assert (now.number, now.period) == (2, year)
    assert verify(stripe).exit_code == 0


def test_what_costs_nothing_there_is_paid_for_here(stripe: World) -> None:
    stripe.given(mirrored(billed(2, amount=0)))
    assert subscription_of(stripe).status is Status.ACTIVE
    stripe.then_lots("included 50000")
    assert verify(stripe).exit_code == 0


def test_what_was_before_is_the_providers_alone(stripe: World) -> None:
    stripe.given(at("2026-04-10T00:00:00Z"), mirrored(*map(billed, (2, 3, 4))))
    assert periods(stripe) == ("2026-04-01", "2026-05-01")
    stripe.then_lots("included 50000")
    stripe.when(mirrored(*map(billed, (2, 3, 4)))).then_nothing_recorded()


def test_nobody_moves_it_here(stripe: World) -> None:
    stripe.given(mirrored(billed(2)))
    for each in (subscribe("big"), cancel(), pause(), resume()):
        stripe.when(each).then_refused(Conflict)


def test_a_payer_has_one_subscription(stripe: World) -> None:
    stripe.given(mirrored(billed(2)))
    stripe.when(mirrored(billed(2), id="sub_2")).then_refused(Conflict)
    stripe.when(
        mirrored(billed(2), id="sub_2", status=MirroredStatus.ENDED)
    ).then_nothing_recorded()


def test_a_price_of_no_plan_waits_until_one_has_it(stripe: World) -> None:
    stripe.when(mirrored(billed(2, price="price_new"))).then_refused(Conflict)
    stripe.given(publish_plan("new", 2_000, key="new", stripe_price_id="price_new"))
    stripe.given(mirrored(billed(2, price="price_new")))
    assert subscription_of(stripe).status is Status.ACTIVE


def test_what_is_of_a_plan_is_found_among_what_is_sold_besides(stripe: World) -> None:
    year = month(2)._replace(end_us=month(11).end_us)
    items = (MirroredItem("price_help", 1, year), MirroredItem("price_pro", 2, month(2)))
    lines = (
        MirroredLine("Help", 900, year, "price_help"),
        MirroredLine("Pro", 2_500, month(2), "price_pro", 2),
    )
    first = billed(2)._replace(total=Money(3_400, "usd"), lines=lines)
    stripe.given(mirrored(first, items=items, price="price_help"))
    held = subscription_of(stripe).holding
    assert held is not None
    assert (held.plan.plan.id, held.seats) == ("sold", 2)
    assert periods(stripe) == ("2026-02-01", "2026-03-01")
    issued = invoice_of(stripe, "in_2").issued
    assert issued is not None
    assert [each.item.text for each in issued.bill.lines] == ["Help", "Sold"]
    help_alone = billed(9)._replace(lines=lines[:1], total=Money(900, "usd"))
    stripe.given(mirrored(first, help_alone, items=items))
    assert invoice_of(stripe, "in_9").total == 900
    stripe.then_lots("included 50000")
    assert verify(stripe).exit_code == 0


def test_seats_may_have_a_price_of_their_own(stripe: World) -> None:
    crew = publish_plan(
        *("crew", 10_000),
        key="crew",
        seats_included=5,
        seat_price=1_500,
        stripe_price_id="price_crew",
        stripe_seat_price_id="price_seat",
    )
    items = (MirroredItem("price_seat", 3, month(2)), MirroredItem("price_crew", 1, month(2)))
    lines = (
        MirroredLine("Seats", 4_500, month(2), "price_seat", 3),
        MirroredLine("Crew", 10_000, month(2), "price_crew"),
    )
    first = billed(2)._replace(total=Money(14_500, "usd"), lines=lines)
    stripe.given(crew, mirrored(first, items=items))
    held = subscription_of(stripe).holding
    assert held is not None
    assert (held.plan.plan.id, held.seats) == ("crew", 8)
    issued = invoice_of(stripe, "in_2").issued
    assert issued is not None
    assert [(each.item.source, each.item.text) for each in issued.bill.lines] == [
        (Source.SEATS, "Crew"),
        (Source.SUBSCRIPTION, "Crew"),
    ]
    stripe.given(mirrored(first, items=items[1:]))
    held = subscription_of(stripe).holding
    assert held is not None
    assert held.seats == 5
    assert verify(stripe).exit_code == 0


def test_items_of_no_plan_or_of_two_wait_with_the_reason(stripe: World) -> None:
    of = [MirroredItem(each, 1, month(2)) for each in ("price_help", "price_pro", "price_more")]
    stripe.when(mirrored(items=of[:1])).then_refused(Conflict, field="plan")
    refusal = stripe.when(mirrored(items=of)).then_refused(Conflict, field="plan")
    assert "sold and more" in refusal.detail
    ended = mirrored(items=of, status=MirroredStatus.ENDED)
    stripe.when(ended).then_nothing_recorded()


def test_one_that_is_paused_there_is_and_goes_on(stripe: World) -> None:
    stripe.given(mirrored(billed(2)), mirrored(billed(2), status=MirroredStatus.PAUSED))
    assert subscription_of(stripe).status is Status.PAUSED
    stripe.when(resume()).then_refused(Conflict)
    stripe.given(at("2026-05-01T12:00:00Z"), mirrored(billed(2), billed(5)))
    assert subscription_of(stripe).status is Status.ACTIVE
    assert periods(stripe) == ("2026-05-01", "2026-06-01")
    stripe.then_lots("included 50000", "included 50000")

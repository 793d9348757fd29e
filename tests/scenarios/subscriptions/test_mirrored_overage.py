"""Use beyond the credits of a subscription that Stripe runs is on Stripe's draft, once, or owed by
the wallet, whatever was late, lost or told twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from api.commands.subscriptions.mirrored_overage import RecordOverageLeft
from api.effects.purchases.stripe_purchases import StripePurchases
from api.effects.subscriptions.overage import DraftedOverage
from ledger.credits.invoiced_debt import DebtInvoiced
from ledger.invoices.invoice_base import Status as InvoiceStatus
from ledger.invoices.item import Source
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import InsufficientCredits
from ledger.kernel.outside import NeverTaken, NotTaken
from ledger.purchases.notice import Money
from ledger.purchases.provider import Checkout
from ledger.subscriptions.mirror_facts import OverageDrafted
from ledger.subscriptions.mirrored import BillStatus, Mirrored, MirroredStatus
from ledger.subscriptions.plan import Overage
from ledger.subscriptions.provider import (
    ChargeAdded,
    SubscriptionPageAsked,
    SubscriptionProvider,
)
from ledger.subscriptions.subscription_base import Status, Why
from tests.scenarios.commands import ACTOR, ORG, USER, usage, use
from tests.scenarios.invoices.folding import invoice_of
from tests.scenarios.mirrored_subscription import (
    PRICE,
    TEXT,
    billed,
    drafted,
    mirrored,
    month,
    with_overage,
)
from tests.scenarios.subscription_commands import publish_plan
from tests.scenarios.subscriptions.folding import (
    every,
    inspected,
    invoices_of,
    subscription_of,
    verify,
)
from tests.scenarios.wallet_commands import place, release
from tests.scenarios.world import World, at

CREDITS = 10**6
MARCH = "2026-03-01T12:00:00Z"
LEFT = RecordOverageLeft(ORG, ACTOR, USER, "in_3")


@pytest.fixture
def paid(shop: World) -> World:
    """A payer of a plan that Stripe sells, who may use 4,000 credits beyond its 100."""
    beyond: dict[str, Any] = {"credits_included": 100 * CREDITS, "overage_price": 100}
    beyond |= {"overage": Overage.PAY_AS_YOU_GO, "stripe_price_id": PRICE}
    return shop.given(
        publish_plan("sold", 2_000, key="sold", overage_limit=4_000 * CREDITS, **beyond),
        publish_plan("stops", 3_000, key="stops", stripe_price_id="price_stops"),
        mirrored(billed(2)),
    )


@pytest.fixture
def used(paid: World) -> World:
    """The same, who has used 1,000 of them, when the next period begins at Stripe."""
    return paid.given(usage([use("1100", id="much")]), at(MARCH))


def lines(world: World, invoice: str) -> list[tuple[str, int, int | None]]:
    """What the lines of an invoice are of, what each comes to, and how many credits it is of."""
    bill = invoice_of(world, invoice).issued
    assert bill is not None
    return [(each.item.source.value, each.total, each.item.credits) for each in bill.bill.lines]


def names(world: World) -> list[str]:
    return [type(fact).__name__ for fact in world.facts]


def test_it_has_the_credit_line_of_its_plan_and_the_notice_at_half(paid: World) -> None:
    paid.when(place("4100.1")).then_refused(InsufficientCredits)
    paid.given(place("4100"), release())
    paid.when(usage([use("2100", id="much")])).then_recorded(
        "UsageRecorded", "HalfOfLimitReached", "CreditLineSet"
    )


def test_the_debt_is_on_the_draft_and_paid_with_the_period(used: World) -> None:
    used.when(mirrored(billed(2), drafted(3))).then_recorded(
        "DebtInvoiced", "OverageDrafted", "MirrorRead"
    )
    asked: Any = used.facts[1]
    assert (asked.invoice, asked.credits, asked.money) == (
        "in_3",
        1_000 * CREDITS,
        Money(100, "usd"),
    )
    assert (asked.text, asked.customer, asked.mirrors) == (TEXT, "cus_1", "sub_1")
    used.then_balance("0")
    assert verify(used).exit_code == 0
    used.when(mirrored(billed(2), drafted(3))).then_nothing_recorded()
    used.given(mirrored(billed(2), with_overage(billed(3), 100)))
    assert lines(used, "in_3") == [("subscription", 2_000, None), ("overage", 100, 1_000 * CREDITS)]
    state, now = invoice_of(used, "in_3"), subscription_of(used)
    assert (state.status, state.total) == (InvoiceStatus.PAID, 2_100)
    assert (now.status, now.owed, now.drafted) == (Status.ACTIVE, {}, {})
    used.then_lots("included 100")
    assert verify(used).exit_code == 0


def test_use_after_the_draft_is_of_the_next_one(used: World) -> None:
    used.given(mirrored(billed(2), drafted(3)), usage([use("30", id="late")]))
    used.when(mirrored(billed(2), drafted(3))).then_nothing_recorded()
    used.given(mirrored(billed(2), with_overage(billed(3), 100)))
    used.then_lots("included 70")
    assert verify(used).exit_code == 0


@pytest.mark.parametrize("is_told", [True, False])
def test_what_came_too_late_is_owed_again_and_on_the_next_draft(
    used: World, *, is_told: bool
) -> None:
    used.given(mirrored(billed(2), drafted(3)))
    if is_told:
        used.when(LEFT).then_recorded("DebtRestored", "OverageLeft")
        used.when(mirrored(billed(2), drafted(3))).then_nothing_recorded()
    used.given(mirrored(billed(2), billed(3)))
    assert lines(used, "in_3") == [("subscription", 2_000, None)]
    used.then_balance("0", debt="900")  # the credits of the period have paid some
    used.when(LEFT).then_nothing_recorded()
    used.given(mirrored(billed(2), billed(3), drafted(4)))
    used.given(mirrored(billed(2), billed(3), with_overage(billed(4), 90)))
    assert lines(used, "in_4")[1:] == [("overage", 90, 900 * CREDITS)]
    assert verify(used).exit_code == 0


def test_a_draft_that_nobody_heard_of_leaves_the_debt_to_the_next(used: World) -> None:
    used.given(mirrored(billed(2), billed(3)))
    used.then_balance("0", debt="900")
    used.when(mirrored(billed(2), billed(3), drafted(4))).then_recorded(
        "DebtInvoiced", "OverageDrafted", "MirrorRead"
    )
    assert verify(used).exit_code == 0


def test_an_older_reading_drafts_nothing(used: World) -> None:
    older = mirrored(billed(2), drafted(3), read=20_000)
    used.given(mirrored(billed(2), billed(3), read=30_000))
    used.when(older).then_nothing_recorded()


def test_of_two_readings_at_once_one_drafts_it(used: World) -> None:
    other = used.another_process()
    used.when_together(mirrored(billed(2), drafted(3)), mirrored(billed(2), drafted(3)))
    assert names(used).count("DebtInvoiced") == 1
    used.group_commit = other
    used.when(mirrored(billed(2), drafted(3))).then_nothing_recorded()
    assert verify(used).exit_code == 0


def test_a_draft_that_is_deleted_gives_it_back(used: World) -> None:
    used.given(mirrored(billed(2), drafted(3)))
    used.when(mirrored(billed(2))).then_recorded("DebtRestored", "OverageLeft", "MirrorRead")
    used.then_balance("0", debt="1000")
    assert verify(used).exit_code == 0


def test_an_invoice_that_is_void_gives_it_back(used: World) -> None:
    used.given(mirrored(billed(2), drafted(3)))
    issued = with_overage(billed(3, BillStatus.OPEN), 100)
    used.given(mirrored(billed(2), issued))
    used.given(mirrored(billed(2), issued._replace(status=BillStatus.VOID)))
    used.then_balance("0", debt="1000")
    assert verify(used).exit_code == 0


@pytest.mark.parametrize("is_drafted", [True, False])
def test_what_ends_there_has_an_invoice_of_ours(used: World, *, is_drafted: bool) -> None:
    told = [billed(2), *([drafted(3)] if is_drafted else [])]
    used.given(mirrored(*told))
    used.given(mirrored(*told, status=MirroredStatus.ENDED, ended_us=month(3).start_us))
    now = subscription_of(used)
    (owed,) = now.owed.values()
    assert (now.status, owed.why) == (Status.ENDED, Why.OVERAGE)
    last = invoices_of(used)[-1]
    assert (last.status, last.total) == (InvoiceStatus.OPEN, 100)
    used.then_balance("0").when(place("1")).then_refused(InsufficientCredits)
    assert verify(used).exit_code == 0


def test_another_plan_that_blocks_has_it_billed_by_ours(paid: World) -> None:
    paid.given(usage([use("1100", id="much")]), mirrored(billed(2), price="price_stops"))
    assert invoices_of(paid)[-1].total == 100
    paid.then_balance("0").when(place("1")).then_refused(InsufficientCredits)
    assert verify(paid).exit_code == 0


def test_a_draft_in_other_money_has_none(used: World) -> None:
    euros = drafted(3)._replace(total=Money(2_000, "eur"))
    used.when(mirrored(billed(2), euros)).then_nothing_recorded()


def test_a_draft_of_something_else_has_none(used: World) -> None:
    extra = drafted(9)._replace(lines=(billed(2).lines[0]._replace(is_proration=True),))
    used.when(mirrored(billed(2), extra, period=month(2))).then_nothing_recorded()


def test_it_stays_a_line_of_its_own_among_too_many(used: World) -> None:
    used.given(mirrored(billed(2), drafted(3)))
    line = billed(3).lines[0]._replace(total=1)
    many = with_overage(billed(3, amount=251)._replace(lines=(line,) * 251), 100)
    used.given(mirrored(billed(2), many))
    assert lines(used, "in_3") == [("adjustment", 251, None), ("overage", 100, 1_000 * CREDITS)]
    assert verify(used).exit_code == 0


def test_a_trial_leaves_nothing_on_its_first_draft(paid: World) -> None:
    free = billed(2, amount=0)._replace(id="in_free")
    paid.given(mirrored(free, user="bob", id="sub_2", status=MirroredStatus.TRIALING))
    paid.given(usage([use("1100", id="bob", user="bob")]), at(MARCH))
    paid.when(
        mirrored(free, drafted(3), user="bob", id="sub_2", status=MirroredStatus.TRIALING)
    ).then_nothing_recorded()


class Stripe(SubscriptionProvider):
    """A provider whose next answers are decided here."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.added: list[ChargeAdded] = []

    async def subscriptions(self) -> SubscriptionProvider:
        return self

    async def add_charge(self, asked: ChargeAdded) -> None:
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer
        self.added.append(asked)

    async def open_page(self, asked: SubscriptionPageAsked) -> Checkout:
        raise AssertionError

    async def mirrored(self, subscription: str) -> Mirrored:
        raise AssertionError

    async def of_payment(self, payment: str) -> str | None:
        raise AssertionError


def work(world: World, stripe: Stripe) -> Sequence[object]:
    """Make the calls that events ask for; return what each has to record."""
    nobody: Any = None
    effect = DraftedOverage(StripePurchases(nobody, nobody, world.clock), stripe)
    calls = [call for event, _ in every(world) for call in effect.calls_of(event)]
    return [asyncio.run(effect.call(each)) for each in calls]


def test_the_draft_is_asked_for_by_one_id_until_it_has_it_or_never_can(used: World) -> None:
    used.given(mirrored(billed(2), drafted(3)))
    stripe = Stripe(NotTaken("lost."), None, None, NeverTaken("it is finalized."))
    with pytest.raises(NotTaken):
        work(used, stripe)
    assert work(used, stripe) == work(used, stripe) == [None]
    assert len(set(stripe.added)) == 1
    added = stripe.added[0]
    assert (added.id, added.invoice, added.subscription) == ("in_3", "in_3", "sub_1")
    assert (added.org, added.customer, added.money) == (ORG, "cus_1", Money(100, "usd"))
    (refused,) = work(used, stripe)
    assert isinstance(refused, RecordOverageLeft)
    used.when(refused).then_recorded("DebtRestored", "OverageLeft")
    used.when(refused).then_nothing_recorded()


@pytest.mark.parametrize("kind", [DebtInvoiced, OverageDrafted])
def test_verification_finds_a_draft_and_a_debt_that_differ(used: World, kind: type[Fact]) -> None:
    used.given(mirrored(billed(2), drafted(3)))
    events = every(used)
    assert inspected(events).exit_code == 0
    assert inspected([each for each in events if not isinstance(each[1], kind)]).exit_code == 1


def test_our_line_says_overage(used: World) -> None:
    used.given(mirrored(billed(2), drafted(3)), mirrored(billed(2), with_overage(billed(3), 100)))
    item = invoice_of(used, "in_3").draft.items[1]
    assert (item.source, item.text, item.includes_tax) == (Source.OVERAGE, TEXT, True)

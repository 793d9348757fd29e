"""Each step of dunning, the end of a trial, and half of the limit of overage, are told to the payer
by mail: once, with a link to pay, and not any more when it is over."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.invoices.payer import Payer
from ledger.invoices.ports import KnownPayer
from ledger.invoices.tax_rates import TaxPlace
from ledger.subscriptions.mirrored import BillStatus, MirroredStatus
from ledger.subscriptions.plan import Overage
from ledger.subscriptions.reminder import Topic
from ledger.subscriptions.subscription_base import REMINDERS_KEPT, Status
from tests.scenarios.commands import USER, usage, use
from tests.scenarios.invoice_commands import void
from tests.scenarios.mirrored_subscription import PRICE, billed, mirrored
from tests.scenarios.subscription_commands import (
    cancel,
    publish_plan,
    remind,
    subscribe,
)
from tests.scenarios.subscriptions.folding import (
    charges_of,
    decline,
    pay,
    subscription_of,
    sweep,
    verify,
)
from tests.scenarios.subscriptions.office import EMAIL, office_of, topics, work
from tests.scenarios.world import World, at

MARCH = "2026-03-01T12:00:00Z"


def test_every_step_of_dunning_is_told_once(paid: World) -> None:
    office = office_of(paid)
    paid.given(at(MARCH))
    sweep(paid)
    decline(paid)
    work(office)
    for day in ("04", "06", "08"):
        paid.given(at(f"2026-03-{day}T12:00:00Z"))
        sweep(paid)
        decline(paid)
        work(office)
    paid.given(at("2026-03-15T12:00:00Z"))
    sweep(paid)
    work(office)
    work(office)
    failed = Topic.PAYMENT_FAILED
    assert topics(office) == [failed, failed, failed, Topic.PAST_DUE, Topic.ENDED]
    assert len(office.came) == len({each.key for each in office.came}) == 5
    invoice = charges_of(paid)[-1].invoice
    link = f"https://pay.example/{USER}/INV-2026-000002?i={invoice}"
    assert all(link in each.text for each in office.came)
    assert [each.recipient for each in office.came] == [EMAIL] * 5
    for message, day in zip(
        office.came, ("March 4", "March 6", "March 8", "March 15"), strict=False
    ):
        assert f"{day}, 2026" in message.text
    assert "has ended" in office.came[-1].text
    assert verify(paid).exit_code == 0


def test_what_is_paid_before_the_mail_goes_is_not_asked_for(paid: World) -> None:
    office = office_of(paid)
    paid.given(at(MARCH))
    sweep(paid)
    decline(paid, "lost_card")
    paid.given(subscribe(method="pm_2", key="other"))
    pay(paid)
    work(office)
    assert office.came == []


def test_what_a_person_made_void_is_not_asked_for(paid: World) -> None:
    office = office_of(paid)
    paid.given(at(MARCH))
    sweep(paid)
    decline(paid)
    paid.given(void(charges_of(paid)[-1].invoice))
    work(office)
    assert office.came == []


def test_a_first_payment_that_fails_is_told_to_who_waits_for_it_and_by_no_mail(
    shop: World,
) -> None:
    office = office_of(shop)
    shop.given(subscribe())
    decline(shop)
    work(office)
    assert office.came == []


def test_the_end_of_a_trial_is_told_with_what_follows(shop: World) -> None:
    office = office_of(shop)
    shop.given(subscribe("tried", identity="ada", method="pm_1"))
    shop.given(at("2026-02-12T12:00:00Z"))
    sweep(shop)
    work(office)
    (message,) = office.came
    assert "ends on February 15, 2026" in message.text
    assert "costs $10.00" in message.text
    assert "pay.example" not in message.text
    assert topics(office) == [Topic.TRIAL_ENDS]


@pytest.mark.parametrize("is_over", [True, False])
def test_a_trial_that_is_canceled_or_over_is_not_announced_late(
    shop: World, *, is_over: bool
) -> None:
    office = office_of(shop)
    shop.given(subscribe("tried", identity="ada", method="pm_1"))
    shop.given(at("2026-02-12T12:00:00Z"))
    sweep(shop)
    shop.given(at("2026-02-16T12:00:00Z") if is_over else cancel())
    sweep(shop)
    work(office)
    assert office.came == []


@pytest.mark.parametrize("is_over", [False, True])
def test_half_of_the_limit_is_told_with_what_it_has_come_to(shop: World, *, is_over: bool) -> None:
    office = office_of(shop)
    beyond: dict[str, Any] = {"overage": Overage.PAY_AS_YOU_GO, "overage_limit": 40_000 * 10**6}
    shop.given(publish_plan("capped", 700, key="capped", **beyond), subscribe("capped"))
    pay(shop)
    shop.given(usage([use("20000", id="much")]))
    if is_over:
        shop.given(at(MARCH))
        sweep(shop)
    work(office)
    work(office)
    assert topics(office) == ([] if is_over else [Topic.HALF_OF_LIMIT])
    for message in office.came:
        assert "$20.00 before tax, and is billed at the latest on March 1, 2026" in message.text
        assert "pay.example" not in message.text
    assert len(office.came) == (not is_over)


def test_what_is_paid_by_invoice_is_told_to_be_past_due_and_does_not_end(shop: World) -> None:
    office = office_of(shop)
    shop.given(publish_plan("terms", 700, key="terms", net_days=30), subscribe("terms"))
    shop.given(at("2026-03-17T12:00:00Z"))
    sweep(shop)
    work(office)
    assert topics(office) == [Topic.PAST_DUE]
    assert "subscription ends" not in office.came[0].text


def test_about_what_stripe_runs_stripe_writes(shop: World) -> None:
    office = office_of(shop)
    shop.given(publish_plan("sold", 2_000, key="sold", stripe_price_id=PRICE))
    failed = billed(3, BillStatus.OPEN, failure="card_declined", tries=1)
    shop.given(mirrored(billed(2)), mirrored(failed, status=MirroredStatus.PAST_DUE))
    assert subscription_of(shop).status is Status.PAST_DUE
    work(office)
    assert office.came == []


def test_of_what_is_used_here_we_write_also_where_stripe_runs_it(shop: World) -> None:
    office = office_of(shop)
    beyond: dict[str, Any] = {"overage": Overage.PAY_AS_YOU_GO, "overage_limit": 40_000 * 10**6}
    shop.given(publish_plan("sold", 2_000, key="sold", stripe_price_id=PRICE, **beyond))
    shop.given(mirrored(billed(2)), usage([use("20000", id="much")]))
    work(office)
    assert topics(office) == [Topic.HALF_OF_LIMIT]


def test_who_has_no_address_is_told_nothing_and_a_bounce_is_shown(paid: World) -> None:
    office = office_of(paid)
    paid.given(at(MARCH))
    sweep(paid)
    decline(paid)
    erased = KnownPayer(Payer(TaxPlace("DE"), "digest"), None)
    office.known.append(erased)
    work(office)
    office.known.append(None)
    work(office)
    assert subscription_of(paid).reminders == []
    office.known.append(office.known[0])
    office.refuses.append("550")
    work(office)
    office.refuses.clear()
    work(office)
    assert office.came == []
    (sent,) = subscription_of(paid).reminders
    assert (sent.refused, sent.address) == ("550", "digest")


def test_a_subscription_knows_of_its_last_reminders(paid: World) -> None:
    for asked in range(REMINDERS_KEPT + 3):
        paid.given(remind(asked, Topic.PAST_DUE))
    kept = subscription_of(paid).reminders
    assert [each.asked for each in kept] == list(range(3, REMINDERS_KEPT + 3))

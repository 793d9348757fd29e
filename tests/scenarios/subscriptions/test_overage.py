"""Use beyond the credits of a plan: a credit line lets work begin, the end of the period bills it,
and next month's credits never pay for it.

Prices: 1,000 credits of overage are a dollar, so a credit is a tenth of a cent.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.errors import InsufficientCredits
from ledger.kernel.money import format_credits
from ledger.subscriptions.changes import When
from ledger.subscriptions.plan import Overage
from ledger.subscriptions.subscription_base import End, Status, Why
from tests.scenarios.commands import USER, deposit, usage, use
from tests.scenarios.invoice_commands import credit, settings, tax, tax_rates, void
from tests.scenarios.invoice_commands import pay as pay_invoice
from tests.scenarios.subscription_commands import (
    advance,
    cancel,
    charge_failed,
    charge_paid,
    pause,
    publish_plan,
    resume,
    subscribe,
)
from tests.scenarios.subscriptions.folding import (
    charges_of,
    invoices_of,
    pay,
    subscription_of,
    sweep,
    verify,
)
from tests.scenarios.wallet_commands import capture, place, release, transfer
from tests.scenarios.world import Step, World, at

CREDITS = 10**6
FEB, MARCH, APRIL = (f"2026-{month:02}-01T12:00:00Z" for month in (2, 3, 4))


@pytest.fixture
def shop(world: World) -> World:
    """A shop of a plan with a limit of 40 credits beyond its 100, for ten dollars."""
    beyond: dict[str, Any] = {"credits_included": 100 * CREDITS, "overage": Overage.PAY_AS_YOU_GO}
    return world.given(
        settings(),
        publish_plan("some", key="some", overage_price=100, overage_limit=40 * CREDITS, **beyond),
        publish_plan("more", 2_000, key="more", overage_price=50, **beyond),
        publish_plan("none", 2_000, key="none", credits_included=100 * CREDITS),
        publish_plan("less", 500, key="less", credits_included=100 * CREDITS),
        publish_plan("euro", 1_000, key="euro", currency="eur", overage_price=90, **beyond),
        publish_plan("terms", 0, key="terms", net_days=30, overage_price=100, **beyond),
        publish_plan("tried", 1_000, key="tried", trial_days=14, overage_price=100, **beyond),
        at(FEB),
    )


@pytest.fixture
def paid(shop: World) -> World:
    """A payer of that plan."""
    shop.given(subscribe("some"))
    pay(shop)
    return shop.then_lots("included 100")


def used(world: World, amount: str, id: str = "use", *, reject: bool = False) -> World:
    """Work was done."""
    return world.given(usage([use(amount, id=id, reject=reject)]))


def bills(world: World) -> list[list[tuple[str, str | None, int]]]:
    """Each invoice by its lines: what made it, of how many credits, and the total."""
    issued = [each.issued for each in invoices_of(world)]
    return [
        [
            (
                line.item.source.value,
                None if line.item.credits is None else format_credits(line.item.credits),
                line.total,
            )
            for line in each.bill.lines
        ]
        for each in issued
        if each is not None
    ]


def names(world: World) -> list[str]:
    """The kinds of the facts of the last `when`."""
    return [type(fact).__name__ for fact in world.facts]


def test_a_line_comes_with_the_payment_of_the_plan(shop: World) -> None:
    shop.given(subscribe("some"))
    shop.when(charge_paid(charges_of(shop)[-1].charge, 1_000)).then_recorded(
        *("PaymentApplied", "InvoicePaid", "WalletOpened", "CreditsGranted", "PeriodPaid"),
        "CreditLineSet",
    )


def test_holds_and_uses_that_may_be_refused_reach_to_the_limit_and_not_beyond(paid: World) -> None:
    paid.when(place("140.000001")).then_refused(InsufficientCredits)
    paid.given(place("130"))
    paid.then_balance("0", held="100")
    refusal = paid.when(usage([use("10.5", id="a", reject=True)])).then_refused(InsufficientCredits)
    assert refusal.facts == {
        "available": "0",
        "required": "10.5",
        "missing": "0.5",
        "credit_line": "40",
        "credit_line_left": "10",
    }
    assert refusal.detail == (
        "0.5 credit are missing beyond the credit line: add credit and send the same again."
    )
    used(paid, "10", "b", reject=True)
    paid.when(place("0.000001", id="i")).then_refused(InsufficientCredits)
    paid.given(capture("140")).then_balance("0", debt="50")
    paid.when(place("1", id="j")).then_refused(InsufficientCredits)


def test_a_hold_on_the_line_gives_back_what_it_took(paid: World) -> None:
    paid.given(place("140"))
    paid.when(place("1", id="i")).then_refused(InsufficientCredits)
    paid.given(release()).then_balance("100")
    paid.given(place("140", id="j", key="j"), capture("120", id="j")).then_balance("0", debt="20")
    paid.given(place("20", id="k")).when(place("1", id="l")).then_refused(InsufficientCredits)


def test_only_work_is_begun_on_a_line(paid: World) -> None:
    paid.when(transfer("101", giver=USER, receiver="bob")).then_refused(InsufficientCredits)


def test_a_plan_that_blocks_refuses_at_zero_as_ever(shop: World) -> None:
    shop.given(subscribe("less"))
    pay(shop)
    refusal = shop.when(place("100.000001")).then_refused(InsufficientCredits)
    assert set(refusal.facts) == {"available", "required", "missing"}
    used(shop, "150").given(at(MARCH))
    sweep(shop)
    assert bills(shop)[-1] == [("subscription", None, 500)]
    pay(shop)
    shop.then_lots("included 50")


def test_next_months_credits_never_pay_last_months_overage(paid: World) -> None:
    used(paid, "112.345").then_balance("0", debt="12.345")
    paid.given(at(MARCH))
    paid.when(advance()).then_recorded(
        *("NumberTaken", "InvoiceDrafted", "InvoiceIssued", "DebtInvoiced"),
        *("PeriodOpened", "PaymentDue", "ChargeAsked"),
    )
    assert bills(paid)[-1] == [("subscription", None, 1_000), ("overage", "12.345", 1)]
    item = invoices_of(paid)[-1].draft.items[1]
    now = subscription_of(paid)
    assert (item.until_us, item.unit_price) == (now.start_us, 10**12)
    pay(paid)
    paid.then_balance("100")
    assert charges_of(paid)[-1].money.amount == 1_001
    assert verify(paid).exit_code == 0


@pytest.mark.parametrize(
    ("beyond", "cents"),
    [
        ("5", 0),  # half a cent, to the even one: nothing, so it stays debt
        ("5.000001", 1),
        ("15", 2),  # a cent and a half
        ("25", 2),  # two and a half
        ("1234.56789", 123),
    ],
)
def test_overage_is_rounded_once_half_even(paid: World, beyond: str, cents: int) -> None:
    used(paid, "100", "all")
    used(paid, beyond)
    paid.given(at(MARCH))
    sweep(paid)
    lines = [("overage", beyond, cents)] if cents else []
    assert bills(paid)[-1] == [("subscription", None, 1_000), *lines]
    paid.then_balance("0", debt="0" if cents else beyond)


def test_overage_is_taxed_as_its_plan(paid: World) -> None:
    paid.given(tax_rates(tax(19, category="saas")))
    used(paid, "1100").given(at(MARCH))
    sweep(paid)
    assert bills(paid)[-1] == [("subscription", None, 1_190), ("overage", "1000", 119)]


def test_who_slept_three_months_is_billed_the_debt_once(paid: World) -> None:
    used(paid, "1100").given(at("2026-05-01T12:00:00Z"))
    assert sweep(paid) == 3
    totals = [sum(total for _, _, total in each) for each in bills(paid)]
    assert totals == [1_000, 1_100, 1_000, 1_000]
    assert verify(paid).exit_code == 0


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ([cancel()], Status.ENDED),
        ([pause()], Status.PAUSED),
        ([cancel(at=When.NOW)], Status.ENDED),
    ],
    ids=("canceled", "paused", "now"),
)
def test_what_ends_bills_what_was_used_and_takes_the_line(
    paid: World, ends: list[Step], status: Status
) -> None:
    used(paid, "1100").given(*ends, at(MARCH))
    sweep(paid)
    assert subscription_of(paid).status is status
    assert bills(paid)[-1] == [("overage", "1000", 100)]
    (owed,) = subscription_of(paid).owed.values()
    assert owed.why is Why.OVERAGE
    paid.then_balance("0")
    paid.when(place("1", id="late")).then_refused(InsufficientCredits)
    pay(paid)
    assert not subscription_of(paid).owed
    assert subscription_of(paid).status is status
    assert verify(paid).exit_code == 0


def test_a_credit_note_of_an_end_takes_back_none_of_what_was_used(paid: World) -> None:
    used(paid, "1100").given(at(MARCH))
    sweep(paid)
    pay(paid)
    paid.given(cancel(at=When.NOW))
    (note,) = next(each.credit_notes for each in invoices_of(paid) if each.credit_notes)
    assert [(each.line, each.total) for each in note.lines] == [(0, 1_000)]


def test_what_a_last_invoice_asks_for_is_asked_for_again(paid: World) -> None:
    used(paid, "1100").given(cancel(at=When.NOW))
    paid.when(charge_failed(charges_of(paid)[-1].charge)).then_recorded("PaymentFailed")
    paid.given(at("2026-02-04T12:00:00Z"))
    assert sweep(paid) == 1
    pay(paid)
    assert not subscription_of(paid).owed
    assert subscription_of(paid).end is End.CANCELED


def test_who_does_not_pay_has_no_line_until_they_do(paid: World) -> None:
    paid.given(at(MARCH))
    sweep(paid)
    used(paid, "1110")
    paid.when(charge_failed(charges_of(paid)[-1].charge, "lost_card"))
    paid.then_recorded("PaymentFailed", "WentPastDue", "CreditLineSet")
    paid.when(place("1")).then_refused(InsufficientCredits)
    (invoice,) = subscription_of(paid).owed
    paid.when(pay_invoice(id=invoice)).then_recorded(
        *("PaymentApplied", "InvoicePaid", "CreditsGranted", "PeriodPaid", "CreditLineSet")
    )
    paid.then_balance("0", debt="910")


def test_what_is_not_paid_ends_with_its_overage_billed(paid: World) -> None:
    paid.given(at(MARCH))
    sweep(paid)
    used(paid, "1200")
    paid.given(charge_failed(charges_of(paid)[-1].charge, "lost_card"))
    paid.given(at("2026-03-15T12:00:00Z"))
    assert sweep(paid) == 1
    assert subscription_of(paid).end is End.NOT_PAID
    assert bills(paid)[-1] == [("overage", "1100", 110)]
    assert sorted(each.why for each in subscription_of(paid).owed.values()) == ["overage", "period"]


def test_other_money_has_an_invoice_of_its_own(paid: World) -> None:
    used(paid, "1100").given(subscribe("euro", key="euros"), at(MARCH))
    sweep(paid)
    assert bills(paid)[1:] == [[("overage", "1000", 100)], [("subscription", None, 1_000)]]
    assert [each.draft.currency for each in invoices_of(paid)] == ["usd", "usd", "eur"]


def test_a_change_to_more_bills_at_the_price_that_is_held_then(paid: World) -> None:
    used(paid, "1100").given(subscribe("more", key="to more"))
    pay(paid)
    paid.given(at(MARCH))
    sweep(paid)
    assert bills(paid)[-1] == [("subscription", None, 2_000), ("overage", "1000", 50)]


def test_a_change_to_what_has_no_overage_bills_what_was_used(paid: World) -> None:
    used(paid, "1100").given(subscribe("none", key="to none"))
    assert bills(paid)[1:] == [[("proration", None, -1_000), ("proration", None, 2_000)]]
    paid.when(charge_paid(charges_of(paid)[-1].charge, 1_000)).then_recorded(
        *("PaymentApplied", "InvoicePaid", "NumberTaken", "InvoiceDrafted", "InvoiceIssued"),
        *("DebtInvoiced", "PaymentDue", "PlanChanged", "ChargeAsked", "CreditLineSet"),
    )
    assert bills(paid)[-1] == [("overage", "1000", 100)]


def test_a_trial_has_no_line_and_bills_nothing(shop: World) -> None:
    shop.given(subscribe("tried", identity="i" * 32))
    shop.when(place("100.1")).then_refused(InsufficientCredits)
    used(shop, "1100").given(at("2026-02-15T12:00:00Z"))
    sweep(shop)
    assert bills(shop) == [[("subscription", None, 1_000)]]


def test_what_is_paid_by_invoice_gives_its_line_at_once(shop: World) -> None:
    shop.given(subscribe("terms", method=None)).then_lots("free 100")
    used(shop, "1100", reject=True).given(at(MARCH))
    sweep(shop)
    assert bills(shop) == [[("subscription", None, 0), ("overage", "1000", 100)]]
    assert not charges_of(shop)
    shop.then_balance("0").given(place("5"), release())
    (invoice,) = subscription_of(shop).owed
    shop.given(pay_invoice(id=invoice))
    shop.then_lots("free 100")
    assert verify(shop).exit_code == 0


def test_an_invoice_that_is_void_leaves_the_debt_to_the_wallet(paid: World) -> None:
    used(paid, "1100").given(at(MARCH))
    sweep(paid)
    (invoice,) = subscription_of(paid).owed
    paid.given(deposit("300", key="bought"), charge_failed(charges_of(paid)[-1].charge))
    paid.when(void(invoice)).then_recorded(
        *("InvoiceVoided", "DebtRestored", "HalfOfLimitReached", "CreditLineSet"), "PaymentFailed"
    )
    paid.then_balance("0", debt="700").given(at(APRIL))
    sweep(paid)
    assert bills(paid)[-1] == [("subscription", None, 1_000), ("overage", "700", 70)]
    assert verify(paid).exit_code == 0


def test_a_credit_note_forgives_what_was_used(paid: World) -> None:
    used(paid, "1100").given(at(MARCH))
    sweep(paid)
    (invoice,) = subscription_of(paid).owed
    paid.when(credit({1: 100}, id=invoice))
    paid.then_recorded("NumberBookOpened", "NumberTaken", "CreditNoteIssued")
    paid.then_balance("0")


def test_twins_open_a_period_and_bill_its_overage_once(paid: World) -> None:
    used(paid, "1100").given(at(MARCH))
    other = paid.another_process()
    paid.when_together(advance(), advance(), usage([use("3", id="late")]))
    assert names(paid).count("DebtInvoiced") == 1
    paid.then_balance("0", debt="3")
    paid.group_commit = other
    assert sweep(paid) == 0
    assert verify(paid).exit_code == 0


def test_a_hold_of_a_line_that_went_away_is_captured_and_its_debt_waits(paid: World) -> None:
    paid.given(place("140"), cancel(at=When.NOW))
    paid.when(place("1", id="i")).then_refused(InsufficientCredits)
    paid.given(capture("140")).then_balance("0", debt="40")
    assert len(bills(paid)) == 1
    paid.given(subscribe("some", key="again"))
    pay(paid)
    paid.then_lots("included 60")


def test_holds_and_the_end_of_the_line_at_once_are_one_after_the_other(paid: World) -> None:
    paid.when_together(
        *(place("70", id="first"), place("60", id="second"), cancel(at=When.NOW)),
        *(place("10", id="third"), capture("70", id="first"), capture("60", id="second")),
    )
    assert [type(each) for each in paid.refusals] == [InsufficientCredits]
    paid.then_balance("0", debt="30")
    assert verify(paid).exit_code == 0


def test_resumed_after_a_pause_it_has_its_line_again(paid: World) -> None:
    paid.given(pause(), at(MARCH))
    sweep(paid)
    paid.when(place("200.1")).then_refused(InsufficientCredits)
    paid.given(resume())
    pay(paid)
    paid.given(place("240"))

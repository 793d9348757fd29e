"""Money of a subscription that goes back at its provider goes back here, once, with what is left of
its credits; and what a bank asks back is put aside until that has decided."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from ledger.invoices.invoice_base import InvoiceState, Method
from ledger.invoices.receivables import receivables_of
from ledger.kernel.errors import Conflict, Invalid, NotFound, Suspended
from ledger.kernel.report import Report
from ledger.purchases.inspection import PurchaseInspection
from ledger.purchases.money_moves import moved_by
from ledger.purchases.movement_inspection import MovementInspection
from ledger.purchases.notice import (
    DisputeChanged,
    DisputeState,
    Happening,
    RefundChanged,
    RefundState,
)
from ledger.subscriptions.changes import When
from tests.scenarios.commands import usage, use
from tests.scenarios.invoice_commands import credit, draft, issue, item
from tests.scenarios.invoice_commands import pay as pay_by
from tests.scenarios.invoices.folding import books_of, invoice_of
from tests.scenarios.mirrored_subscription import billed, mirrored
from tests.scenarios.purchase_commands import booking
from tests.scenarios.return_commands import asked_back, came, keep_fees, returned, tell
from tests.scenarios.subscription_commands import cancel, publish_plan, subscribe
from tests.scenarios.subscriptions.folding import charges_of, every, pay, sweep
from tests.scenarios.wallet_commands import place
from tests.scenarios.world import World, at

CREDITS = "included 50000"
BOOKS = ("Assets:Processor:stripe", "Assets:Receivable:Invoices", "Assets:Disputed")


def invoice(world: World) -> str:
    """The invoice of the last charge."""
    return charges_of(world)[-1].invoice


def payment(world: World) -> str:
    """What paid it."""
    return f"pi {charges_of(world)[-1].charge}"


def refund(world: World, amount: int = 2_000, state: str = "paid", **said: str) -> RefundChanged:
    """Money of it that went back."""
    return returned(amount, state, payment=payment(world), **said)


def dispute(world: World, state: str = "open", amount: int = 2_000) -> DisputeChanged:
    """Money of it that is asked back."""
    return asked_back(state, amount, payment=payment(world))


def look(world: World) -> InvoiceState:
    """The invoice as it is."""
    return invoice_of(world, invoice(world))


def journal(world: World) -> dict[str, int]:
    """What the journal says: of money that moved, else of invoices."""
    sums = Counter[str](books_of(world))
    for _, fact in every(world):
        moved = moved_by(fact)
        for each in moved.postings if moved and type(fact).__name__ != "PaymentApplied" else ():
            sums[each.account] += each.amount
    assert sum(sums.values()) == 0
    owed = sum(each.amount for _, fact in every(world) for each in receivables_of(fact))
    assert owed == sums["Assets:Receivable:Invoices"]
    return {name: amount for name, amount in sums.items() if amount and name in BOOKS}


def checked(world: World) -> int:
    """What verification says of what moved."""
    report = Report()
    for kind in (PurchaseInspection, MovementInspection):
        inspection = kind(report)
        for event, fact in every(world):
            inspection.see(event, fact)
        inspection.end(None, None, lambda org: True)  # type: ignore[arg-type]  # asks neither
    return report.exit_code


def test_all_of_it_that_went_back_takes_the_invoice_and_its_credits_back(paid: World) -> None:
    paid.when(tell(invoice(paid), refund(paid)))
    paid.then_recorded(
        *("PaymentRefunded", "CreditsTakenBack"),
        *("NumberBookOpened", "NumberTaken", "CreditNoteIssued"),
    )
    paid.then_balance("0")
    state = look(paid)
    assert (state.refunded, state.credited, state.left, state.overdrawn) == (2_000, 2_000, 0, 0)
    assert journal(paid) == {}
    paid.when(tell(invoice(paid), refund(paid))).then_nothing_recorded()
    assert checked(paid) == 0


def test_a_part_takes_its_share(paid: World) -> None:
    paid.given(tell(invoice(paid), refund(paid, 500)))
    paid.then_lots("included 37500")
    paid.given(tell(invoice(paid), refund(paid, 500), refund(paid, 700, number="re_2")))
    paid.then_lots("included 20000")
    assert journal(paid) == {"Assets:Processor:stripe": 800}
    assert [each.total for each in look(paid).credit_notes] == [500, 700]


def test_what_was_used_stays_used_and_leaves_no_debt(paid: World) -> None:
    paid.given(usage([use("45000", id="most")]), tell(invoice(paid), refund(paid)))
    paid.then_balance("0").given(tell(invoice(paid), refund(paid)))
    assert checked(paid) == 0


def test_what_was_owed_to_the_payer_needs_no_second_credit_note(paid: World) -> None:
    paid.given(at("2026-02-15T12:00:00Z"), cancel(at=When.NOW))
    owed = look(paid).credited
    assert 0 < owed < 2_000
    paid.when(tell(invoice(paid), refund(paid, owed)))
    paid.then_recorded("PaymentRefunded", "CreditsTakenBack")
    assert journal(paid) == {"Assets:Processor:stripe": 2_000 - owed}
    paid.given(tell(invoice(paid), refund(paid, 2_000 - owed, number="re_2")))
    assert [each.total for each in look(paid).credit_notes] == [owed, 2_000 - owed]
    assert journal(paid) == {}


def test_one_that_comes_back_is_owed_to_the_payer_with_its_credits(paid: World) -> None:
    paid.given(tell(invoice(paid), refund(paid)))
    paid.when(tell(invoice(paid), refund(paid, state="failed")))
    paid.then_recorded("PaymentRefundFailed", "CreditsRestored").then_lots(CREDITS)
    assert journal(paid) == {
        "Assets:Processor:stripe": 2_000,
        "Assets:Receivable:Invoices": -2_000,
    }
    for state in ("paid", "failed", "pending"):
        paid.when(tell(invoice(paid), refund(paid, state=state))).then_nothing_recorded()
    assert checked(paid) == 0


def test_a_credit_note_with_money_back_asks_for_it(paid: World) -> None:
    name = invoice(paid)
    paid.when(credit(500, id=name, refund=Method.STRIPE))
    paid.then_recorded("NumberBookOpened", "NumberTaken", "CreditNoteIssued")
    (asked,) = look(paid).refunds
    assert (asked.id, asked.payment, asked.amount, asked.state) == (
        *("cn", payment(paid), 500),
        RefundState.PENDING,
    )
    owed = {"Assets:Processor:stripe": 2_000, "Assets:Receivable:Invoices": -500}
    assert journal(paid) == owed
    paid.given(tell(name, refund(paid, 500, "pending", asked="cn")))
    assert journal(paid) == owed
    paid.when(tell(name, refund(paid, 500, asked="cn")))
    paid.then_recorded("PaymentRefunded", "CreditsTakenBack").then_lots("included 37500")
    assert journal(paid) == {"Assets:Processor:stripe": 1_500}
    assert look(paid).refunds[0].number == "re_1"
    paid.when(tell(name, refund(paid, 500))).then_nothing_recorded()


def test_one_that_the_provider_refuses_leaves_it_owed(paid: World) -> None:
    name = invoice(paid)
    paid.given(credit(500, id=name, refund=Method.STRIPE))
    refused = refund(paid, 500, "failed", number="", asked="cn")
    paid.when(tell(name, refused)).then_recorded("PaymentRefundFailed")
    assert journal(paid)["Assets:Receivable:Invoices"] == -500
    paid.when(tell(name, refused)).then_nothing_recorded()
    paid.then_lots(CREDITS)


def test_no_more_is_asked_back_than_was_paid_there(paid: World) -> None:
    name = invoice(paid)
    paid.given(tell(name, refund(paid, 1_900)))
    paid.when(credit(200, id=name, refund=Method.STRIPE)).then_refused(Invalid, field="amount")
    paid.given(credit(100, id=name, note="last", refund=Method.STRIPE))
    paid.given(draft(item(100)), issue(), pay_by(reference="wire"))
    paid.when(credit(100, refund=Method.STRIPE)).then_refused(Invalid, field="refund.method")


def test_what_is_disputed_is_not_asked_back(paid: World) -> None:
    name = invoice(paid)
    paid.given(tell(name, dispute(paid)))
    paid.when(credit(5, id=name, refund=Method.STRIPE)).then_refused(Conflict, field="refund")
    paid.given(tell(name, dispute(paid, "won")), credit(5, id=name, refund=Method.STRIPE))


def test_a_dispute_puts_the_money_aside_and_suspends_the_wallet(paid: World) -> None:
    paid.given(usage([use("10000", id="some")]))
    paid.when(tell(invoice(paid), dispute(paid)))
    paid.then_recorded("PaymentDisputed", "CreditsTakenBack", "WalletSuspended")
    paid.then_balance("0").when(place("1")).then_refused(Suspended)
    assert journal(paid) == {"Assets:Disputed": 2_000}
    paid.when(tell(invoice(paid), dispute(paid, "won")))
    paid.then_recorded("PaymentDisputeWon", "CreditsRestored", "WalletResumed")
    paid.then_lots("included 40000")
    assert journal(paid) == {"Assets:Processor:stripe": 2_000}
    assert checked(paid) == 0


def test_one_that_is_lost_takes_what_was_left_and_the_wallet_goes_on(paid: World) -> None:
    paid.given(tell(invoice(paid), dispute(paid, "lost")))
    assert [each.state for each in look(paid).disputes] == [DisputeState.LOST]
    assert journal(paid) == {}
    assert look(paid).left == 0
    paid.given(at("2026-03-01T12:00:00Z"))
    sweep(paid)
    pay(paid)
    paid.then_lots(CREDITS)
    paid.given(place("1"))
    assert checked(paid) == 0


@pytest.mark.parametrize("seed", range(20))
def test_any_order_and_number_gives_the_same_end(paid: World, seed: int) -> None:
    draw = random.Random(seed)
    decided = dispute(paid, draw.choice(["won", "lost"]), 1_300)
    told: list[Happening] = [
        *(refund(paid, 300, state) for state in ("pending", "paid", "failed")),
        *(refund(paid, 400, state, number="re_2") for state in ("pending", "paid")),
        dispute(paid, amount=1_300),
        decided,
    ]
    order = draw.sample(told, k=len(told)) + draw.sample(told, k=4)
    if draw.random() < 0.5:
        paid.given(*(tell(invoice(paid), each) for each in order))
    else:
        paid.given(tell(invoice(paid), *order))
    paid.given(*(tell(invoice(paid), each) for each in told))
    state, money = look(paid), journal(paid)
    assert (state.refunded, money.get("Assets:Disputed", 0)) == (400, 0)
    assert money["Assets:Processor:stripe"] == (
        300 if decided.state is DisputeState.LOST else 1_600
    )
    assert [each.state for each in state.disputes] == [decided.state]
    taken = sum(each.amount for refund in state.refunds for each in refund.taken.parts)
    assert taken == 10_000 * 10**6
    assert checked(paid) == 0


def test_money_that_is_not_known_here_yet_comes_with_what_became_of_it(shop: World) -> None:
    shop.given(subscribe())
    name, charge = invoice(shop), charges_of(shop)[-1].charge
    with_it = came(2_000, payment=payment(shop))
    shop.given(tell(name, with_it, refund(shop, 500), dispute(shop, amount=100), charge=charge))
    assert (look(shop).paid, look(shop).refunded) == (2_000, 500)
    shop.then_lots("included 35000")
    shop.when(tell(name, with_it, refund(shop, 500), charge=charge)).then_nothing_recorded()


def test_what_is_of_another_payment_or_money_is_refused(paid: World) -> None:
    name = invoice(paid)
    for told in (returned(5, payment="pi_other"), asked_back(payment="pi_other")):
        paid.when(tell(name, told)).then_refused(Conflict, field="payment")
    paid.when(tell(name, refund(paid, 5, currency="eur"))).then_refused(Conflict, field="money")
    foreign = asked_back(payment=payment(paid), currency="eur")
    paid.when(tell(name, foreign)).then_refused(Conflict, field="money")
    paid.given(tell(name, refund(paid, 5)))
    paid.when(tell(name, refund(paid, 6))).then_refused(Conflict, field="money")
    paid.when(tell("none", refund(paid, 5))).then_refused(NotFound, field="id")


def test_a_fee_is_recorded_once_and_of_what_was_paid(paid: World) -> None:
    fee = booking(of=payment(paid))
    paid.when(keep_fees(invoice(paid), fee, fee)).then_recorded("PaymentFeeRecorded")
    assert journal(paid) == {"Assets:Processor:stripe": 2_000 - 88}
    paid.when(keep_fees(invoice(paid), fee)).then_nothing_recorded()
    paid.given(draft(item(100)), issue())
    paid.when(keep_fees("inv", booking("txn_2"))).then_refused(Conflict, field="id")
    assert checked(paid) == 0


def test_an_invoice_that_a_person_has_said_to_be_paid_there_is_like_any(paid: World) -> None:
    paid.given(draft(item(900)), issue(), pay_by(method=Method.STRIPE, reference="pi_hand"))
    paid.when(tell("inv", returned(900, payment="pi_hand")))
    paid.then_recorded("PaymentRefunded", "NumberBookOpened", "NumberTaken", "CreditNoteIssued")
    paid.then_lots(CREDITS)


def test_money_of_what_the_provider_runs_goes_back_too(shop: World) -> None:
    sold = publish_plan(
        *("sold", 2_000),
        key="sold",
        credits_included=50_000 * 10**6,
        stripe_price_id="price_pro",
    )
    told = (returned(500, payment="pi_2"), asked_back(payment="pi_2", amount=1_500))
    first = mirrored(billed(2))
    shop.given(sold, first.with_returns("in_2", told))
    state = invoice_of(shop, "in_2")
    assert (state.refunded, len(state.disputes)) == (500, 1)
    shop.then_balance("0")
    shop.when(first.with_returns("in_2", told)).then_nothing_recorded()
    won = asked_back("won", payment="pi_2", amount=1_500)
    shop.given(first.with_returns("in_2", (won,))).then_lots("included 37500")
    before = returned(500, payment="pi_1")
    shop.given(at("2026-03-01T12:00:00Z"))
    shop.when(mirrored(billed(1), billed(2)).with_returns("in_1", (before,)))
    shop.then_nothing_recorded()
    assert checked(shop) == 0

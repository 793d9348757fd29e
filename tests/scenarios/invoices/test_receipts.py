"""Receipts: a purchase that is paid has an invoice in the same commit, a refund a credit note."""

from __future__ import annotations

from collections import Counter

import pytest

from ledger.invoices.invoice_base import Method, Status
from ledger.invoices.item import Source
from ledger.kernel.errors import Conflict
from ledger.purchases.money_moves import moved_by
from tests.scenarios.invoice_commands import credit, payer, settings, tax, tax_rates
from tests.scenarios.invoices.folding import books_of, every, invoice_of, numbers_of, verify
from tests.scenarios.purchase_commands import (
    confirm,
    disputed,
    paid,
    policy,
    refund,
    refunded,
    start,
    told,
)
from tests.scenarios.world import World

RECEIPT = "receipt-p"


@pytest.fixture
def shop(world: World) -> World:
    """An org with receipts, where 19 % are within what is paid."""
    return world.given(settings(), tax_rates(tax(19)), payer())


def money_of(world: World) -> Counter[str]:
    """What the accounts of money hold, of invoices and of purchases together."""
    sums = Counter(books_of(world))
    for _, fact in every(world):
        moved = moved_by(fact)
        for posting in moved.postings if moved else ():
            sums[posting.account] += posting.amount
    return Counter({account: amount for account, amount in sums.items() if amount})


def test_a_purchase_has_its_receipt_in_the_same_commit(shop: World) -> None:
    shop.given(start()).when(told(paid(), notice="evt_1"))
    shop.then_recorded(
        *("BuyerOpened", "PurchaseCounted"),
        *("PurchasePaid", "NumberBookOpened", "NumberTaken", "InvoiceDrafted", "InvoiceIssued"),
        *("PaymentApplied", "InvoicePaid", "WalletOpened", "CreditsDeposited"),
    )
    found = invoice_of(shop, RECEIPT)
    assert found.issued is not None
    (line,) = found.issued.bill.lines
    # 20.00 * 19 / 119 = 3.19
    assert (found.status, line.total, line.tax, line.amount) == (Status.PAID, 2_000, 319, 1_681)
    assert (line.item.source, line.item.of, line.item.credits) == (
        *(Source.PURCHASE, "p", 21_000_000_000),
    )
    (payment,) = found.payments
    assert (payment.method, payment.reference) == (Method.PURCHASE, "pi_1")
    assert money_of(shop) == {
        "Assets:Processor:stripe": 2_000,
        "Liabilities:Deferred:Purchases": -1_681,
        "Liabilities:Tax": -319,
    }
    shop.when(told(paid(), notice="evt_1"), told(paid(), notice="evt_2")).then_nothing_recorded()


def test_a_bank_transfer_has_its_reference_on_the_receipt(shop: World) -> None:
    shop.given(start(provider="manual"), confirm("wire 7", paid="2026-01-31T00:00:00Z"))
    (payment,) = invoice_of(shop, RECEIPT).payments
    assert (payment.reference, payment.paid_us is not None) == ("wire 7", True)


def test_without_settings_or_where_the_org_wants_none_there_is_none(world: World) -> None:
    world.given(start(), told(paid()))
    world.given(settings(has_receipts=False), start(id="q"), told(paid(payment="pi_2"), id="q"))
    world.given(settings("on"), told(refunded(2_000), notice="evt_9"))
    assert numbers_of(world) == []


def test_a_refund_has_a_credit_note_with_the_shares_of_the_receipt(shop: World) -> None:
    shop.given(start(), told(paid()), refund(500, name="a"), refund(1_500, name="b"))
    assert invoice_of(shop, RECEIPT).credit_notes == []
    shop.given(told(refunded(500, asked="a")), told(refunded(1_500, number="re_2", asked="b")))
    first, second = invoice_of(shop, RECEIPT).credit_notes
    # 3.19 * 5 / 20 = 0.7975, so 0.80; the rest has what is left: 2.39.
    assert [(each.total, each.tax, each.number) for each in (first, second)] == [
        (500, 80, "CN-2026-000001"),
        (1_500, 239, "CN-2026-000002"),
    ]
    assert money_of(shop) == {}
    shop.when(credit(id=RECEIPT)).then_refused(Conflict, field="id")


def test_money_that_goes_back_at_the_providers_has_one_too(shop: World) -> None:
    shop.given(start(), told(paid()), told(refunded(2_000), notice="evt_1"))
    (note,) = invoice_of(shop, RECEIPT).credit_notes
    assert (note.total, note.tax) == (2_000, 319)
    assert money_of(shop) == {}


def test_money_that_comes_again_has_a_receipt_again(shop: World) -> None:
    shop.given(start(), told(paid()), refund(name="rf"), told(refunded(2_000, asked="rf")))
    shop.given(told(refunded(2_000, "failed", asked="rf")))
    assert invoice_of(shop, f"{RECEIPT}-rf").total == 2_000
    shop.given(refund(name="again"), told(refunded(2_000, number="re_2", asked="again")))
    (note,) = invoice_of(shop, f"{RECEIPT}-rf").credit_notes
    assert note.total == 2_000
    assert money_of(shop) == {}
    assert numbers_of(shop) == [
        *("INV-2026-000001", "CN-2026-000001", "INV-2026-000002", "CN-2026-000002"),
    ]


def test_what_is_held_back_and_what_is_disputed_keep_their_receipt(shop: World) -> None:
    shop.given(policy(hourly=0, holds_back=True), start(), told(paid()), told(disputed("lost")))
    assert invoice_of(shop, RECEIPT).status is Status.PAID
    assert verify(shop).exit_code == 0

"""An order has its invoice in the commit that confirms it, and credit notes of all that goes back:
with the shares that it was agreed with, to the cent, in its own books and the accountants'."""

from __future__ import annotations

import random
from collections import Counter

import msgspec
import pytest

from api.commands.ordering.fees import RecordOrderFees
from ledger.invoices.billed_lines import billed_by
from ledger.invoices.invoice_base import Method, Status
from ledger.invoices.item import ONE
from ledger.invoices.payer import address_in
from ledger.invoices.tax_rates import AppliedTax
from ledger.kernel.errors import Conflict
from ledger.ordering.invoice_inspection import OrderInvoiceInspection
from ledger.ordering.line_moves import line_moves_of
from ledger.ordering.order_refunds import OrderRefundPaid
from ledger.ordering.refund_shares import AskedLine
from ledger.pricing.shipping_method import ShippingMethod
from ledger.purchases.booking import Booking
from ledger.purchases.money_moves import moved_by
from ledger.purchases.notice import DisputeState, Money, RefundState
from ledger.purchases.purchase_base import MANUAL
from tests.scenarios.commands import ACTOR, ORG
from tests.scenarios.invoice_commands import credit, payer, settings
from tests.scenarios.invoices.folding import books_of, every, invoice_of, numbers_of
from tests.scenarios.order_commands import (
    cancel,
    disputed,
    order_id,
    paid,
    place,
    refund,
    refund_told,
    sent_back,
    terms,
    transferred,
    verify,
)
from tests.scenarios.promotion_commands import publish_promotion
from tests.scenarios.world import World

INVOICE = f"order-{order_id()}"
PARCEL = ShippingMethod(id="parcel", name="Parcel", currency="usd", amount=500)
ON_TOP = AppliedTax(name="VAT", country="DE", category="standard", rate=190_000, org=ORG, version=1)
WITHIN = msgspec.structs.replace(ON_TOP, is_included=True)

AGREED = terms(
    ("FILE", 3, 1_000),
    ("SONG", 1, 333),
    off=[("spring", 1_000)],
    sent=PARCEL,
    tax=lambda item: ON_TOP,
)
"""3,000 and 333 less 10 %: 2,700 and 300 with 513 and 57 of tax, and 500 with 95 for the parcel."""


@pytest.fixture
def shop(world: World) -> World:
    """An org with invoices and a promotion."""
    return world.given(settings(), publish_promotion("spring", key="spring", bps=1_000))


def money_of(world: World) -> dict[str, int]:
    """What the accounts hold of what invoices and orders have booked."""
    sums = Counter(books_of(world))
    for _, fact in every(world):
        moved = moved_by(fact)
        for posting in moved.postings if moved else ():
            sums[posting.account] += posting.amount
    return {account: amount for account, amount in sums.items() if amount}


def brought(world: World) -> tuple[int, int]:
    """What the analysts' lines of orders come to without tax, and their tax."""
    moves = [each for _, fact in every(world) for each in line_moves_of(fact)]
    for each in moves:
        assert each.subtotal - each.discount == each.amount
        assert each.amount + each.tax == each.total
    return sum(each.amount for each in moves), sum(each.tax for each in moves)


def billed(world: World) -> tuple[int, int]:
    """The same of the lines of invoices."""
    lines = [each for _, fact in every(world) for each in billed_by(fact)]
    return sum(each.net for each in lines), sum(each.tax for each in lines)


def then_all_agrees(world: World) -> None:
    """Orders, invoices, analysts and the journal say the same, and so does verification."""
    report = verify(world)
    inspection = OrderInvoiceInspection(report)
    for event, fact in every(world):
        inspection.see(event, fact)
    inspection.end(None, None, lambda org: True)  # type: ignore[arg-type]  # asks neither
    assert report.exit_code == 0, str([each.first for each in report.checks.values()])
    net, tax = billed(world)
    books = money_of(world)
    assert (-books.get("Income:Orders", 0), -books.get("Liabilities:Tax", 0)) == (net, tax)
    assert "Assets:Receivable:Invoices" not in books
    assert sum(brought(world)) == net + tax


def test_an_order_has_its_invoice_in_the_commit_that_confirms_it(shop: World) -> None:
    shop.given(place(agreed=AGREED)).when(paid(amount=AGREED.to_pay))
    shop.then_recorded(
        *("OrderPaid", "NumberBookOpened", "NumberTaken", "OrderConfirmed"),
        *("NumberBookOpened", "NumberTaken", "InvoiceDrafted", "InvoiceIssued"),
        *("PaymentApplied", "InvoicePaid"),
    )
    found = invoice_of(shop, INVOICE)
    assert found.issued is not None
    bill = found.issued.bill
    assert (found.status, bill.total, found.draft.reference) == (
        *(Status.PAID, AGREED.to_pay, "ORD-2026-00001"),
    )
    assert [(e.amount, e.discount, e.tax, e.total) for e in bill.lines] == [
        (3_000, 300, 513, 3_213),
        (333, 33, 57, 357),
        (500, 0, 95, 595),
    ]
    assert [(e.item.text, e.item.quantity // ONE, e.item.of) for e in bill.lines] == [
        ("FILE", 3, f"{order_id()}/1"),
        ("SONG", 1, f"{order_id()}/2"),
        ("Parcel", 1, f"{order_id()}/3"),
    ]
    assert [(each.name, each.amount) for each in bill.discounts] == [("spring", 333)]
    (payment,) = found.payments
    assert (payment.method, payment.reference) == (Method.ORDER, "pi_1")
    assert money_of(shop) == {
        "Assets:Processor:stripe": 4_165,
        "Income:Orders": -3_500,
        "Liabilities:Tax": -665,
    }
    assert brought(shop) == billed(shop) == (3_500, 665)
    then_all_agrees(shop)


def test_prices_with_tax_within_them_are_told_without_it_and_come_to_the_same(shop: World) -> None:
    agreed = terms(("FILE", 1, 1_999), off=[("spring", 1_000)], tax=lambda item: WITHIN)
    shop.given(place(agreed=agreed), paid(amount=agreed.to_pay))
    issued = invoice_of(shop, INVOICE).issued
    assert issued is not None
    (line,) = issued.bill.lines
    # 1,999 less 200 is 1,799, of which 1,799 * 19 / 119 = 287 are tax; 200 / 1.19 = 168.
    assert (line.amount, line.discount, line.tax, line.total) == (1_680, 168, 287, 1_799)
    assert brought(shop) == billed(shop) == (1_512, 287)
    then_all_agrees(shop)


def test_what_goes_back_has_credit_notes_with_the_shares_of_its_lines(shop: World) -> None:
    shop.given(place(agreed=AGREED), paid(amount=AGREED.to_pay))
    shop.given(refund(1, AskedLine(1, units=1), AskedLine(3), id="ref_a"), refund(1, id="ref_b"))
    assert invoice_of(shop, INVOICE).credit_notes == []
    shop.given(refund_told(1, "ref_a", 1_071 + 595))
    (note,) = invoice_of(shop, INVOICE).credit_notes
    taken = [(each.line, each.total, each.tax) for each in note.lines]
    assert taken == [(0, 1_071, 171), (2, 595, 95)]
    then_all_agrees(shop)
    assert brought(shop) == billed(shop)
    shop.given(refund_told(1, "ref_b", 2_142 + 357))
    assert [each.total for each in invoice_of(shop, INVOICE).credit_notes] == [1_666, 2_499]
    assert (money_of(shop), brought(shop)) == ({}, (0, 0))
    assert numbers_of(shop)[-2:] == ["CN-2026-000001", "CN-2026-000002"]
    then_all_agrees(shop)
    shop.when(credit(id=INVOICE)).then_refused(Conflict, field="id")


def test_money_that_comes_again_is_billed_again_and_can_go_back_again(shop: World) -> None:
    shop.given(place(agreed=AGREED), paid(amount=AGREED.to_pay))
    shop.given(refund(1, amount=1_000, id="ref_a"), refund_told(1, "ref_a", 1_000))
    shop.given(refund_told(1, "ref_a", 1_000, RefundState.FAILED))
    again = invoice_of(shop, f"{INVOICE}-ref_a")
    (note,) = invoice_of(shop, INVOICE).credit_notes
    assert again.issued is not None
    assert (again.total, again.issued.bill.tax) == (note.total, note.tax) == (1_000, note.tax)
    then_all_agrees(shop)
    shop.given(refund(1, id="ref_b"), refund_told(1, "ref_b", AGREED.to_pay))
    both = [invoice_of(shop, name) for name in (INVOICE, f"{INVOICE}-ref_a")]
    assert [len(each.credit_notes) for each in both] == [2, 1]
    assert [each.credited for each in both] == [each.total for each in both]
    assert money_of(shop) == {}
    then_all_agrees(shop)


def test_without_settings_without_receipts_and_without_a_price_there_is_none(world: World) -> None:
    world.given(place(1), paid(1), settings(has_receipts=False), place(2), paid(2))
    world.given(settings("on"), publish_promotion("spring", key="spring", bps=10_000))
    free = terms(("FILE", 1, 5), off=[("spring", 10_000)])
    world.given(place(3, free, provider=None), refund(1), refund_told(1, "ref_1", 1_000))
    assert [each[:3] for each in numbers_of(world)] == ["ORD"] * 3
    assert money_of(world) == {"Assets:Processor:stripe": 1_000, "Income:Orders": -1_000}


def test_a_bank_transfer_and_a_guest_have_one_to_the_addresses_of_the_order(shop: World) -> None:
    contact = (
        '{"billing_address":{"country":"FR","name":"Ada"},"email":"ada@example.com",'
        '"shipping_address":{"country":"DE","name":"Bo"}}'
    )
    shop.given(place(user=None, guest="digest", provider=MANUAL, contact=contact))
    shop.given(transferred(1, "wire 7"))
    found = invoice_of(shop, INVOICE)
    assert found.issued is not None
    assert (found.draft.user, found.payments[0].reference) == (order_id(), "wire 7")
    assert found.issued.payer.address == _contact_of(shop)
    address = address_in(contact)
    assert address is not None
    assert (address.name, address.country, address.email) == ("Ada", "FR", "ada@example.com")
    shop.given(refund(1), sent_back(1, reference="wire 8"))
    (note,) = invoice_of(shop, INVOICE).credit_notes
    assert note.refund is not None
    assert note.refund.reference == "wire 8"
    assert money_of(shop) == {}
    then_all_agrees(shop)


def test_who_owes_the_tax_themselves_is_billed_by_their_details(shop: World) -> None:
    owed = msgspec.structs.replace(ON_TOP, rate=0, is_reverse_charge=True)
    agreed = terms(tax=lambda item: owed)
    shop.given(payer("FR", vat_id=True), place(agreed=agreed, contact='{"email":"a@b.example"}'))
    shop.given(paid())
    issued = invoice_of(shop, INVOICE).issued
    assert issued is not None
    assert issued.payer.address not in (None, _contact_of(shop))
    assert issued.payer.place.has_vat_id


def _contact_of(world: World) -> str | None:
    (placed,) = (fact for _, fact in every(world) if type(fact).__name__ == "OrderPlaced")
    return next(iter(placed.texts("")), None)


def test_money_that_no_order_takes_is_owed_until_it_is_back(shop: World) -> None:
    shop.given(place(), paid(), paid(amount=1_000, payment="pi_twice"))
    assert money_of(shop)["Liabilities:Strays"] == -1_000
    stray = f"{order_id()}-stray-2"
    shop.given(refund_told(1, stray, 1_000, payment="pi_twice"))
    assert invoice_of(shop, INVOICE).credit_notes == []
    assert money_of(shop) == {"Assets:Processor:stripe": 1_000, "Income:Orders": -1_000}
    then_all_agrees(shop)


def test_a_dispute_puts_the_money_aside_and_changes_no_invoice(shop: World) -> None:
    shop.given(place(1), paid(1), place(2), paid(2))
    shop.given(disputed(1, DisputeState.OPEN))
    assert money_of(shop)["Assets:Disputed"] == 1_000
    shop.given(disputed(1, DisputeState.WON))
    won = money_of(shop)
    assert won == {"Assets:Processor:stripe": 2_000, "Income:Orders": -2_000}
    shop.given(disputed(2, DisputeState.LOST), _fee(2, "txn_1", 1_500), _fee(2, "txn_1", 1_500))
    assert money_of(shop) == {
        "Assets:Processor:stripe": 2_000 - 1_000 - 1_500,
        "Expenses:Disputes": 1_000,
        "Expenses:Processing": 1_500,
        "Income:Orders": -2_000,
    }
    shop.given(place(3)).when(_fee(3, "txn_2", 1)).then_refused(Conflict, field="id")
    then_all_agrees(shop)


def _fee(number: int, movement: str, amount: int) -> RecordOrderFees:
    booking = Booking(movement, f"pi_{number}", Money(amount, "usd"), 1)
    return RecordOrderFees(ORG, ACTOR, order_id(number), "stripe", [booking])


def test_a_credit_note_by_hand_leaves_less_to_take_back_and_refuses_no_refund(shop: World) -> None:
    shop.given(place(agreed=AGREED), paid(amount=AGREED.to_pay), credit(165, id=INVOICE))
    shop.given(cancel(), refund_told(1, f"{order_id()}-cancel", AGREED.to_pay))
    found = invoice_of(shop, INVOICE)
    assert [each.total for each in found.credit_notes] == [165, AGREED.to_pay - 165]
    assert found.credited == found.total


@pytest.mark.parametrize("seed", range(12))
def test_however_money_goes_back_and_comes_again_all_agrees(world: World, seed: int) -> None:
    """By a model that knows only what is left: in the end nothing is, and every book is empty."""
    draw = random.Random(seed)
    tax = draw.choice([ON_TOP, WITHIN])
    lines = [(f"S{n}", draw.randint(1, 4), draw.randint(1, 999)) for n in range(3)]
    agreed = terms(*lines, sent=draw.choice([None, PARCEL]), tax=lambda item: tax)
    world.given(settings(), place(agreed=agreed), paid(amount=agreed.to_pay))
    left, number, waiting, back = agreed.to_pay, 0, dict[str, int](), dict[str, int]()
    while left or waiting or back:
        what = draw.choice(["ask", "ask", "pay", "pay", "fail", "fail back"])
        if number > 20:
            what, back = ("pay" if waiting else "ask"), {}
        if what == "ask" and left:
            number += 1
            name, amount = f"ref_{number}", left if number > 20 else draw.randint(1, left)
            world.given(refund(1, id=name, amount=amount))
            left, waiting[name] = left - amount, amount
        elif what in ("pay", "fail") and waiting:
            name, amount = waiting.popitem()
            state = RefundState.PAID if what == "pay" else RefundState.FAILED
            world.given(refund_told(1, name, amount, state))
            if what == "pay":
                back[name] = amount
            else:
                left += amount
        elif what == "fail back" and back:
            name, amount = back.popitem()
            world.given(refund_told(1, name, amount, RefundState.FAILED))
            left += amount
    assert sum(f.money.amount for _, f in every(world) if isinstance(f, OrderRefundPaid)) >= left
    assert (money_of(world), brought(world)) == ({}, (0, 0))
    then_all_agrees(world)

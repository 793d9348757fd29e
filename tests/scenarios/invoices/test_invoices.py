"""Invoices: drafted, issued under a number, paid in parts, taken back, void or written off."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.invoices.invoice_base import Method, Status
from ledger.invoices.item import Discount, Source
from ledger.kernel.errors import Conflict, Invalid, KeyReused, NotFound
from tests.scenarios.commands import us
from tests.scenarios.invoice_commands import (
    change,
    credit,
    draft,
    issue,
    item,
    numbers,
    pay,
    payer,
    settings,
    tax,
    tax_rates,
    void,
    write_off,
)
from tests.scenarios.invoices.folding import books_of, invoice_of, numbers_of
from tests.scenarios.world import World, at


@pytest.fixture
def ready(world: World) -> World:
    """An org that can issue invoices."""
    return world.given(settings())


@pytest.fixture
def issued(ready: World) -> World:
    """An invoice over 119.00, of which 19.00 are tax."""
    ready.given(tax_rates(tax(19)), draft(item(10_000)))
    return ready.given(issue())


def test_a_draft_changes_until_it_is_issued(ready: World) -> None:
    ready.when(draft(item(100))).then_recorded("InvoiceDrafted")
    ready.when(change(item(250), net_days=3)).then_recorded("DraftChanged")
    ready.when(issue()).then_recorded("NumberBookOpened", "NumberTaken", "InvoiceIssued")
    found = invoice_of(ready)
    assert found.issued is not None
    assert (found.status, found.total, found.left) == (Status.OPEN, 250, 250)
    assert found.issued.number == "INV-2026-000001"
    assert found.issued.due_us == us("2026-02-04T12:00:00Z")
    ready.when(change(item(1), key="late")).then_refused(Conflict, field="id")
    ready.when(issue(key="again")).then_refused(Conflict, field="id")
    ready.when(draft(item(1), key="same id")).then_refused(Conflict, field="invoice")


def test_nothing_is_issued_without_settings(world: World) -> None:
    world.given(draft(item(100))).when(issue()).then_refused(Conflict)
    world.then_nothing_recorded()


def test_what_a_draft_says_is_checked(ready: World) -> None:
    ready.when(draft(item(1, text=""))).then_refused(Invalid, field="items.0.text")
    ready.given(draft(item(-1))).when(issue()).then_refused(Invalid, field="items")
    assert numbers_of(ready) == []
    ready.given(draft(*[item(2**54)] * 250, id="large"))
    ready.given(tax_rates(tax(100))).when(issue("large"))
    ready.then_recorded("NumberBookOpened", "NumberTaken", "InvoiceIssued")


def test_a_refused_issue_takes_no_number(ready: World) -> None:
    ready.given(draft(item(1)), draft(item(-1), id="back"), draft(item(2), id="third"))
    ready.when_together(issue(), issue("back"), issue("third"))
    ready.then_refused(Invalid, field="items")
    assert numbers_of(ready) == ["INV-2026-000001", "INV-2026-000002"]


def test_numbers_begin_again_each_year_or_never(ready: World) -> None:
    ready.given(draft(item(1), id="a"), draft(item(1), id="b"), draft(item(1), id="c"))
    ready.given(issue("a"), at("2026-12-31T23:59:59.999999Z"), issue("b"))
    ready.given(at("2027-01-01T00:00:00Z"), issue("c"))
    ready.given(settings("on", invoices=numbers("R{number}", 900, yearly=False)))
    ready.given(draft(item(1), id="d"), issue("d"), at("2028-01-01T00:00:00Z"))
    ready.given(draft(item(1), id="e"), issue("e"))
    assert numbers_of(ready) == [
        *("INV-2026-000001", "INV-2026-000002", "INV-2027-000001", "R2", "R3")
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"invoices": numbers("INV-{number}")}, "invoice_numbers.format"),
        ({"invoices": numbers("INV-{year}")}, "invoice_numbers.format"),
        ({"invoices": numbers("{year}{number}")}, "invoice_numbers.format"),
        ({"invoices": numbers("{year}-1{number}")}, "invoice_numbers.format"),
        ({"invoices": numbers("{year}-{number}-{number}")}, "invoice_numbers.format"),
        ({"invoices": numbers("{year}-{number}-{x}")}, "invoice_numbers.format"),
        ({"invoices": numbers("{year}-{number:06d}")}, "invoice_numbers.format"),
        ({"invoices": numbers("{year}-{number}" + "x" * 60)}, "invoice_numbers.format"),
        ({"invoices": numbers("{year}-{number}", 0)}, "invoice_numbers.start"),
        ({"credit_notes": numbers("INV-{year}-{number:06}")}, "credit_note_numbers"),
        ({"net_days": -1}, "net_days"),
        ({"net_days": 366}, "net_days"),
        ({"language": "english"}, "language"),
    ],
)
def test_settings_are_checked(world: World, said: dict[str, Any], field: str) -> None:
    world.when(settings(**said)).then_refused(Invalid, field=field)
    world.then_nothing_recorded()


def test_what_was_issued_keeps_its_rates_and_its_header(issued: World) -> None:
    before = invoice_of(issued)
    issued.given(tax_rates(tax(25), key="more"), settings("other", net_days=3))
    assert invoice_of(issued) == before
    assert before.issued is not None
    (line,) = before.issued.bill.lines
    assert line.taxed_by is not None
    assert (line.taxed_by.version, line.taxed_by.rate, line.tax) == (1, 190_000, 1_900)
    issued.given(draft(item(10_000), id="next"), issue("next"))
    assert invoice_of(issued, "next").total == 12_500


def test_rates_that_overlap_are_refused_by_their_field(world: World) -> None:
    one = tax(19, until="2027-01-01T00:00:00Z")
    other = tax(20, since="2026-12-31T23:59:59.999999Z")
    world.when(tax_rates(one, other)).then_refused(Invalid, field="rates.1.effective_from")
    world.then_nothing_recorded()
    world.given(tax_rates(one, tax(20, since="2027-01-01T00:00:00Z")))


def test_a_rate_holds_from_its_moment_on(ready: World) -> None:
    midnight = "2026-07-01T00:00:00Z"
    ready.given(tax_rates(tax(19, until=midnight), tax(21, since=midnight)))
    ready.given(draft(item(100), id="a"), draft(item(100), id="b"))
    ready.given(at("2026-06-30T23:59:59.999999Z"), issue("a"), at(midnight), issue("b"))
    assert [invoice_of(ready, each).total for each in "ab"] == [119, 121]


def test_the_platforms_rates_hold_where_an_org_has_none(ready: World) -> None:
    ready.given(tax_rates(tax(7), org="platform"), draft(item(100)), issue())
    assert invoice_of(ready).total == 107
    ready.given(tax_rates(key="none"), draft(item(100), id="b"), issue("b"))
    assert invoice_of(ready, "b").total == 100


def test_the_tax_is_that_of_where_the_payer_is(ready: World) -> None:
    ready.given(tax_rates(tax(19), tax(20, "AT", reverse_charge=True)))
    ready.given(payer("AT", language="de"), draft(item(100)), issue())
    found = invoice_of(ready)
    assert found.issued is not None
    assert (found.total, found.issued.language) == (120, "de")
    assert found.issued.payer.address is not None
    ready.given(payer("AT", key="with id", vat_id=True), draft(item(100), id="b"), issue("b"))
    other = invoice_of(ready, "b").issued
    assert other is not None
    (line,) = other.bill.lines
    assert line.taxed_by is not None
    assert (line.tax, line.taxed_by.is_reverse_charge) == (0, True)


def test_it_is_paid_in_parts(issued: World) -> None:
    issued.when(pay(5_000)).then_recorded("PaymentApplied")
    assert invoice_of(issued).left == 6_900
    issued.when(pay(6_901, key="more")).then_refused(Invalid, field="amount")
    issued.when(pay(-1, key="less")).then_refused(Invalid, field="amount")
    issued.when(pay(key="rest", reference="wire 7")).then_recorded("PaymentApplied", "InvoicePaid")
    assert invoice_of(issued).status is Status.PAID
    issued.when(pay(1, key="again")).then_refused(Conflict, field="id")
    assert books_of(issued) == {
        "Assets:Bank": 11_900,
        "Income:Other": -10_000,
        "Liabilities:Tax": -1_900,
    }


def test_the_same_key_twice_gives_the_first_answer(issued: World) -> None:
    issued.when(pay(5_000), pay(5_000))
    first, again = issued.command_results
    assert (first.stored_fact.sequence, again.replayed) == (again.stored_fact.sequence, True)
    issued.when(issue()).then_nothing_recorded()
    assert issued.command_results[0].replayed
    issued.when(pay(5_001)).then_refused(KeyReused)
    assert invoice_of(issued).paid == 5_000


def test_what_is_said_of_a_payment_is_checked(issued: World) -> None:
    for said, field in (
        ({"last4": "12"}, "last4"),
        ({"last4": "٤٢٤٢"}, "last4"),
        ({"reference": "\0"}, "reference"),
        ({"paid_us": us("2026-02-01T12:00:00.000001Z")}, "paid_at"),
    ):
        issued.when(pay(1, key=field, **said)).then_refused(Invalid, field=field)
    issued.given(pay(1, method=Method.STRIPE, brand="visa", last4="4242"))
    assert books_of(issued)["Assets:Processor:stripe"] == 1


def test_one_over_zero_is_paid_as_it_is_issued(ready: World) -> None:
    free = Discount(name="all", bps=10_000)
    ready.given(draft(item(2_000), discounts=(free,))).when(issue())
    ready.then_recorded("NumberBookOpened", "NumberTaken", "InvoiceIssued", "InvoicePaid")
    ready.when(issue())
    assert ready.command_results[0].replayed
    assert books_of(ready) == {}


def test_void_of_a_draft_and_of_an_open_one(issued: World) -> None:
    issued.when(void(reason="wrong payer")).then_recorded("InvoiceVoided")
    assert books_of(issued) == {}
    assert invoice_of(issued).left == 0
    issued.given(draft(item(1), id="b")).when(void("b")).then_recorded("InvoiceVoided")
    for command in (pay(), credit(), write_off()):
        issued.when(command).then_refused(Conflict, field="id")
    issued.given(draft(item(1), id="c"), issue("c"))
    assert numbers_of(issued) == ["INV-2026-000001", "INV-2026-000002"]


def test_what_was_paid_is_not_made_void(issued: World) -> None:
    issued.given(pay(1)).when(void()).then_refused(Conflict, field="id")
    issued.given(pay(key="rest")).when(void()).then_refused(Conflict, field="id")
    issued.when(write_off()).then_refused(Conflict, field="id")
    issued.when(void("none")).then_refused(NotFound, field="id")


def test_what_is_written_off_may_still_be_paid(issued: World) -> None:
    issued.given(pay(1_900)).when(write_off(reason="bankrupt")).then_recorded("InvoiceWrittenOff")
    assert books_of(issued)["Expenses:BadDebt"] == 10_000
    assert invoice_of(issued).status is Status.UNCOLLECTIBLE
    issued.when(pay(4_000, key="some")).then_recorded("PaymentApplied")
    assert books_of(issued)["Expenses:BadDebt"] == 6_000
    issued.when(credit(2_000)).then_recorded("NumberBookOpened", "NumberTaken", "CreditNoteIssued")
    issued.when(pay(key="rest")).then_recorded("PaymentApplied", "InvoicePaid")
    assert "Expenses:BadDebt" not in books_of(issued)
    assert "Assets:Receivable:Invoices" not in books_of(issued)


def test_a_credit_note_takes_the_shares_of_the_line(ready: World) -> None:
    discounts = (Discount(name="tenth", bps=1_000),)
    ready.given(tax_rates(tax(19)), draft(item(1_000), item(500), discounts=discounts), issue())
    # 10.00 - 1.00 + 1.71 = 10.71, and 5.00 - 0.50 + 0.86 (0.855, to the even 0.86) = 5.36.
    assert invoice_of(ready).total == 1_607
    ready.when(credit({0: 357}))
    ready.then_recorded("NumberBookOpened", "NumberTaken", "CreditNoteIssued")
    (note,) = invoice_of(ready).credit_notes
    (line,) = note.lines
    # A third of 10.71: tax 1.71 / 3 = 0.57, discount 1.00 / 3 = 0.333, so 3.57 - 0.57 + 0.33.
    assert (line.tax, line.discount, line.amount, line.total) == (57, 33, 333, 357)
    assert note.number == "CN-2026-000001"
    ready.when(credit({0: 714}, note="rest"))
    line = invoice_of(ready).credit_notes[1].lines[0]
    assert (line.tax, line.discount, line.amount) == (114, 67, 667)
    ready.when(credit({0: 1}, note="more")).then_refused(Invalid, field="lines.0.amount")
    ready.when(credit({2: 1}, note="none")).then_refused(Invalid, field="lines.0.line")
    ready.when(credit(537, note="too much")).then_refused(Invalid, field="amount")
    ready.when(credit(note="all")).then_recorded("NumberTaken", "CreditNoteIssued", "InvoicePaid")
    ready.when(credit(note="again")).then_refused(Conflict, field="id")
    assert books_of(ready) == {}
    assert numbers_of(ready)[1:] == [f"CN-2026-00000{n}" for n in (1, 2, 3)]


def test_an_amount_is_taken_back_of_all_lines(ready: World) -> None:
    ready.given(draft(item(100), item(100), item(100)), issue(), credit(100))
    (note,) = invoice_of(ready).credit_notes
    assert [each.total for each in note.lines] == [34, 33, 33]


def test_money_goes_back_for_what_was_paid(issued: World) -> None:
    issued.when(credit(100, refund=Method.BANK)).then_refused(Invalid, field="refund")
    issued.given(pay(10_000))
    # 19.00 are left: a note over 30.00 takes those, and 11.00 go back.
    issued.when(credit(3_000, refund=Method.BANK))
    issued.then_recorded("NumberBookOpened", "NumberTaken", "CreditNoteIssued", "InvoicePaid")
    (note,) = invoice_of(issued).credit_notes
    assert note.refund is not None
    assert note.refund.amount == 1_100
    assert books_of(issued)["Assets:Bank"] == 8_900
    assert "Assets:Receivable:Invoices" not in books_of(issued)


def test_what_does_not_go_back_is_owed_to_the_payer(issued: World) -> None:
    issued.given(pay(), credit(1_000, reason="a day of it did not work"))
    assert books_of(issued)["Assets:Receivable:Invoices"] == -1_000


def test_what_is_bought_ahead_is_owed_until_it_is_earned(ready: World) -> None:
    january: dict[str, Any] = {
        "from_us": us("2026-01-01T00:00:00Z"),
        "until_us": us("2026-02-01T00:00:00Z"),
    }
    ready.given(
        draft(
            item(1, source=Source.PURCHASE),
            item(2, source=Source.SUBSCRIPTION, **january),
            item(4, source=Source.OVERAGE, **january),
            item(8, source=Source.ADJUSTMENT),
        ),
        issue(),
    )
    assert books_of(ready) == {
        "Assets:Receivable:Invoices": 15,
        "Liabilities:Deferred:Purchases": -1,
        "Liabilities:Deferred:Subscriptions": -2,
        "Income:Overage": -4,
        "Income:Other": -8,
    }


def test_two_processes_never_take_the_same_number(ready: World) -> None:
    for name in "abcd":
        ready.given(draft(item(1), id=name))
    other = ready.another_process()
    for first, second in (("a", "b"), ("c", "d")):
        ready.group_commit.run([issue(first)])
        other.run([issue(second)])
    assert numbers_of(ready) == [f"INV-2026-00000{n}" for n in (1, 2, 3, 4)]

"""The part of the golden story that is about invoices: every fact of them, every field with and
without."""

from __future__ import annotations

from typing import Any

from api.commands.command import Command
from api.commands.invoices.statements import CloseStatementMonth, WantStatement
from ledger.invoices.activity import Activity, AddedCredits, UsedCredits
from ledger.invoices.bill import Rounding
from ledger.invoices.invoice import Invoice
from ledger.invoices.invoice_base import Method
from ledger.invoices.item import Discount, Source
from ledger.invoices.month_statement import MonthStatement
from ledger.invoices.number_book import NumberBook
from ledger.invoices.payer_details import PayerDetails
from ledger.invoices.settings import Seller
from ledger.invoices.settings_book import SettingsBook
from ledger.invoices.tax_book import TaxBook
from tests.scenarios.commands import ACTOR, ORG, us
from tests.scenarios.invoice_commands import (
    ask_statement,
    change,
    credit,
    dollars,
    draft,
    issue,
    item,
    keep,
    keep_statement,
    numbers,
    pay,
    payer,
    send,
    sent,
    settings,
    statement_sent,
    tax,
    tax_rates,
    void,
    write_off,
)

_SELLER = Seller(
    "Acme Ltd",
    "DE",
    ["Street 1", "Yard"],
    "10115",
    "Berlin",
    "DE136695976",
    "30/123/45678",
    "mail@acme.example",
    "acme.example",
    "DE89370400440532013000",
    "COBADEFFXXX",
    ["within 14 days"],
    ["Board: nobody"],
)


def invoices() -> list[Command[object]]:
    """Settings, rates and payers; invoices of every kind, and what becomes of each."""
    start, end = us("2026-02-01T00:00:00Z"), us("2026-03-01T00:00:00Z")
    period: dict[str, Any] = {"from_us": start, "until_us": end, "of": "sub_1"}
    return [
        settings("invoices"),
        settings(
            "invoices more",
            seller=_SELLER,
            invoices=numbers("R-{number:04}", 7, yearly=False),
            credit_notes=numbers("G-{year}-{number}", 3),
            rounding=Rounding.INVOICE,
            net_days=30,
            has_receipts=False,
            has_statements=True,
            language="de",
            payment_url="https://acme.example/pay/{number}",
        ),
        tax_rates(
            tax(19, is_included=True),
            tax(7, category="books", until="2027-01-01T00:00:00Z"),
            tax(20, "AT", reverse_charge=True, since="2026-01-01T00:00:00Z"),
            tax(13, "CA", region="ON"),
        ),
        payer("CA", user="nia", region="ON", key="payer nia"),
        payer("AT", user="oto", vat_id=True, language="de-AT", key="payer oto"),
        draft(
            item(2_000, source=Source.SUBSCRIPTION, **period),
            item(price=dollars("15"), quantity=3_000_000_000, source=Source.SEATS, **period),
            item(-500, source=Source.PRORATION, **period),
            item(price=dollars("1.00"), source=Source.OVERAGE, credits=1_000_000_000),
            item(700, source=Source.PURCHASE, of="pur_1", includes_tax=True),
            discounts=(
                Discount(name="WELCOME", bps=2_000, items=[0]),
                Discount(name="sorry", amount=100),
            ),
            id="whole",
            user="nia",
            net_days=7,
            reference="order 7",
        ),
        issue("whole"),
        keep("R-0007", "whole", _activity()),
        sent("R-0007", "whole", 1),
        send("whole"),
        sent("R-0007", "whole", 2, "550"),
        pay(1_000, id="whole", key="invoice part", reference="wire 7", paid_us=start),
        credit({0: 100}, id="whole", note="cn_1", reason="it was slow"),
        pay(id="whole", key="invoice rest", method=Method.STRIPE, brand="visa", last4="4242"),
        credit(50, id="whole", note="cn_2", refund=Method.BANK),
        draft(item(100), id="changed", user="oto"),
        change(item(200, category="books"), id="changed", key="change of draft", user="oto"),
        issue("changed"),
        keep("R-0008", "changed"),
        write_off("changed", reason="bankrupt"),
        pay(100, id="changed", key="invoice after all"),
        credit(10, id="changed", note="cn_3"),
        draft(item(300), id="mistake", user="oto"),
        issue("mistake"),
        void("mistake", reason="wrong payer"),
        draft(item(300), id="never", user="oto"),
        void("never"),
        *_statements(),
    ]


def _statements() -> list[Command[object]]:
    """One that is mailed, and one that somebody asked for; all of a month."""
    return [
        WantStatement(ORG, ACTOR, "oto", "2026-02"),
        keep_statement(_activity(), user="oto"),
        statement_sent(user="oto", refused="550"),
        ask_statement("2026-01", user="nia", key="statement of nia"),
        CloseStatementMonth(ORG, ACTOR, "2026-03"),
    ]


def _activity() -> Activity:
    """All that can be told of credits, once."""
    return Activity(
        from_us=1_000_000,
        until_us=2_000_000,
        from_sequence=3,
        until_sequence=9,
        opening=-5,
        closing=1,
        added=[AddedCredits("included", 20), AddedCredits("free", 3)],
        used=[UsedCredits("chat", 2, 13), UsedCredits(None, 1, 1)],
        expired=2,
        other=-1,
    )


OfInvoices = SettingsBook | TaxBook | PayerDetails | NumberBook | Invoice | MonthStatement
"""The aggregates of invoices."""


def state_of_invoices(aggregate: OfInvoices) -> list[object]:
    """What an aggregate of invoices remembers."""
    match aggregate:
        case SettingsBook():
            return [aggregate.settings, aggregate.states]
        case TaxBook(rates=kept) | PayerDetails(payer=kept):
            return [kept]
        case NumberBook():
            return [aggregate.number, aggregate.year]
        case Invoice(invoice=kept):
            return [kept]
        case MonthStatement(statement=kept):
            return [kept]

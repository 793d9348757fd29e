"""Commands on invoices as the API would make them of checked input, in a line each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from api.commands.invoices.documents import RecordDocument, RecordSent, SendDocument
from api.commands.invoices.invoices import (
    ApplyPayment,
    ChangeDraft,
    DraftInvoice,
    VoidInvoice,
    WriteCreditNote,
    WriteOffInvoice,
)
from api.commands.invoices.issuing import IssueInvoice
from api.commands.invoices.settings import PublishTaxRates, SetInvoiceSettings, SetPayerDetails
from api.commands.invoices.statements import (
    AskStatement,
    RecordStatement,
    RecordStatementSent,
)
from ledger.invoices.activity import Activity
from ledger.invoices.invoice_base import Delivery, KeptDocument, Method, Payment
from ledger.invoices.item import ONE, Discount, Draft, Item, Source
from ledger.invoices.payer import PAYER
from ledger.invoices.settings import InvoiceSettings, NumberFormat, Seller
from ledger.invoices.statement_state import KeptStatement
from ledger.invoices.tax_rates import TaxPlace, TaxRate
from ledger.kernel.limits import PRICE_DECIMALS_MAX
from tests.scenarios.commands import ACTOR, ORG, USER, sealed, us

SELLER = Seller("Acme Ltd", "DE", ["Street 1"], city="Berlin")


def settings(key: str = "settings", *, org: str = ORG, **decided: Any) -> SetInvoiceSettings:
    """Who an org is on its invoices."""
    said = InvoiceSettings(seller=decided.pop("seller", SELLER), **decided)
    return SetInvoiceSettings(
        org=org, actor=ACTOR, key=key, sent=msgspec.to_builtins(said), settings=said
    )


def numbers(text: str, start: int = 1, *, yearly: bool = True) -> NumberFormat:
    """How numbers are written."""
    return NumberFormat(text, start, yearly)


def tax(
    percent: int,
    country: str = "DE",
    *,
    since: str | None = None,
    until: str | None = None,
    **said: Any,
) -> TaxRate:
    """A rate, in whole percent."""
    return TaxRate(
        country=country,
        name="VAT",
        rate=percent * 10_000,
        from_us=us(since) or 0,
        until_us=us(until),
        **said,
    )


def tax_rates(*rates: TaxRate, key: str = "rates", org: str = ORG) -> PublishTaxRates:
    """All rates."""
    sent: dict[str, object] = {"rates": [msgspec.to_builtins(each) for each in rates]}
    return PublishTaxRates(org=org, actor=ACTOR, key=key, sent=sent, rates=rates)


def payer(
    country: str = "DE",
    *,
    key: str = "payer",
    user: str = USER,
    region: str | None = None,
    vat_id: bool = False,
    language: str | None = None,
) -> SetPayerDetails:
    """Who a payer is, and where."""
    text = sealed(f'{{"name":"{user}"}}', PAYER, user)
    assert text is not None
    return SetPayerDetails(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"user": user, "country": country},
        user=user,
        place=TaxPlace(country, region, vat_id),
        address=text,
        language=language,
    )


def item(amount: int | None = None, *, price: int = 0, quantity: int = ONE, **said: Any) -> Item:
    """Something to pay for: an amount of cents, or billionths of a price in millionths of a
    millionth."""
    return Item(
        source=said.pop("source", Source.ADJUSTMENT),
        text=said.pop("text", "work"),
        quantity=quantity,
        unit_price=price,
        amount=amount,
        **said,
    )


def dollars(text: str) -> int:
    """A unit price."""
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(PRICE_DECIMALS_MAX, "0"))


def drafted(*items: Item, discounts: tuple[Discount, ...] = (), **said: Any) -> Draft:
    """What is to be billed."""
    return Draft(
        user=said.pop("user", USER),
        currency=said.pop("currency", "usd"),
        items=list(items),
        discounts=list(discounts),
        **said,
    )


def draft(
    *items: Item, id: str = "inv", key: str | None = None, org: str = ORG, **said: Any
) -> DraftInvoice:
    """An invoice to be."""
    of = drafted(*items, **said)
    sent = msgspec.to_builtins(of)
    key = key or f"draft {id}"
    return DraftInvoice(org=org, actor=ACTOR, key=key, sent=sent, invoice=id, draft=of)


def change(*items: Item, id: str = "inv", key: str = "change", **said: Any) -> ChangeDraft:
    """Another one instead."""
    of = drafted(*items, **said)
    return ChangeDraft(
        org=ORG, actor=ACTOR, key=key, sent=msgspec.to_builtins(of), invoice=id, draft=of
    )


def issue(id: str = "inv", *, key: str | None = None, org: str = ORG) -> IssueInvoice:
    """It has a number from now on."""
    return IssueInvoice(org=org, actor=ACTOR, key=key or f"issue {id}", sent={"id": id}, invoice=id)


def pay(amount: int = 0, *, id: str = "inv", key: str = "pay", **said: Any) -> ApplyPayment:
    """Money that came; nothing said: all that is left."""
    payment = Payment(method=said.pop("method", Method.BANK), amount=amount, **said)
    sent = {"id": id, **msgspec.to_builtins(payment)}
    return ApplyPayment(org=ORG, actor=ACTOR, key=key, sent=sent, invoice=id, payment=payment)


def credit(
    asked: Mapping[int, int] | int | None = None,
    *,
    id: str = "inv",
    note: str = "cn",
    refund: Method | None = None,
    reason: str | None = None,
) -> WriteCreditNote:
    """A part that is taken back."""
    return WriteCreditNote(
        org=ORG,
        actor=ACTOR,
        key=f"credit {note}",
        sent={"id": id, "asked": str(asked)},
        invoice=id,
        note=note,
        asked=asked,
        refund=None if refund is None else Payment(method=refund, amount=0),
        reason=sealed(reason, "reason", USER),
    )


def void(id: str = "inv", *, reason: str | None = None) -> VoidInvoice:
    """It was a mistake."""
    return VoidInvoice(
        org=ORG,
        actor=ACTOR,
        key=f"void {id}",
        sent={"id": id},
        invoice=id,
        reason=sealed(reason, "reason", USER),
    )


def content(number: str, kind: str) -> bytes:
    """What is kept of a document of a story, which is short."""
    return f"{kind} of {number}".encode()


def keep(number: str, id: str, activity: Activity | None = None) -> RecordDocument:
    """A document that is kept."""
    pdf, xml = (hashlib.sha256(content(number, kind)).hexdigest() for kind in ("pdf", "xml"))
    kept = KeptDocument(number=number, pdf=pdf, xml=xml, activity=activity)
    return RecordDocument(org=ORG, actor=ACTOR, invoice=id, document=kept)


def send(id: str, number: str | None = None, *, key: str = "send") -> SendDocument:
    """A document that is to be sent once more."""
    sent: dict[str, object] = {"id": id, "number": number}
    return SendDocument(
        org=ORG, actor=ACTOR, key=f"{key} {id}", sent=sent, invoice=id, number=number
    )


def sent(number: str, id: str, asked: int, refused: str | None = None) -> RecordSent:
    """What became of mail."""
    delivery = Delivery(
        asked=asked, number=number, address="digest", at_us=1_000_000, refused=refused
    )
    return RecordSent(org=ORG, actor=ACTOR, invoice=id, delivery=delivery)


def ask_statement(
    month: str = "2026-02", *, user: str = USER, mailed: bool = False, key: str = "statement"
) -> AskStatement:
    """A statement that somebody wants."""
    sent: dict[str, object] = {"month": month, "user": user, "send": mailed}
    return AskStatement(
        org=ORG, actor=ACTOR, key=key, sent=sent, user=user, month=month, is_mailed=mailed
    )


def keep_statement(
    activity: Activity, month: str = "2026-02", *, user: str = USER
) -> RecordStatement:
    """A statement that is kept."""
    pdf = hashlib.sha256(content(month, "pdf")).hexdigest()
    kept = KeptStatement(pdf=pdf, activity=activity)
    return RecordStatement(ORG, ACTOR, user, month, kept)


def statement_sent(
    month: str = "2026-02", *, user: str = USER, refused: str | None = None
) -> RecordStatementSent:
    """What became of its mail."""
    delivery = Delivery(asked=7, number=month, address="digest", at_us=1_000_000, refused=refused)
    return RecordStatementSent(ORG, ACTOR, user, month, delivery)


def write_off(id: str = "inv", *, reason: str | None = None) -> WriteOffInvoice:
    """Nobody expects it to be paid."""
    return WriteOffInvoice(
        org=ORG,
        actor=ACTOR,
        key=f"off {id}",
        sent={"id": id},
        invoice=id,
        reason=sealed(reason, "reason", USER),
    )

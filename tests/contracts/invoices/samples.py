"""Documents as orgs send them, and stranger ones."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from ledger.invoices.activity import Activity, AddedCredits, UsedCredits
from ledger.invoices.document import (
    Corrected,
    Document,
    DocumentKind,
    HowToPay,
    Paid,
    Party,
    PrintedLine,
    PrintedTax,
    TaxCategory,
)
from ledger.kernel.times import microseconds

ONE, PRICE = 10**9, 10**12
VAT = PrintedTax(TaxCategory.STANDARD, "VAT", 190_000)
REDUCED = PrintedTax(TaxCategory.STANDARD, "VAT", 70_000)
REVERSE = PrintedTax(TaxCategory.REVERSE_CHARGE, "VAT")
OUTSIDE = PrintedTax(TaxCategory.OUTSIDE)


def day(year: int, month: int, day: int) -> int:
    """The first microsecond of a day."""
    return microseconds(datetime(year, month, day, tzinfo=UTC))


SELLER = Party(
    id="acme",
    name="Acme Intelligence GmbH",
    country="DE",
    address=["Schönhauser Allee 36"],
    postal_code="10435",
    city="Berlin",
    vat_id="DE136695976",
    email="billing@acme.example",
    website="acme.example",
)
PAYER = Party(
    id="user-7",
    name="Łódź Robotics Sp. z o.o.",
    country="PL",
    address=["ul. Piotrkowska 12/4"],
    postal_code="90-001",
    city="Łódź",
)
TRANSFER = HowToPay(
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    instructions=["Please give the invoice number as the payment reference."],
)
ACTIVITY = Activity(
    from_us=day(2026, 2, 1),
    until_us=day(2026, 3, 1),
    from_sequence=1_204,
    until_sequence=98_771,
    opening=12_000_000_000,
    added=[AddedCredits("included", 50_000_000_000), AddedCredits("purchased", 21_000_000_000)],
    used=[
        UsedCredits("chat", 48_211, 61_874_250_000),
        UsedCredits("embeddings", 1_203_377, 4_100_000_001),
        UsedCredits("", 3, 12),
        UsedCredits(None, 1, 1),
    ],
    expired=1_000_000_000,
    closing=16_025_749_986,
)


def line(
    text: str,
    quantity: int = ONE,
    unit_price: int | None = 20 * PRICE,
    tax: PrintedTax = VAT,
    *,
    discount: int = 0,
    amount: int | None = None,
    scale: int = 2,
    from_us: int | None = None,
    until_us: int | None = None,
) -> PrintedLine:
    """A line whose sums are right."""
    if amount is None:
        amount = round(quantity * (unit_price or 0) / 10 ** (21 - scale))
    owed = round((amount - discount) * tax.rate / 10**6)
    return PrintedLine(
        text=text,
        quantity=quantity,
        unit_price=unit_price,
        amount=amount,
        discount=discount,
        taxed_by=tax,
        tax=owed,
        total=amount - discount + owed,
        from_us=from_us,
        until_us=until_us,
    )


def document(*lines: PrintedLine, **fields: object) -> Document:
    """An invoice of lines, with their sums."""
    found = list(lines) or [
        line("Pro plan, monthly", from_us=day(2026, 3, 1), until_us=day(2026, 4, 1))
    ]
    made = Document(
        kind=DocumentKind.INVOICE,
        number="INV-2026-000123",
        language="en",
        currency="eur",
        issued_us=day(2026, 3, 1),
        due_us=day(2026, 3, 15),
        seller=SELLER,
        payer=PAYER,
        how_to_pay=TRANSFER,
        lines=found,
        subtotal=sum(each.amount for each in found),
        discount=sum(each.discount for each in found),
        tax=sum(each.tax for each in found),
        total=sum(each.total for each in found),
    )
    return msgspec.structs.replace(made, **fields)


def month() -> Document:
    """A renewal with seats, an upgrade, overage and a coupon."""
    first, end = day(2026, 3, 1), day(2026, 4, 1)
    return document(
        line(
            "Team plan, monthly", unit_price=99 * PRICE, discount=990, from_us=first, until_us=end
        ),
        line("Seats", 12 * ONE, 15 * PRICE, discount=1_800, from_us=first, until_us=end),
        line(
            "Seats, added on 17 February",
            2 * ONE,
            None,
            amount=1_286,
            tax=VAT,
            from_us=day(2026, 2, 17),
            until_us=day(2026, 3, 1),
        ),
        line(
            "Unused time of Pro plan",
            amount=-714,
            unit_price=None,
            from_us=day(2026, 2, 17),
            until_us=day(2026, 3, 1),
        ),
        line("Overage: 61,874.25 credits at €0.0011", 61_874_250_000_000, 1_100_000_000),
        line("Handbook, printed", 3 * ONE, 9_990_000_000_000, REDUCED),
        activity=ACTIVITY,
        reference="PO 4711",
        footer=["Amtsgericht Charlottenburg HRB 123456", "Managing director: Ada Lovelace"],
        notes=["Thank you for building with us."],
    )


def receipt() -> Document:
    """A purchase that was paid with a card."""
    return document(
        line("21,000 credits", unit_price=None, amount=2_000),
        kind=DocumentKind.RECEIPT,
        due_us=None,
        how_to_pay=HowToPay(),
        paid=[Paid(at_us=day(2026, 3, 1), amount=2_380, brand="Visa", last_four="4242")],
    )


def credit_note() -> Document:
    """What gives a part of an invoice back."""
    return document(
        line("Seats", 2 * ONE, 15 * PRICE, discount=300),
        kind=DocumentKind.CREDIT_NOTE,
        number="CN-2026-000007",
        due_us=None,
        corrects=Corrected("INV-2026-000123", day(2026, 3, 1)),
        reason="Two seats were never used.",
    )


def statement() -> Document:
    """A month of credits, of which nothing was billed."""
    return Document(
        kind=DocumentKind.STATEMENT,
        number="2026-02",
        language="en",
        currency="credit",
        issued_us=day(2026, 3, 1),
        seller=SELLER,
        payer=PAYER,
        lines=[],
        subtotal=0,
        total=0,
        activity=ACTIVITY,
        footer=["Amtsgericht Charlottenburg HRB 123456"],
    )


def reverse_charge() -> Document:
    """One whose tax its recipient owes."""
    payer = msgspec.structs.replace(PAYER, vat_id="PL7010009325")
    return document(line("Pro plan, monthly", tax=REVERSE), payer=payer)


def untaxed() -> Document:
    """One of a seller who has no VAT id, and of nothing that is taxed."""
    seller = msgspec.structs.replace(SELLER, country="US", vat_id=None, tax_number="12-3456789")
    return document(line("Pro plan, monthly", tax=OUTSIDE), seller=seller, due_us=None)


def in_yen() -> Document:
    """One in a currency without decimals, for somebody in Tokyo."""
    payer = Party(
        id="user-8",
        name="株式会社サンプル",
        country="JP",
        address=["千代田区丸の内1-1-1"],
        postal_code="100-0005",
        city="東京都",
    )
    return document(
        line("Pro plan, monthly", unit_price=3_000 * PRICE, scale=0, tax=OUTSIDE),
        line("Setup", unit_price=PRICE // 2, quantity=1_000 * ONE, scale=0, tax=OUTSIDE),
        currency="jpy",
        payer=payer,
    )


def sixty_lines() -> Document:
    """One of several pages."""
    services = ("chat", "embeddings", "images", "speech", "search")
    return document(
        *(
            line(
                f"Overage of project {n:02} · {services[n % 5]}",
                (n * 7_919 + 13) * ONE,
                123_456_789 * (n + 1),
                from_us=day(2026, 2, 1),
                until_us=day(2026, 3, 1),
            )
            for n in range(60)
        ),
        activity=ACTIVITY,
    )


def strange() -> Document:
    """One with names that are long, of other scripts, or written to do harm."""
    payer = Party(
        id="user-9",
        name="מכון ויצמן למדע — 株式会社 — عربي" + " & <b>*bold*</b> #panic() $x$",
        country="IL",
        address=["x" * 200, "\u0007bell 😀 \u202eevil"],
        city="W" * 90,
    )
    return document(
        line(
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 3
        ),
        line("x" * 250, 123_456_789_012_345_678, 1),
        line("Total loss", 5_000_000 * ONE, 999_999 * PRICE),
        payer=payer,
        language="de",
        reference="R" * 120,
    )


ALL = {
    each.__name__: each
    for each in (
        document,
        month,
        receipt,
        credit_note,
        reverse_charge,
        untaxed,
        in_yen,
        sixty_lines,
        strange,
    )
}

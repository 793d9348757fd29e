"""The document: all that is printed on an invoice, a receipt or a credit note, and nothing else.

Amounts are integers of the currency's smallest unit, and of a credit note what is given back, above
zero. Quantities have `QUANTITY_DECIMALS` decimals, unit prices `PRICE_DECIMALS` of the major unit,
tax rates are millionths (190,000 is 19 %), credits microcredits, times microseconds since 1970 in
UTC. Texts are printed as they are.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ledger.invoices.activity import Activity

QUANTITY_DECIMALS = 9
PRICE_DECIMALS = 12


class DocumentKind(StrEnum):
    """What a document is."""

    INVOICE = "invoice"
    RECEIPT = "receipt"
    """An invoice that is paid."""

    CREDIT_NOTE = "credit_note"
    STATEMENT = "statement"
    """It tells of a month of credits, by its `number`, and asks for nothing."""


class TaxCategory(StrEnum):
    """Why a line is taxed as it is, by the codes of UNTDID 5305 that EN 16931 knows."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUTSIDE = "O"
    """It is subject to no such tax."""


class Party(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The seller or the payer, as an address. `country`: ISO 3166, two letters."""

    id: str
    name: str
    country: str
    address: list[str] = msgspec.field(default_factory=list)
    postal_code: str | None = None
    city: str | None = None
    vat_id: str | None = None
    tax_number: str | None = None
    email: str | None = None
    website: str | None = None


class PrintedTax(msgspec.Struct, frozen=True, omit_defaults=True):
    """What taxes a line. `reason`: why it is not taxed, or who owes the tax."""

    category: TaxCategory
    name: str = ""
    rate: int = 0
    reason: str | None = None


class PrintedLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A line: `amount - discount + tax = total`, all but the last two without tax.

    `unit_price` None: the amount is a part of something, and has no price. `from_us` until
    `until_us`: the time that it is for, half-open.
    """

    text: str
    quantity: int
    unit_price: int | None
    amount: int
    taxed_by: PrintedTax
    total: int
    discount: int = 0
    tax: int = 0
    from_us: int | None = None
    until_us: int | None = None


class Paid(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was paid: with a card (`brand`, `last_four`), or by a transfer with a reference."""

    at_us: int
    amount: int
    brand: str | None = None
    last_four: str | None = None
    reference: str | None = None


class HowToPay(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where money is to be sent, and what else is to be known of it."""

    iban: str | None = None
    bic: str | None = None
    instructions: list[str] = msgspec.field(default_factory=list)


class Corrected(msgspec.Struct, frozen=True):
    """The invoice that a credit note corrects."""

    number: str
    issued_us: int


class Document(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A document: `subtotal - discount + tax = total`, each the sum of its lines.

    `language`: as `de` or `de-AT`. `reference`: the payer's own.
    """

    kind: DocumentKind
    number: str
    language: str
    currency: str
    issued_us: int
    seller: Party
    payer: Party
    lines: list[PrintedLine]
    subtotal: int
    total: int
    discount: int = 0
    tax: int = 0
    due_us: int | None = None
    paid: list[Paid] = msgspec.field(default_factory=list)
    how_to_pay: HowToPay = HowToPay()
    corrects: Corrected | None = None
    reference: str | None = None
    reason: str | None = None
    """Why a credit note was written."""

    activity: Activity | None = None
    notes: list[str] = msgspec.field(default_factory=list)
    footer: list[str] = msgspec.field(default_factory=list)

    @property
    def amount_paid(self) -> int:
        """All that was paid."""
        return sum(each.amount for each in self.paid)

    @property
    def amount_due(self) -> int:
        """What is left to pay; of a credit note, what it gives back."""
        return self.total - self.amount_paid


class TaxSum(msgspec.Struct, frozen=True):
    """All that is taxed alike: its amount without tax, and the tax."""

    taxed_by: PrintedTax
    net: int
    tax: int


def tax_sums(document: Document) -> list[TaxSum]:
    """Return the taxes of a document, those of the highest rate first."""
    sums: dict[PrintedTax, tuple[int, int]] = {}
    for line in document.lines:
        net, tax = sums.get(line.taxed_by, (0, 0))
        sums[line.taxed_by] = net + line.amount - line.discount, tax + line.tax
    found = [TaxSum(tax, *amounts) for tax, amounts in sums.items()]
    return sorted(found, key=lambda each: (-each.taxed_by.rate, each.taxed_by.category))

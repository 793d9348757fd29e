"""Bodies of requests about invoices, as their senders write them."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import Depends
from pydantic import Field, WithJsonSchema

from api.http.fields import (
    Amount,
    Asset,
    Body,
    Country,
    Label,
    Reason,
    SignedAmount,
    Time,
    User,
    checked,
)
from api.http.periods import MONTH_PATTERN, check_month
from api.http.requests import JsonBody
from ledger.invoices.bill import Rounding
from ledger.invoices.invoice_base import Method, Payment
from ledger.invoices.item import QUANTITY_SCALE, STANDARD, WHOLE_BPS, Discount, Draft, Item, Source
from ledger.invoices.payment_page import PAYMENT_URL_MAX
from ledger.invoices.settings import InvoiceSettings, NumberFormat, Seller
from ledger.invoices.tax_rates import RATE_DECIMALS, TaxRate
from ledger.invoices.vat_ids import VAT_ID_MAX
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import (
    ADDRESS_LINES_MAX,
    AMOUNT_MAX,
    DISCOUNTS_PER_INVOICE_MAX,
    LINES_PER_INVOICE_MAX,
    NET_DAYS_MAX,
    NUMBER_FORMAT_MAX,
    PRICE_DECIMALS_MAX,
    TAX_RATES_MAX,
)
from ledger.kernel.money import (
    parse_amount,
    parse_decimal,
    parse_signed,
    parse_signed_decimal,
    scale_of,
)

Lines = Annotated[list[Label], Field(max_length=ADDRESS_LINES_MAX)]
VatId = Annotated[
    str,
    checked(partial(check_text, longest=VAT_ID_MAX)),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": VAT_ID_MAX}),
]
Code = Annotated[
    str,
    checked(partial(check_text, longest=NUMBER_FORMAT_MAX)),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": NUMBER_FORMAT_MAX}),
]
StatedMonth = Annotated[
    str, checked(check_month), WithJsonSchema({"type": "string", "pattern": MONTH_PATTERN})
]
Language = Annotated[str, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")]
PaymentUrl = Annotated[str, Field(pattern="^https://", max_length=PAYMENT_URL_MAX)]
NetDays = Annotated[int, Field(ge=0, le=NET_DAYS_MAX)]
Last4 = Annotated[str, Field(pattern="^[0-9]{4}$")]
Place = Annotated[int, Field(ge=0, lt=LINES_PER_INVOICE_MAX)]


class SellerBody(Body):
    """Who sends invoices: what stands at their head and foot, and where they are paid."""

    name: Label
    country: Country
    address: Lines | None = None
    postal_code: Label | None = None
    city: Label | None = None
    vat_id: VatId | None = None
    tax_number: Label | None = None
    email: Label | None = None
    website: Label | None = None
    iban: Code | None = None
    bic: Code | None = None
    instructions: Lines | None = None
    footer: Lines | None = None


class NumbersBody(Body):
    """How numbers are written: `{number}`, or `{number:06}` for six digits, and `{year}`. `start`:
    the first one; `yearly`: it begins again with it each year."""

    format: Code
    start: Annotated[int, Field(ge=1, le=AMOUNT_MAX // 2)] = 1
    yearly: bool = True


class InvoiceSettingsBody(Body):
    """What an org decides of its invoices. `rounding`: of tax, on each `line` or once an `invoice`;
    `receipts`: a purchase or an order that is paid has one; `statements`: after each month who had
    no invoice in it gets a statement of their credits; `payment_url`: where an invoice is paid,
    with `{invoice}`, `{number}` or `{user}` in it."""

    seller: SellerBody
    invoice_numbers: NumbersBody | None = None
    credit_note_numbers: NumbersBody | None = None
    rounding: Literal["line", "invoice"] | None = None
    net_days: NetDays | None = None
    receipts: bool | None = None
    statements: bool | None = None
    language: Language | None = None
    payment_url: PaymentUrl | None = None


class TaxRateBody(Body):
    """A rate in percent, with at most four decimals, of a country or one region of it. `included`:
    prices have it within them; `reverse_charge`: who has a VAT id of the country and is billed from
    another one owes it themselves."""

    country: Country
    name: Label
    percent: Amount
    region: Label | None = None
    category: Label | None = None
    included: bool = False
    reverse_charge: bool = False
    effective_from: Time | None = None
    effective_until: Time | None = None


class TaxRatesBody(Body):
    """All tax rates of the org. No two hold at the same place for the same category at once."""

    rates: Annotated[list[TaxRateBody], Field(max_length=TAX_RATES_MAX)]


class PayerDetailsBody(Body):
    """Who a payer is on invoices. Name, address, VAT id and e-mail are an erasable text."""

    user: User | None = None
    name: Label
    country: Country
    region: Label | None = None
    address: Lines | None = None
    postal_code: Label | None = None
    city: Label | None = None
    vat_id: VatId | None = None
    email: Label | None = None
    language: Language | None = None


class ItemBody(Body):
    """What there is to pay for: `quantity` times `unit_price`, or an `amount`; below zero it is
    given back. No names of persons: what is issued is never erased."""

    text: Label
    quantity: Amount | None = None
    unit_price: SignedAmount | None = None
    amount: SignedAmount | None = None
    source: Literal["subscription", "seats", "proration", "overage", "adjustment"] = "adjustment"
    category: Label | None = None
    includes_tax: bool | None = None
    starts_at: Time | None = None
    ends_at: Time | None = None


class DiscountBody(Body):
    """What is taken off: basis points or an amount, of the items with these places, or
    without any of all."""

    name: Label
    bps: Annotated[int, Field(ge=1, le=WHOLE_BPS)] | None = None
    amount: Amount | None = None
    items: Annotated[list[Place], Field(max_length=LINES_PER_INVOICE_MAX)] | None = None


class InvoiceBody(Body):
    """What is to be billed, to whom, and when it is due."""

    user: User | None = None
    currency: Asset
    items: Annotated[list[ItemBody], Field(min_length=1, max_length=LINES_PER_INVOICE_MAX)]
    discounts: Annotated[list[DiscountBody], Field(max_length=DISCOUNTS_PER_INVOICE_MAX)] | None = (
        None
    )
    net_days: NetDays | None = None
    reference: Label | None = None


class PaymentBody(Body):
    """Money that came, in the invoice's currency; without an amount it is all that is left. A card
    has a `brand` and its `last4` digits."""

    amount: Amount | None = None
    method: Literal["bank", "stripe"] = "bank"
    reference: Label | None = None
    brand: Label | None = None
    last4: Last4 | None = None
    paid_at: Time | None = None


class CreditedLineBody(Body):
    """What is taken back of a line, with its tax; `line` is its place, from 0."""

    line: Place
    amount: Amount


class RefundOfBody(Body):
    """How money goes back with a credit note: all of what was paid for what it takes back. `stripe`
    sends it back there; with a `reference` it is the refund that somebody has made there."""

    method: Literal["bank", "stripe"] = "bank"
    reference: Label | None = None


class CreditNoteBody(Body):
    """What is taken back: of `lines`, an `amount` of all of them, or without either all that is
    left. `refund`: the money goes back; without it what was paid is owed to the payer."""

    lines: (
        Annotated[list[CreditedLineBody], Field(min_length=1, max_length=LINES_PER_INVOICE_MAX)]
        | None
    ) = None
    amount: Amount | None = None
    refund: RefundOfBody | None = None
    reason: Reason | None = None


class EndBody(Body):
    """Why an invoice is void, or written off."""

    reason: Reason | None = None


class SendBody(Body):
    """Which document is to be sent: the invoice, or a credit note of it by its number."""

    number: Label | None = None


class StatementBody(Body):
    """Of which month of which payer a statement is to be made. `send`: it goes to them as mail."""

    month: StatedMonth
    user: User | None = None
    send: bool = False


def settings_of(body: InvoiceSettingsBody) -> InvoiceSettings:
    """Return settings as a body says them; what it does not say is as where nothing was."""
    seller = Seller(**body.seller.sent())
    given: dict[str, object] = {}
    for name, numbers in (
        ("invoices", body.invoice_numbers),
        ("credit_notes", body.credit_note_numbers),
    ):
        if numbers is not None:
            given[name] = NumberFormat(numbers.format, numbers.start, numbers.yearly)
    if body.rounding is not None:
        given["rounding"] = Rounding(body.rounding)
    if body.receipts is not None:
        given["has_receipts"] = body.receipts
    if body.statements is not None:
        given["has_statements"] = body.statements
    for name, value in (
        ("net_days", body.net_days),
        ("language", body.language),
        ("payment_url", body.payment_url),
    ):
        if value is not None:
            given[name] = value
    return InvoiceSettings(seller=seller, **given)  # type: ignore[arg-type]  # by their names


def rates_of(body: TaxRatesBody) -> list[TaxRate]:
    """Return tax rates as a body says them. Raises Invalid."""
    return [
        TaxRate(
            country=each.country,
            name=each.name,
            rate=parse_decimal(
                each.percent, RATE_DECIMALS, f"rates.{place}.percent", of="a percentage"
            ),
            region=each.region,
            category=each.category or STANDARD,
            is_included=each.included,
            reverse_charge=each.reverse_charge,
            from_us=each.effective_from or 0,
            until_us=each.effective_until,
        )
        for place, each in enumerate(body.rates)
    ]


def draft_of(body: InvoiceBody, user: str) -> Draft:
    """Return what a body says is to be billed to a user. Raises Invalid."""
    currency = str(body.currency)
    scale_of(body.currency, "currency")
    return Draft(
        user=user,
        currency=currency,
        items=[_item(each, f"items.{place}", currency) for place, each in enumerate(body.items)],
        discounts=[
            _discount(each, f"discounts.{place}", currency)
            for place, each in enumerate(body.discounts or [])
        ],
        net_days=body.net_days,
        reference=body.reference,
    )


def payment_of(body: PaymentBody, currency: str) -> Payment:
    """Return money as a body says it came; zero where it does not say how much."""
    amount = 0 if body.amount is None else parse_amount(body.amount, currency, "amount")
    return Payment(
        method=Method(body.method),
        amount=amount,
        reference=body.reference,
        brand=body.brand,
        last4=body.last4,
        paid_us=body.paid_at,
    )


def credited_of(body: CreditNoteBody, currency: str) -> dict[int, int] | int | None:
    """Return what a body says is taken back. Raises Invalid."""
    if body.lines is None:
        return None if body.amount is None else parse_amount(body.amount, currency, "amount")
    if body.amount is not None:
        raise Invalid("give lines, or an amount: one of them.", field="amount")
    asked: dict[int, int] = {}
    for place, each in enumerate(body.lines):
        if each.line in asked:
            raise Invalid("each line must be named once.", field=f"lines.{place}.line")
        asked[each.line] = parse_amount(each.amount, currency, f"lines.{place}.amount")
    return asked


def _item(body: ItemBody, at: str, currency: str) -> Item:
    if (body.unit_price is None) == (body.amount is None):
        raise Invalid(
            f"{at} must have unit_price, or an amount: one of them.", field=f"{at}.amount"
        )
    amount = None if body.amount is None else parse_signed(body.amount, currency, f"{at}.amount")
    quantity = "1" if body.quantity is None else body.quantity
    return Item(
        source=Source(body.source),
        text=body.text,
        quantity=parse_decimal(quantity, QUANTITY_SCALE, f"{at}.quantity", of="a quantity"),
        unit_price=parse_signed_decimal(
            0 if body.unit_price is None else body.unit_price,
            PRICE_DECIMALS_MAX,
            f"{at}.unit_price",
            of="a unit price",
        ),
        amount=amount,
        category=body.category or STANDARD,
        includes_tax=body.includes_tax,
        from_us=body.starts_at,
        until_us=body.ends_at,
    )


def _discount(body: DiscountBody, at: str, currency: str) -> Discount:
    amount = None if body.amount is None else parse_amount(body.amount, currency, f"{at}.amount")
    return Discount(name=body.name, bps=body.bps, amount=amount, items=body.items or [])


InvoiceSettingsAsked = Annotated[InvoiceSettingsBody, Depends(JsonBody(InvoiceSettingsBody))]
TaxRatesAsked = Annotated[TaxRatesBody, Depends(JsonBody(TaxRatesBody))]
PayerDetailsAsked = Annotated[PayerDetailsBody, Depends(JsonBody(PayerDetailsBody))]
InvoiceAsked = Annotated[InvoiceBody, Depends(JsonBody(InvoiceBody))]
PaymentAsked = Annotated[PaymentBody, Depends(JsonBody(PaymentBody))]
CreditNoteAsked = Annotated[CreditNoteBody, Depends(JsonBody(CreditNoteBody))]
End = Annotated[EndBody, Depends(JsonBody(EndBody))]
SendAsked = Annotated[SendBody, Depends(JsonBody(SendBody))]
StatementAsked = Annotated[StatementBody, Depends(JsonBody(StatementBody))]

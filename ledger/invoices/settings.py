"""Settings of invoices: who an org is on its invoices, how they are numbered, rounded and due."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec
from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from ledger.invoices.bill import Rounding
from ledger.invoices.payment_page import check_payment_url
from ledger.invoices.vat_ids import check_country, check_vat_id
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import (
    ADDRESS_LINES_MAX,
    AMOUNT_MAX,
    NET_DAYS_MAX,
    NUMBER_FORMAT_MAX,
)

_FORMAT = re.compile(
    r"(?:[^{}]|\{year\})*?(?:^|(?<=[^0-9{}]))\{number(?::0([1-9]))?\}(?:$|(?=[^0-9{}]))"
    r"(?:[^{}]|\{year\})*"
)
_NUMBER = re.compile(r"\{number(?::0([1-9]))?\}")


class Series(StrEnum):
    """What is numbered by itself."""

    INVOICES = "invoices"
    CREDIT_NOTES = "credit-notes"
    ORDERS = "orders"


class NumberFormat(msgspec.Struct, frozen=True):
    """How the numbers of a series are written. `start`: the first; `is_yearly`: it begins again
    with it each year, in UTC."""

    format: str
    start: int = 1
    is_yearly: bool = True

    def text(self, number: int, year: int) -> str:
        """Return a number as it is written."""
        found = _NUMBER.search(self.format)
        width = int(found[1] or 0) if found else 0
        written = _NUMBER.sub(str(number).rjust(width, "0"), self.format)
        return written.replace("{year}", f"{year:04}")


ORDER_NUMBERS = NumberFormat("ORD-{year}-{number:05}")
"""How orders are numbered, in every org."""


class Seller(msgspec.Struct, frozen=True):
    """Who sends invoices: what stands at their head and their foot. `iban` and `bic`: where they
    are paid, beside `instructions`."""

    name: str
    country: str
    address: list[str] = msgspec.field(default_factory=list)
    postal_code: str | None = None
    city: str | None = None
    vat_id: str | None = None
    tax_number: str | None = None
    email: str | None = None
    website: str | None = None
    iban: str | None = None
    bic: str | None = None
    instructions: list[str] = msgspec.field(default_factory=list)
    footer: list[str] = msgspec.field(default_factory=list)


class InvoiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an org has decided of its invoices.

    `has_receipts`: a purchase or an order that is paid has an invoice, paid at once.
    `has_statements`: after each month who had no invoice in it gets a statement. `net_days`: until
    an invoice is due. `language`: of its documents, where the payer has said none. `payment_url`:
    the page where an invoice is paid, as mail says it.
    """

    seller: Seller
    invoices: NumberFormat = NumberFormat("INV-{year}-{number:06}")
    credit_notes: NumberFormat = NumberFormat("CN-{year}-{number:06}")
    rounding: Rounding = Rounding.LINE
    net_days: int = 14
    has_receipts: bool = True
    has_statements: bool = False
    language: str = "en"
    payment_url: str | None = None


def check_settings(settings: InvoiceSettings) -> InvoiceSettings:
    """Return settings with their ids in one form. Raises Invalid."""
    for name, numbers in (
        ("invoice_numbers", settings.invoices),
        ("credit_note_numbers", settings.credit_notes),
    ):
        _check_format(numbers, name)
    if settings.invoices.format == settings.credit_notes.format:
        raise Invalid(
            "credit notes must not have the numbers of invoices.", field="credit_note_numbers"
        )
    for name, numbers in (
        ("invoice_numbers", settings.invoices),
        ("credit_note_numbers", settings.credit_notes),
    ):
        if numbers.format == ORDER_NUMBERS.format:
            raise Invalid(f"{name} must not be those of orders.", field=name)
    if not 0 <= settings.net_days <= NET_DAYS_MAX:
        raise Invalid(f"net_days must be 0 to {NET_DAYS_MAX}.", field="net_days")
    check_language(settings.language, "language")
    if settings.payment_url is not None:
        check_payment_url(settings.payment_url, "payment_url")
    return msgspec.structs.replace(settings, seller=_checked_seller(settings.seller))


def check_language(value: str, field: str) -> str:
    """Return a language as `en`, or with a country as `de-AT`."""
    if not re.fullmatch("[a-z]{2}(-[A-Z]{2})?", value):
        raise Invalid(f"{field} must be a language as en, or de-AT.", field=field)
    return value


def check_lines(lines: list[str], field: str) -> None:
    """Raise Invalid where the lines of an address or a footer are too many, or one is none."""
    if len(lines) > ADDRESS_LINES_MAX:
        raise Invalid(f"{field} must have at most {ADDRESS_LINES_MAX} lines.", field=field)
    for place, line in enumerate(lines):
        check_text(line, f"{field}.{place}")


def _checked_seller(seller: Seller) -> Seller:
    check_country(seller.country, "seller.country")
    for name in ("name", "postal_code", "city", "tax_number", "email", "website"):
        if (text := getattr(seller, name)) is not None:
            check_text(text, f"seller.{name}")
    for name in ("address", "instructions", "footer"):
        check_lines(getattr(seller, name), f"seller.{name}")
    return msgspec.structs.replace(
        seller,
        vat_id=seller.vat_id and check_vat_id(seller.vat_id, seller.country, "seller.vat_id"),
        iban=seller.iban and _account(seller.iban, iban.validate, "an IBAN", "seller.iban"),
        bic=seller.bic and _account(seller.bic, bic.validate, "a BIC", "seller.bic"),
    )


def _account(value: str, validate: object, what: str, field: str) -> str:
    assert callable(validate)
    try:
        return str(validate(value if len(value) <= NUMBER_FORMAT_MAX else ""))
    except ValidationError:
        raise Invalid(f"{field} is not {what}.", field=field) from None


def _check_format(numbers: NumberFormat, field: str) -> None:
    text = numbers.format
    check_text(text, f"{field}.format", NUMBER_FORMAT_MAX)
    if _FORMAT.fullmatch(text) is None:
        raise Invalid(
            f"{field}.format must have {{number}} once, or {{number:06}} for six digits and more, "
            "without digits or {year} right beside it, and no other braces than those of {year}.",
            field=f"{field}.format",
        )
    if numbers.is_yearly and "{year}" not in text:
        raise Invalid(
            f"{field}.format must have {{year}}: numbers begin again each year.",
            field=f"{field}.format",
        )
    if not 1 <= numbers.start <= AMOUNT_MAX // 2:
        raise Invalid(f"{field}.start must be 1 or more.", field=f"{field}.start")

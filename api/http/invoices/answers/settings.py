"""Answers about settings of invoices, tax rates and payers."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from ledger.invoices.bill import Rounding
from ledger.invoices.payer import Address, Payer
from ledger.invoices.settings import InvoiceSettings, NumberFormat, Seller
from ledger.invoices.tax_rates import RATE_DECIMALS, TaxRate
from ledger.kernel.money import format_decimal
from ledger.kernel.times import format_time


class SellerAnswer(Answer):
    """Who sends invoices: what stands at their head and foot, and where they are paid."""

    name: str
    country: str
    address: list[str]
    postal_code: str | None
    city: str | None
    vat_id: str | None
    tax_number: str | None
    email: str | None
    website: str | None
    iban: str | None
    bic: str | None
    instructions: list[str]
    footer: list[str]


class NumbersAnswer(Answer):
    """How numbers are written, the first one, and whether it begins again each year."""

    format: str
    start: int
    yearly: bool


class InvoiceSettingsAnswer(Answer):
    """What an org has decided of its invoices."""

    version: int
    seller: SellerAnswer
    invoice_numbers: NumbersAnswer
    credit_note_numbers: NumbersAnswer
    rounding: Annotated[str, one_of(Rounding)]
    net_days: int
    receipts: bool
    statements: bool
    language: str
    payment_url: str | None


class TaxRateAnswer(Answer):
    """A rate in percent, where, for what and from when until when it holds."""

    country: str
    region: str | None
    category: str
    name: str
    percent: Amount
    included: bool
    reverse_charge: bool
    effective_from: Time | None
    effective_until: Time | None


class TaxRatesAnswer(Answer):
    """The tax rates that hold for the org. `version` 0: nobody has published any."""

    version: int
    rates: list[TaxRateAnswer]


class PayerDetailsAnswer(Answer):
    """What is known of a payer. Name, address, VAT id and e-mail are null once they were erased."""

    user: str
    country: str
    region: str | None
    has_vat_id: bool
    language: str | None
    name: str | None
    address: list[str] | None
    postal_code: str | None
    city: str | None
    vat_id: str | None
    email: str | None


def settings_answer(version: int, settings: InvoiceSettings) -> InvoiceSettingsAnswer:
    """Return settings as they are answered."""
    return InvoiceSettingsAnswer(
        version,
        seller_answer(settings.seller),
        _numbers(settings.invoices),
        _numbers(settings.credit_notes),
        settings.rounding,
        settings.net_days,
        settings.has_receipts,
        settings.has_statements,
        settings.language,
        settings.payment_url,
    )


def seller_answer(seller: Seller) -> SellerAnswer:
    """Return a seller as they are answered."""
    return SellerAnswer(
        seller.name,
        seller.country,
        seller.address,
        seller.postal_code,
        seller.city,
        seller.vat_id,
        seller.tax_number,
        seller.email,
        seller.website,
        seller.iban,
        seller.bic,
        seller.instructions,
        seller.footer,
    )


def rates_answer(version: int, rates: list[TaxRate]) -> TaxRatesAnswer:
    """Return tax rates as they are answered."""
    return TaxRatesAnswer(version, [_rate(each) for each in rates])


def payer_answer(user: str, payer: Payer, address: Address | None) -> PayerDetailsAnswer:
    """Return what is known of a payer as it is answered."""
    place = payer.place
    return PayerDetailsAnswer(
        user,
        place.country,
        place.region,
        place.has_vat_id,
        payer.language,
        address.name if address else None,
        address.address if address else None,
        address.postal_code if address else None,
        address.city if address else None,
        address.vat_id if address else None,
        address.email if address else None,
    )


def _rate(rate: TaxRate) -> TaxRateAnswer:
    return TaxRateAnswer(
        rate.country,
        rate.region,
        rate.category,
        rate.name,
        format_decimal(rate.rate, RATE_DECIMALS),
        rate.is_included,
        rate.reverse_charge,
        format_time(rate.from_us) if rate.from_us else None,
        time_or_null(rate.until_us),
    )


def _numbers(numbers: NumberFormat) -> NumbersAnswer:
    return NumbersAnswer(numbers.format, numbers.start, numbers.is_yearly)

"""The applied tax as it is answered: what a line of an invoice or of an order is taxed by."""

from __future__ import annotations

from api.http.answers import Amount, Answer
from ledger.invoices.tax_rates import RATE_DECIMALS, AppliedTax
from ledger.kernel.money import format_decimal


class AppliedTaxAnswer(Answer):
    """The tax of a line, and which version of whose rates it is of."""

    name: str
    country: str
    region: str | None
    category: str
    percent: Amount
    included: bool
    reverse_charge: bool
    org: str
    version: int


def applied_tax_answer(tax: AppliedTax | None) -> AppliedTaxAnswer | None:
    """Return a tax as it is answered; None: nothing taxes it."""
    if tax is None:
        return None
    return AppliedTaxAnswer(
        tax.name,
        tax.country,
        tax.region,
        tax.category,
        format_decimal(tax.rate, RATE_DECIMALS),
        tax.is_included,
        tax.is_reverse_charge,
        tax.org,
        tax.version,
    )

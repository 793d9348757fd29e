"""Tax rates: which tax is due where, for what and from when."""

from __future__ import annotations

import msgspec

from api.commands.invoices.settings import PublishTaxRates
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.invoices.answers.settings import TaxRatesAnswer, rates_answer
from api.http.invoices.bodies import TaxRatesAsked, rates_of
from api.http.invoices.permissions import TaxRatesReader, TaxRatesWriter
from api.http.router import Router
from api.queries.invoices.settings import tax_rates_of
from ledger.invoices.tax_book import TaxBook

router = Router(prefix="/v1/billing/tax-rates", tags=["invoices"])


@router.get("")
async def list_tax_rates(caller: TaxRatesReader) -> Ok[TaxRatesAnswer]:
    """The tax rates that hold for the org: its own, else the platform's."""
    found = await tax_rates_of(caller.service.reader, caller.org)
    return Ok(rates_answer(found.version, found.rates) if found else rates_answer(0, []))


@router.put("")
async def publish_tax_rates(
    caller: TaxRatesWriter, key: IdempotencyKey, body: TaxRatesAsked
) -> Ok[TaxRatesAnswer]:
    """Publish all tax rates at once, for what is issued from now on."""
    rates = rates_of(body)
    command = PublishTaxRates(
        **caller.asks(key),
        sent={"rates": [msgspec.to_builtins(each) for each in rates]},
        rates=rates,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, TaxBook.TaxRatesPublished)
    return Ok(rates_answer(fact.rates_version, fact.rates), replayed=result.replayed)

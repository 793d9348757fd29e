"""Settings: who an org is on its invoices, and how they are numbered, rounded and due."""

from __future__ import annotations

import msgspec

from api.commands.invoices.settings import SetInvoiceSettings
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.invoices.answers.settings import InvoiceSettingsAnswer, settings_answer
from api.http.invoices.bodies import InvoiceSettingsAsked, settings_of
from api.http.invoices.permissions import SettingsReader, SettingsWriter
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.invoices.settings import settings_of as found_settings
from ledger.invoices.settings_book import SettingsBook
from ledger.kernel.errors import NotFound

router = Router(prefix="/v1/billing/invoice-settings", tags=["invoices"])


@router.get("", openapi_extra=may_answer(NotFound))
async def get_invoice_settings(caller: SettingsReader) -> Ok[InvoiceSettingsAnswer]:
    """What the org has decided of its invoices; until it has, it issues none."""
    found = await found_settings(caller.service.reader, caller.org)
    if found is None:
        raise NotFound("the org has no invoice settings.")
    return Ok(settings_answer(found.version, found.settings))


@router.put("")
async def set_invoice_settings(
    caller: SettingsWriter, key: IdempotencyKey, body: InvoiceSettingsAsked
) -> Ok[InvoiceSettingsAnswer]:
    """Decide how invoices are from now on; what was issued stays as it is. What is not said is as
    by default."""
    settings = settings_of(body)
    command = SetInvoiceSettings(
        **caller.asks(key), sent=msgspec.to_builtins(settings), settings=settings
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, SettingsBook.InvoiceSettingsSet)
    return Ok(settings_answer(fact.settings_version, fact.settings), replayed=result.replayed)

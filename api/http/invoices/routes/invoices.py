"""Invoices: drafted, issued, paid, taken back, ended and looked at."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import Query

from api.commands.invoices.invoices import (
    ApplyPayment,
    ChangeDraft,
    DraftInvoice,
    VoidInvoice,
    WriteCreditNote,
    WriteOffInvoice,
)
from api.commands.invoices.issuing import IssueInvoice
from api.commands.result import CommandResult
from api.http.answers import Created, ListAnswer, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.errors import TooManyReads
from api.http.invoices.answers.invoices import (
    AppliedAnswer,
    CreditedAnswer,
    DraftAnswer,
    EndedAnswer,
    InvoiceAnswer,
    IssuedAnswer,
    ListedInvoiceAnswer,
    bill_answer,
    credit_note_answer,
    invoice_answer,
    listed_answer,
    payment_answer,
)
from api.http.invoices.bodies import (
    CreditNoteAsked,
    End,
    EndBody,
    InvoiceAsked,
    PaymentAsked,
    credited_of,
    draft_of,
    payment_of,
)
from api.http.invoices.permissions import InvoicesReader, InvoicesWriter
from api.http.lists import answer_list
from api.http.paging import Limit
from api.http.parameters import Sequence, User, check_choice
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.invoices.invoices import INVOICES, FoundInvoice, invoice_of, preview_of
from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.endings import InvoiceVoided, InvoiceWrittenOff
from ledger.invoices.invoice_base import Method, Payment, Status
from ledger.invoices.issuing import DraftChanged, InvoiceDrafted, InvoiceIssued
from ledger.invoices.item import Draft
from ledger.invoices.payments import PaymentApplied
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time, moment

router = Router(prefix="/v1/billing/invoices", tags=["invoices"])


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_invoices(
    caller: InvoicesReader,
    user: User | None = None,
    status: Annotated[str | None, Query(json_schema_extra={"enum": list(Status)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[ListedInvoiceAnswer]]:
    """An org's invoices, of one user or of all the caller may see, those drafted last first."""
    check_choice(status, tuple(Status), "status")
    filters = {"user": caller.filter(user), "status": status}
    return await answer_list(
        caller,
        INVOICES,
        filters,
        listed_answer,
        cursor=cursor,
        limit=limit,
        min_sequence=min_sequence,
    )


@router.post("")
async def draft_invoice(
    caller: InvoicesWriter, key: IdempotencyKey, body: InvoiceAsked
) -> Created[DraftAnswer]:
    """Draft an invoice: it has no number, and can be changed, until it is issued."""
    draft = draft_of(body, caller.user(body.user))
    command = DraftInvoice(
        **caller.asks(key),
        sent=_sent(draft),
        invoice=caller.new_id("inv"),
        draft=draft,
    )
    result = await caller.service.writer.submit(command)
    return Created(_draft(result), replayed=result.replayed)


@router.get("/{invoice}", openapi_extra=may_answer(NotFound))
async def look_at_invoice(caller: InvoicesReader, invoice: str) -> Ok[InvoiceAnswer]:
    """An invoice, with its lines, payments and credit notes."""
    found = await find(caller, invoice)
    if found.state.issued is not None:
        return Ok(invoice_answer(found, found.state.issued.bill))
    at = moment(caller.service.clock())
    bill = await preview_of(caller.service.reader, caller.org, found.state.draft, at)
    return Ok(invoice_answer(found, bill))


@router.put("/{invoice}", openapi_extra=may_answer(NotFound, Conflict))
async def change_draft(
    caller: InvoicesWriter, key: IdempotencyKey, invoice: str, body: InvoiceAsked
) -> Ok[DraftAnswer]:
    """Have a draft say something else, all of it."""
    await find(caller, invoice)
    draft = draft_of(body, caller.user(body.user))
    command = ChangeDraft(
        **caller.asks(key), sent={"id": invoice, **_sent(draft)}, invoice=invoice, draft=draft
    )
    result = await caller.service.writer.submit(command)
    return Ok(_draft(result), replayed=result.replayed)


@router.post("/{invoice}/issue", openapi_extra=may_answer(NotFound, Conflict))
async def issue_invoice(
    caller: InvoicesWriter, key: IdempotencyKey, invoice: str
) -> Ok[IssuedAnswer]:
    """Issue a draft: it takes the next number, and never changes from now on. One over zero is paid
    as it is issued."""
    await find(caller, invoice)
    command = IssueInvoice(**caller.asks(key), sent={"id": invoice}, invoice=invoice)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, InvoiceIssued)
    value = IssuedAnswer(
        invoice,
        fact.number,
        fact.user,
        fact.currency,
        format_time(fact.recorded_us),
        format_time(fact.due_us),
        bill_answer(fact.bill, fact.currency),
    )
    return Ok(value, replayed=result.replayed)


@router.post("/{invoice}/payments", openapi_extra=may_answer(NotFound, Conflict))
async def apply_payment(
    caller: InvoicesWriter, key: IdempotencyKey, invoice: str, body: PaymentAsked
) -> Created[AppliedAnswer]:
    """Record money that came for an invoice, all that is left or a part of it."""
    payment = payment_of(body, (await find(caller, invoice)).state.draft.currency)
    command = ApplyPayment(
        **caller.asks(key),
        sent={"id": invoice, **msgspec.to_builtins(payment)},
        invoice=invoice,
        payment=payment,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PaymentApplied)
    value = AppliedAnswer(
        invoice,
        payment_answer(fact.payment, fact.currency),
        format_amount(fact.left, fact.currency),
    )
    return Created(value, replayed=result.replayed)


@router.post("/{invoice}/credit-notes", openapi_extra=may_answer(NotFound, Conflict))
async def write_credit_note(
    caller: InvoicesWriter, key: IdempotencyKey, invoice: str, body: CreditNoteAsked
) -> Created[CreditedAnswer]:
    """Take back a part of an issued invoice, or all of it, with the discount and tax that its lines
    were issued with."""
    found = await find(caller, invoice)
    asked = credited_of(body, found.state.draft.currency)
    refund = body.refund
    command = WriteCreditNote(
        **caller.asks(key),
        sent={
            "id": invoice,
            "asked": sorted(asked.items()) if isinstance(asked, dict) else asked,
            "refund": None if refund is None else refund.sent(),
        },
        invoice=invoice,
        note=caller.new_id("cn"),
        asked=asked,
        refund=None
        if refund is None
        else Payment(method=Method(refund.method), amount=0, reference=refund.reference),
        reason=sealed_reason(caller, body.reason, found.owner),
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, CreditNoteIssued)
    value = CreditedAnswer(
        invoice,
        credit_note_answer(fact.note, fact.currency),
        format_amount(fact.left, fact.currency),
    )
    return Created(value, replayed=result.replayed)


@router.post("/{invoice}/void", openapi_extra=may_answer(NotFound, Conflict))
async def void_invoice(
    caller: InvoicesWriter, key: IdempotencyKey, invoice: str, body: End
) -> Ok[EndedAnswer]:
    """Say that an invoice was a mistake, of which nothing was paid; a draft is given up so. A
    number that it has stays its own."""
    command = VoidInvoice(**await _ending(caller, key, invoice, body))
    return _ended(invoice, Status.VOID, body, await caller.service.writer.submit(command))


@router.post("/{invoice}/write-off", openapi_extra=may_answer(NotFound, Conflict))
async def write_off_invoice(
    caller: InvoicesWriter, key: IdempotencyKey, invoice: str, body: End
) -> Ok[EndedAnswer]:
    """Expect what is left of an invoice no more. It can still be paid."""
    command = WriteOffInvoice(**await _ending(caller, key, invoice, body))
    return _ended(invoice, Status.UNCOLLECTIBLE, body, await caller.service.writer.submit(command))


async def find(caller: Caller, invoice: str) -> FoundInvoice:
    """Return an invoice that the caller may see. Raises NotFound."""
    found = await invoice_of(caller.service.reader, caller.org, invoice)
    if found is None or not caller.sees(found.owner):
        raise NotFound("there is no invoice of that id.", field="id")
    return found


def _sent(draft: Draft) -> dict[str, Any]:
    sent: dict[str, Any] = msgspec.to_builtins(draft)
    return sent


def _draft(result: CommandResult) -> DraftAnswer:
    stored = result.stored_fact
    fact = stored.fact
    assert isinstance(fact, InvoiceDrafted | DraftChanged)
    draft = fact.draft
    invoice = stored.aggregate_id.rpartition("/")[2]
    return DraftAnswer(invoice, Status.DRAFT, draft.user, draft.currency, len(draft.items))


async def _ending(caller: Caller, key: str, invoice: str, body: EndBody) -> dict[str, Any]:
    found = await find(caller, invoice)
    reason = sealed_reason(caller, body.reason, found.owner)
    return {**caller.asks(key), "sent": {"id": invoice}, "invoice": invoice, "reason": reason}


def _ended(invoice: str, status: Status, body: EndBody, result: CommandResult) -> Ok[EndedAnswer]:
    fact = result.stored_fact.fact
    assert isinstance(fact, InvoiceVoided | InvoiceWrittenOff)
    reason = None if result.erased else body.reason
    value = EndedAnswer(invoice, status, format_time(fact.recorded_us), reason)
    return Ok(value, replayed=result.replayed)

"""Documents of invoices: as PDF, as XML, and sent once more."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from api.commands.invoices.documents import SendDocument
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.invoices.answers.documents import SendAskedAnswer
from api.http.invoices.bodies import SendAsked
from api.http.invoices.permissions import InvoicesReader, InvoicesWriter
from api.http.invoices.routes.invoices import find
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.stream import streamed
from ledger.invoices.documents import DocumentSendAsked
from ledger.invoices.invoice_base import KeptDocument
from ledger.invoices.ports import kept_content
from ledger.kernel.errors import Conflict, NotFound, Unavailable
from ledger.kernel.outside import NotTaken

router = Router(prefix="/v1/billing/invoices", tags=["invoices"])

Number = Annotated[str | None, Query(description="Of a credit note of it; default: its own.")]
PDF, _XML = "application/pdf", "application/xml"


@router.get(
    "/{invoice}.pdf",
    response_class=Response,
    responses=streamed("PDF/A-3 with the EN 16931 invoice attached.", [PDF]),
    openapi_extra=may_answer(NotFound),
)
async def document_as_pdf(caller: InvoicesReader, invoice: str, number: Number = None) -> Response:
    """An invoice, or a credit note of it, as the document that was made when it was issued."""
    kept = await _kept(caller, invoice, number)
    return await kept_file(caller, kept.number, kept.pdf, "pdf", PDF)


@router.get(
    "/{invoice}.xml",
    response_class=Response,
    responses=streamed("EN 16931, in the syntax CII.", [_XML]),
    openapi_extra=may_answer(NotFound),
)
async def document_as_xml(caller: InvoicesReader, invoice: str, number: Number = None) -> Response:
    """The same for programs: the XML that is attached to the PDF."""
    kept = await _kept(caller, invoice, number)
    return await kept_file(caller, kept.number, kept.xml, "xml", _XML)


@router.post("/{invoice}/send", openapi_extra=may_answer(NotFound, Conflict))
async def send_document(
    caller: InvoicesWriter, key: IdempotencyKey, invoice: str, body: SendAsked
) -> Ok[SendAskedAnswer]:
    """Send an invoice, or a credit note of it, once more: to where mail goes now."""
    await find(caller, invoice)
    command = SendDocument(
        **caller.asks(key),
        sent={"id": invoice, **body.sent()},
        invoice=invoice,
        number=body.number,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, DocumentSendAsked)
    return Ok(SendAskedAnswer(invoice, fact.number), replayed=result.replayed)


async def _kept(caller: Caller, invoice: str, number: str | None) -> KeptDocument:
    state = (await find(caller, invoice)).state
    own = state.issued.number if state.issued else ""
    kept = state.document(number or own)
    if kept is None:
        raise NotFound(
            "there is no document of that number: one that was just issued is made in seconds.",
            field="id" if number is None else "number",
        )
    return kept


async def kept_file(caller: Caller, name: str, sha256: str, kind: str, media_type: str) -> Response:
    """Return what is kept as a file of a name. Raises Unavailable."""
    blobs = caller.service.blobs
    try:
        content = await asyncio.to_thread(kept_content, blobs, caller.org, sha256, kind)
    except NotTaken as error:
        raise Unavailable(error.detail) from error
    if content is None:
        raise Unavailable(f"the document of SHA-256 {sha256} is not where it was kept.")
    return Response(content, headers=_headers(name, kind, sha256), media_type=media_type)


def _headers(name: str, kind: str, sha256: str) -> Mapping[str, Any]:
    letters = "".join(
        each if each.isascii() and (each.isalnum() or each in "-._") else "-" for each in name
    )
    return {
        "Content-Disposition": f'attachment; filename="{letters}.{kind}"',
        "ETag": f'"{sha256}"',
        "X-Content-Type-Options": "nosniff",
    }

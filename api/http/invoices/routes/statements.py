"""Statements of months: asked for, looked at, and as PDF."""

from __future__ import annotations

from starlette.responses import Response

from api.commands.invoices.statements import AskStatement
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.invoices.answers.statements import MonthStatementAnswer, month_statement_answer
from api.http.invoices.bodies import StatementAsked
from api.http.invoices.permissions import InvoicesReader, InvoicesWriter
from api.http.invoices.routes.documents import PDF, kept_file
from api.http.parameters import Month, User
from api.http.periods import parse_month
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.stream import streamed
from api.queries.invoices.statements import month_statement_of
from ledger.invoices.month_statement import MonthStatement
from ledger.invoices.statement_state import StatementState
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import check_user

router = Router(prefix="/v1/billing/statements", tags=["invoices"])


@router.post("", openapi_extra=may_answer(Conflict))
async def ask_for_statement(
    caller: InvoicesWriter, key: IdempotencyKey, body: StatementAsked
) -> Ok[MonthStatementAnswer]:
    """Have the statement of a payer's month that is over be made, whatever was billed in it: there
    is one of each, made in seconds. `send`: it goes to the payer as mail, too."""
    user = caller.user(body.user)
    command = AskStatement(
        **caller.asks(key),
        sent={"user": user, **body.sent()},
        user=user,
        month=body.month,
        is_mailed=body.send,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, MonthStatement.StatementAsked)
    asked = StatementState(stated=fact.stated)
    return Ok(month_statement_answer(asked), replayed=result.replayed)


@router.get(
    "/{month}.pdf",
    response_class=Response,
    responses=streamed("PDF/A-3.", [PDF]),
    openapi_extra=may_answer(NotFound),
)
async def statement_as_pdf(
    caller: InvoicesReader, month: Month, user: User | None = None
) -> Response:
    """The statement of a payer's month as the document that was made when it was asked for."""
    state = await _find(caller, month, user)
    if state.kept is None:
        raise NotFound("it is not made yet: that takes seconds.", field="month")
    return await kept_file(caller, f"statement-{month}", state.kept.pdf, "pdf", PDF)


@router.get("/{month}", openapi_extra=may_answer(NotFound))
async def get_month_statement(
    caller: InvoicesReader, month: Month, user: User | None = None
) -> Ok[MonthStatementAnswer]:
    """The statement of a payer's month, and what became of it."""
    return Ok(month_statement_answer(await _find(caller, month, user)))


async def _find(caller: Caller, month: str, user: str | None) -> StatementState:
    parse_month(month, "month")
    owner = caller.user(None if user is None else check_user(user))
    found = await month_statement_of(caller.service.reader, caller.org, owner, month)
    if found is None:
        raise NotFound("no statement of that month was asked for.", field="month")
    return found

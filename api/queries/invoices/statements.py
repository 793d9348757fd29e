"""Statements of months as they are."""

from __future__ import annotations

from api.queries.reader import Reader
from ledger.invoices.statement_state import StatementState
from ledger.kernel.decoding import converted


async def month_statement_of(
    reader: Reader, org: str, user: str, month: str
) -> StatementState | None:
    """Return the statement of a payer's month, if one was asked for."""
    parameters = {"org": org, "user": user, "month": month}
    row = await reader.row(org, "invoices/statement", parameters)
    return None if row is None else converted(row["statement"], StatementState)

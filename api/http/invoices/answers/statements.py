"""Answers about statements of months."""

from __future__ import annotations

from typing import Annotated

import msgspec

from api.http.answers import Answer
from api.http.invoices.answers.activity import ActivityAnswer, activity_answer
from api.http.invoices.answers.documents import DeliveryAnswer, Sha256, delivery_answer
from ledger.invoices.statement_state import StatementState

StatedMonth = Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-[0-9]{2}$")]


class MonthStatementAnswer(Answer):
    """The statement of a payer's month. `pdf_sha256` and `activity` are null until it is made;
    `delivery`: what became of its mail, where it was to be sent."""

    user: str
    month: StatedMonth
    mailed: bool
    pdf_sha256: Sha256 | None
    activity: ActivityAnswer | None
    delivery: DeliveryAnswer | None


def month_statement_answer(state: StatementState) -> MonthStatementAnswer:
    """Return a statement as it is answered."""
    stated, kept = state.stated, state.kept
    return MonthStatementAnswer(
        stated.user,
        stated.month,
        stated.is_mailed,
        kept.pdf if kept else None,
        activity_answer(kept.activity) if kept else None,
        delivery_answer(state.delivery) if state.delivery else None,
    )

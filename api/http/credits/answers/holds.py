"""Holds: how one looks, and one that was captured."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Hash, Time, one_of, time_or_null
from api.http.credits.answers.transactions import (
    SliceAnswer,
    TransactionAnswer,
    slice_answers,
)
from api.queries.credits.holds import FoundHold, Status
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import format_time


class HoldAnswer(Answer):
    """Credit set aside, and what became of it. `sequence` and `hash` are of the event that placed
    it."""

    id: str
    sequence: int
    hash: Hash
    user: str
    owner: str
    status: Annotated[str, one_of(Status)]
    amount: Amount
    lots: list[SliceAnswer]
    placed_at: Time
    expires_at: Time
    ended_at: Time | None
    reference: str | None
    service: str | None
    project: str | None
    provider: str | None
    model: str | None


class CaptureAnswer(Answer):
    """A hold captured, and the usage that it paid."""

    hold: HoldAnswer
    transaction: TransactionAnswer


def hold_answer(found: FoundHold) -> HoldAnswer:
    """Return a hold as it was found."""
    held = found.hold
    return HoldAnswer(
        held.id,
        found.sequence,
        found.hash.hex(),
        held.user,
        found.owner,
        found.status,
        format_amount(held.amount, CREDIT),
        slice_answers(held.lots, CREDIT),
        format_time(held.placed_us),
        format_time(held.expires_us),
        time_or_null(found.ended_us),
        held.reference,
        held.service,
        held.project,
        held.provider,
        held.model,
    )

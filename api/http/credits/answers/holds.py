"""How a hold looks in answers."""

from __future__ import annotations

import msgspec

from api.http.credits.answers.transactions import (
    SliceAnswer,
    TransactionAnswer,
    slice_answers,
    time_or_null,
)
from api.queries.credits.holds import FoundHold
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import format_time


class HoldAnswer(msgspec.Struct, gc=False):
    """Credit set aside, and what became of it. `sequence` and `hash` are of the event that placed
    it."""

    id: str
    sequence: int
    hash: str
    user: str
    owner: str
    status: str
    amount: str
    lots: list[SliceAnswer]
    placed_at: str
    expires_at: str
    ended_at: str | None
    reference: str | None
    service: str | None
    project: str | None
    provider: str | None
    model: str | None


class CaptureAnswer(msgspec.Struct, gc=False):
    """A hold captured, and the usage that it paid."""

    hold: HoldAnswer
    transaction: TransactionAnswer


def hold_answer(found: FoundHold) -> HoldAnswer:
    """A hold as it was found."""
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

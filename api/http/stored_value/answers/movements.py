"""Answers about movements of what is stored."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of
from api.queries.stored_value.movements import ListedValueMovement
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time
from ledger.stored_value.movements import ValueMovementKind


class ValueMovementAnswer(Answer):
    """By how much the balance, and what orders have claimed of it, is more, or below zero less; by
    which order, and why. An erased `reason` is null."""

    sequence: int
    kind: Annotated[str, one_of(ValueMovementKind)]
    currency: str
    balance: Amount
    claimed: Amount
    order: str | None
    reason: str | None
    recorded_at: Time


def value_movement_answer(moved: ListedValueMovement) -> ValueMovementAnswer:
    """Return a movement as it is answered."""
    return ValueMovementAnswer(
        moved.sequence,
        moved.kind,
        moved.currency,
        format_amount(moved.balance, moved.currency),
        format_amount(moved.claimed, moved.currency),
        moved.order_id,
        moved.reason,
        format_time(moved.recorded_us),
    )

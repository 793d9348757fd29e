"""The read model `subscription_moves`: one row a move of a subscription, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.ports import RecordedEvent
from ledger.subscriptions.moves import SubscriptionMove, moves_of
from projections.read_model import ReadModel


class SubscriptionMoveRow(NamedTuple):
    """A move, and what it has made of the subscription; what is null is as before.

    `move`: started, trial_ended, opened, paid, changed, past_due, dropped, paused or ended;
    `number`: which of the payer's it is. `price`: of a period of so many `months`, in the
    currency's smallest unit; `recurring`: of one month. `start_us` to `end_us`: the period.
    """

    org: str
    sequence: int
    line: int
    owner: str
    move: str
    status: str | None
    number: int | None
    plan: str | None
    version: int | None
    seats: int | None
    currency: str | None
    price: int | None
    months: int | None
    recurring: int | None
    start_us: int | None
    end_us: int | None
    at_us: int
    recorded_us: int


def _row(event: RecordedEvent, each: SubscriptionMove) -> SubscriptionMoveRow:
    held = each.held
    return SubscriptionMoveRow(
        event.org,
        event.sequence,
        0,
        each.user,
        each.move.value,
        each.status.value if each.status else None,
        each.number,
        held.plan if held else None,
        held.version if held else None,
        held.seats if held else None,
        held.currency if held else None,
        held.price if held else None,
        held.months if held else None,
        held.recurring if held else None,
        each.start_us,
        each.end_us,
        each.at_us,
        event.recorded_us,
    )


READ_MODEL = ReadModel("subscription_moves", SubscriptionMoveRow, moves_of, _row)

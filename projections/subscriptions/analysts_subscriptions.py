"""The analysts' table `subscriptions`: one row a move of a subscription, in ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.ports import RecordedEvent
from ledger.subscriptions.moves import Held, SubscriptionMove, moves_of
from projections.read_model import ReadModel


class AnalystsSubscriptionRow(NamedTuple):
    """A move, and what it has made of the subscription; an empty `status` or `plan` is as before,
    and with the plan all that is of it. Times in microseconds."""

    org: str
    sequence: int
    line: int
    position: int
    owner: str
    move: str
    status: str
    plan: str
    seats: int
    currency: str
    price: int
    months: int
    recurring: int
    at: int
    recorded_at: int
    hash: bytes


_AS_BEFORE = Held("", 0, 0, "", 0, 0, 0)


def _row(event: RecordedEvent, each: SubscriptionMove) -> AnalystsSubscriptionRow:
    held = each.held or _AS_BEFORE
    return AnalystsSubscriptionRow(
        event.org,
        event.sequence,
        0,
        event.position,
        each.user,
        each.move.value,
        each.status.value if each.status else "",
        held.plan,
        held.seats,
        held.currency,
        held.price,
        held.months,
        held.recurring,
        each.at_us,
        event.recorded_us,
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_subscriptions",
    AnalystsSubscriptionRow,
    moves_of,
    _row,
    for_analysts=True,
    table="subscriptions",
)

"""The summary `subscriptions`: what each payer holds of a plan, and where it is, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.subscriptions.moves import Move, SubscriptionMove, moves_of
from projections.summary import Summary, Summed, Told


class SubscriptionRow(NamedTuple):
    """A payer's subscription, the last one where there were several. `status`: incomplete,
    trialing, active, past_due, paused or ended. `price`: of a period of so many `months`, in the
    currency's smallest unit; `recurring`: of one month. `start_us` to `end_us`: the period."""

    org: str
    owner: str
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
    paused_us: int | None
    ended_us: int | None
    sequence: int


_COLUMNS = SubscriptionRow._fields[2:-1]


def _add(rows: Summed, event: Told, lines: Sequence[SubscriptionMove]) -> None:
    for each in lines:
        place = (event.org, each.user)
        columns = _columns(each)
        after = [*(columns.get(column) for column in _COLUMNS), event.sequence]
        before = rows.get(place)
        rows[place] = after if before is None else READ_MODEL.merged(before, after)


def _columns(each: SubscriptionMove) -> dict[str, object]:
    found: dict[str, object] = {
        "status": each.status and each.status.value,
        "number": each.number,
        "start_us": each.start_us,
        "end_us": each.end_us,
    }
    if each.held is not None:
        found |= each.held._asdict()
    if each.move in (Move.PAUSED, Move.ENDED):
        found[f"{each.move.value}_us"] = each.at_us
    return found


READ_MODEL: Summary[SubscriptionMove] = Summary("subscriptions", SubscriptionRow, moves_of, 2, _add)

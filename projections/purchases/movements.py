"""The read model `movements`: one row a movement of money at a provider, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.ports import RecordedEvent
from ledger.purchases.money_moves import Moved, moved_by
from ledger.purchases.purchase_base import PurchaseFact
from projections.read_model import ReadModel


class MovementRow(NamedTuple):
    """A movement. `amount`, in the currency's smallest unit, is below zero for what went out.

    `of`: the provider's id of what moved it. `purchase`, `invoice`, `order_id`: what it is for; all
    are empty where it is of the account itself. `moved_us`: when, by the provider where it says so,
    else when it was recorded.
    """

    org: str
    sequence: int
    line: int
    purchase: str
    provider: str
    movement: str
    of: str
    amount: int
    currency: str
    moved_us: int
    invoice: str
    order_id: str


class LineMoved(NamedTuple):
    """Money that moved, and for which purchase."""

    purchase: str
    moved: Moved


def lines_of(fact: Fact) -> list[LineMoved]:
    """Return the money that a fact moves."""
    moved = moved_by(fact)
    if moved is None:
        return []
    return [LineMoved(name_of(fact.originator_id) if isinstance(fact, PurchaseFact) else "", moved)]


def _row(event: RecordedEvent, line: LineMoved) -> MovementRow:
    moved = line.moved
    return MovementRow(
        event.org,
        event.sequence,
        0,
        line.purchase,
        moved.provider,
        moved.why.value,
        moved.of,
        moved.change,
        moved.money.currency,
        event.recorded_us if moved.at_us is None else moved.at_us,
        moved.invoice,
        moved.order,
    )


READ_MODEL = ReadModel("movements", MovementRow, lines_of, _row)

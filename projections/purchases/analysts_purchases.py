"""The analysts' table `purchases`: one row a movement of money, in ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.ports import RecordedEvent
from ledger.purchases.money_moves import Moved, moved_by
from projections.read_model import ReadModel


class AnalystsPurchaseRow(NamedTuple):
    """A movement of money. `amount`, in the currency's smallest unit, is below zero for what went
    out; times in microseconds."""

    org: str
    sequence: int
    line: int
    position: int
    purchase: str
    provider: str
    movement: str
    of: str
    amount: int
    currency: str
    recorded_at: int
    hash: bytes


class PurchaseMoved(NamedTuple):
    """Money that moved, and for which purchase."""

    purchase: str
    moved: Moved


OUT = frozenset({"refund", "dispute"})
"""What takes money from us; a dispute that is lost has taken it before."""


def lines_of(fact: Fact) -> list[PurchaseMoved]:
    """Return the money that a fact moves."""
    moved = moved_by(fact)
    return [] if moved is None else [PurchaseMoved(name_of(fact.originator_id), moved)]


def _row(event: RecordedEvent, line: PurchaseMoved) -> AnalystsPurchaseRow:
    moved, why = line.moved, line.moved.why.value
    amount = 0 if why == "dispute_lost" else moved.money.amount
    return AnalystsPurchaseRow(
        event.org,
        event.sequence,
        0,
        event.position,
        line.purchase,
        moved.provider,
        why,
        moved.of,
        -amount if why in OUT else amount,
        moved.money.currency,
        event.recorded_us,
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_purchases",
    AnalystsPurchaseRow,
    lines_of,
    _row,
    for_analysts=True,
    table="purchases",
)

"""The analysts' table `abandoned_carts`: how many carts of each day became no order, in
ClickHouse."""

from __future__ import annotations

from typing import NamedTuple

from ledger.carts.abandoned import AbandonedCarts
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.ordering.cart_abandonment_facts import CartsAbandoned
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class AnalystsAbandonedCartsRow(NamedTuple):
    """Carts of a currency that were last changed on a `day`, and became no order."""

    org: str
    sequence: int
    line: int
    position: int
    day: str
    currency: str
    carts: int
    guests: int
    units: int
    recorded_at: int
    hash: bytes


class _Counted(NamedTuple):
    number: int
    counts: AbandonedCarts


@ByType
def _counted_by(fact: Fact) -> list[_Counted]:
    return []


@_counted_by.register
def _abandoned(fact: CartsAbandoned) -> list[_Counted]:
    return [_Counted(number, each) for number, each in enumerate(fact.counts)]


def _row(event: RecordedEvent, line: _Counted) -> AnalystsAbandonedCartsRow:
    counts = line.counts
    return AnalystsAbandonedCartsRow(
        event.org,
        event.sequence,
        line.number,
        event.position,
        counts.day,
        counts.currency,
        counts.carts,
        counts.guests,
        counts.units,
        event.recorded_us,
        event.hash,
    )


READ_MODEL = ReadModel(
    "analysts_abandoned_carts",
    AnalystsAbandonedCartsRow,
    _counted_by,
    _row,
    for_analysts=True,
    table="abandoned_carts",
)

"""The analysts' table `ledger_events`: one row an event of an org's log, in ClickHouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class LedgerEventRow(NamedTuple):
    """An event as it is stored; `line` is always 0. Times in microseconds."""

    org: str
    sequence: int
    line: int
    position: int
    stream: str
    version: int
    type: str
    recorded_at: int
    actor: str
    idempotency_key: str
    body: str
    hash: bytes


def _whole(fact: Fact) -> Sequence[Fact]:
    return (fact,)


def _row(event: RecordedEvent, _: Fact) -> LedgerEventRow:
    return LedgerEventRow(
        event.org,
        event.sequence,
        0,
        event.position,
        event.stream,
        event.version,
        event.type,
        event.recorded_us,
        event.actor,
        event.idempotency_key,
        event.body.decode(),
        event.hash,
    )


READ_MODEL = ReadModel("ledger_events", LedgerEventRow, _whole, _row, for_analysts=True)

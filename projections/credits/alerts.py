"""The read model `alerts`: the feed of alerts that spend caps have raised, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.credits.cap_lines import AlertLine, alerts_of
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class AlertRow(NamedTuple):
    """A threshold of a cap that was crossed. Amounts in microcredits; `subject` is what the counter
    is of, as JSON."""

    org: str
    sequence: int
    line: int
    cap: str
    subject: str
    period_from_us: int
    percent: int
    spent: int
    limit_amount: int
    recorded_us: int


def _row(event: RecordedEvent, alert: AlertLine) -> AlertRow:
    return AlertRow(
        event.org,
        event.sequence,
        0,
        alert.cap,
        alert.subject,
        alert.period_from_us,
        alert.percent,
        alert.spent,
        alert.limit,
        event.recorded_us,
    )


READ_MODEL = ReadModel("alerts", AlertRow, alerts_of, _row)

"""The read model `caps`: every version of an org's spend caps, a row a cap, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.credits.cap_lines import CapLine, caps_of
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel

_encode = msgspec.json.Encoder(order="sorted").encode


class CapRow(NamedTuple):
    """A cap of the version that was put in force with that sequence; those with an org's highest
    sequence are in force.

    Where all caps were taken away there is one row, of which `cap` is empty. `limit_amount` in
    microcredits; `scope` and `thresholds` are JSON.
    """

    org: str
    sequence: int
    line: int
    cap: str
    limit_amount: int
    period: str
    days: int | None
    hard: bool
    scope: str
    thresholds: str
    recorded_us: int


def _row(event: RecordedEvent, placed: CapLine) -> CapRow:
    line, cap = placed
    org, sequence, at = event.org, event.sequence, event.recorded_us
    if cap is None:
        return CapRow(org, sequence, line, "", 0, "", None, False, "{}", "[]", at)
    return CapRow(
        org,
        sequence,
        line,
        cap.id,
        cap.limit,
        cap.period.value,
        cap.days,
        cap.hard,
        _encode(cap.scope).decode(),
        _encode(cap.thresholds).decode(),
        at,
    )


READ_MODEL = ReadModel("caps", CapRow, caps_of, _row)

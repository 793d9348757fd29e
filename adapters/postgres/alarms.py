"""Alarms: how often each alarm was raised, by all processes together."""

from __future__ import annotations

from adapters.postgres.connection import Connecting
from ledger.kernel.alarms import Alarm

WHY_MAX = 1_000
"""Characters kept of what an alarm said."""

_ADD = """
INSERT INTO tally.alarms AS a (alarm, times, last_us, why)
SELECT n.alarm, n.times, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, n.why
  FROM unnest(%b::text[], %b::bigint[], %b::text[]) AS n (alarm, times, why)
 ORDER BY n.alarm
    ON CONFLICT (alarm) DO UPDATE
   SET times = a.times + excluded.times, last_us = excluded.last_us, why = excluded.why
"""


class PostgresAlarms(Connecting):
    """The counts, as the writer."""

    purpose = "alarms"

    def add(self, times: dict[Alarm, int], why: dict[Alarm, str]) -> None:
        reasons = [_stored(why[alarm]) for alarm in times]
        self._run(_ADD, [[str(alarm) for alarm in times], list(times.values()), reasons])


def _stored(why: str) -> str:
    """Return what was said as the database can hold it: a path may have bytes that are no text."""
    return why.replace("\0", "").encode(errors="replace").decode()[:WHY_MAX]

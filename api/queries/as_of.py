"""Moments of an org's past: a sequence, and the time at which it is looked at."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import format_time, parse_time

_SEQUENCE_DIGITS = 19


class Moment(NamedTuple):
    """The state after an org's event of that sequence, evaluated at a time in microseconds.

    Sequence 0: before its first event.
    """

    sequence: int
    at_us: int


async def moment_of(reader: Reader, org: str, as_of: str, clock_us: int) -> Moment:
    """Return the moment that `as_of` names: a sequence, or an RFC 3339 time.

    A sequence is looked at when it was recorded. A time T is the last event recorded by T, looked
    at at T: final once the org has recorded a later event. Raises Invalid for what is neither, or
    lies beyond the ledger's last.
    """
    if as_of.isascii() and as_of.isdigit():
        return await _of_sequence(reader, org, as_of)
    try:
        at_us = parse_time(as_of, "as_of")
    except Invalid as refused:
        raise Invalid(
            f"as_of must be a sequence, or else: {refused.detail}", field="as_of"
        ) from None
    return await _of_time(reader, org, at_us, clock_us)


async def sequence_at(reader: Reader, org: str, time_us: int) -> int:
    """Return the last event of an org recorded by a time; 0 when there was none."""
    row = await reader.row(org, "sequence_at", {"org": org, "time_us": time_us})
    assert row is not None
    return int(row["sequence"])


async def _of_sequence(reader: Reader, org: str, as_of: str) -> Moment:
    sequence = int(as_of) if len(as_of) <= _SEQUENCE_DIGITS else AMOUNT_MAX + 1
    known = min(sequence, AMOUNT_MAX)
    row = await reader.row(org, "sequence_recorded", {"org": org, "sequence": known})
    assert row is not None
    if sequence > row["head"]:
        raise Invalid(
            f"as_of is in the future: the ledger's last sequence is {row['head']}.", field="as_of"
        )
    if sequence == 0:
        return Moment(0, 0)
    if row["recorded_us"] is None:
        raise archived()
    return Moment(sequence, row["recorded_us"])


async def _of_time(reader: Reader, org: str, at_us: int, clock_us: int) -> Moment:
    row = await reader.row(org, "sequence_recorded", {"org": org, "sequence": 0})
    assert row is not None
    now_us = max(clock_us, row["head_recorded_us"])
    if at_us > now_us:
        raise Invalid(f"as_of is in the future: here it is {format_time(now_us)}.", field="as_of")
    sequence = await sequence_at(reader, org, at_us)
    row = await reader.row(org, "sequence_recorded", {"org": org, "sequence": sequence})
    assert row is not None
    if sequence and row["recorded_us"] is None:
        raise archived()
    return Moment(sequence, at_us)


def archived() -> NotFound:
    """Return an event that should be there was taken out of the store."""
    return NotFound(
        "events of that time are archived: put their partition back, or ask for a later time.",
        field="as_of",
    )

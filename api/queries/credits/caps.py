"""Spend caps: those in force with what they have counted, and the alerts they raised."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from api.queries.reader import Reader
from ledger.credits.caps import Cap, buckets
from ledger.kernel.decoding import decoded, decoder

FIRST_PLACE = 2**63 - 1
COUNTERS_SHOWN = 100
"""Counters returned of one cap, the highest; a cap for each user may have many more."""


class CounterRead(msgspec.Struct, frozen=True):
    """What was spent in the present window, and what open holds set aside in it.

    `subject`: the values a `*` of the scope stands for.
    """

    subject: list[str]
    spent: int
    held: int


class CapRead(msgspec.Struct, frozen=True):
    """A cap in force with its window's beginning and its highest counters."""

    cap: Cap
    since_us: int
    counters: list[CounterRead]
    more: bool = False


class AlertRead(msgspec.Struct, frozen=True):
    """What an alert's event holds, in its own names."""

    cap: str
    subject: str
    period_from_us: int
    percent: int
    spent: int
    limit: int


class Raised(msgspec.Struct, frozen=True):
    """An alert with its place in the chain."""

    sequence: int
    hash: bytes
    recorded_us: int
    alert: AlertRead


class _Set(msgspec.Struct):
    caps: list[Cap]


_decode_caps = decoder(_Set)
_decode_alert = decoder(AlertRead)


async def caps_in_force(reader: Reader, org: str, now_us: int) -> list[CapRead]:
    """Return the caps of an org, in the order they were set in."""
    row = await reader.row(org, "credits/caps", {"org": org})
    caps = _decode_caps(row["body"]).caps if row else []
    since = [buckets(cap, now_us)[0] for cap in caps]
    parameters = {
        "org": org,
        "caps": [cap.id for cap in caps],
        "since": since,
        "limit": COUNTERS_SHOWN,
    }
    counted: dict[str, list[CounterRead]] = {}
    for found in await reader.rows(org, "credits/cap_counters", parameters):
        counter = CounterRead(values_of(found["subject"]), int(found["spent"]), int(found["held"]))
        counted.setdefault(found["cap"], []).append(counter)
    return [
        _read(cap, since_us, counted.get(cap.id, []))
        for cap, since_us in zip(caps, since, strict=True)
    ]


def _read(cap: Cap, since_us: int, counters: Sequence[CounterRead]) -> CapRead:
    return CapRead(cap, since_us, list(counters[:COUNTERS_SHOWN]), len(counters) > COUNTERS_SHOWN)


async def alerts(reader: Reader, org: str, before: int, limit: int) -> list[Raised]:
    """Return alerts, newest first, before a sequence."""
    parameters = {"org": org, "before": before, "limit": limit}
    return [
        Raised(row["sequence"], row["hash"], row["recorded_us"], _decode_alert(row["body"]))
        for row in await reader.rows(org, "credits/alerts", parameters)
    ]


def values_of(subject: str) -> list[str]:
    """Return the values that a counter is for; none for the only counter of a cap."""
    return decoded(subject, list[str]) if subject else []

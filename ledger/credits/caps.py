"""Spend caps: limits on what is used in a period, and alerts when a part of one is reached.

A cap counts recorded usage from when it was set, by recorded time, in UTC periods. A soft cap
raises alerts; a hard one also refuses admissions (holds, and debits that ask to be refused).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from ledger.kernel.errors import CapExceeded
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import microseconds, moment

EACH = "*"
"""At the end of a scope's text: every value that begins so has a counter of its own."""

DIMENSIONS = ("user", "project", "service", "model")


class Period(StrEnum):
    """How long spending is added up."""

    DAY = "day"
    MONTH = "month"
    ROLLING = "rolling"


class Cap(msgspec.Struct, frozen=True, omit_defaults=True):
    """A limit in microcredits.

    `scope` is dimension → text; with `*` at its end, each value that begins so has a counter
    of its own. `days` is the length of a rolling period, today included; `thresholds` are percent
    of the limit.
    """

    id: str
    limit: int
    period: Period
    hard: bool = False
    days: int | None = None
    scope: dict[str, str] = {}
    thresholds: list[int] = msgspec.field(default_factory=lambda: [100])


class CounterKey(NamedTuple):
    """One counter of a cap: `subject` the values it is for, `bucket_us` where its day or month
    begins."""

    org: str
    cap: str
    subject: str
    bucket_us: int


class Counter(msgspec.Struct):
    """What was spent in a bucket, and the highest threshold that has alerted in it."""

    spent: int = 0
    alerted: int = 0


class Window(NamedTuple):
    """The buckets a cap adds up for one use; the last is the one it counts into."""

    cap: Cap
    keys: list[CounterKey]


class Alert(NamedTuple):
    """A threshold that was crossed."""

    cap: Cap
    subject: str
    bucket_us: int
    percent: int
    spent: int


def windows(
    org: str, caps: list[Cap], use: Mapping[str, str | None], now_us: int
) -> Iterator[Window]:
    """The caps that a use falls under, and the counters of each."""
    for cap in caps:
        subject = subject_of(cap, use)
        if subject is not None:
            keys = [CounterKey(org, cap.id, subject, bucket) for bucket in buckets(cap, now_us)]
            yield Window(cap, keys)


def check_caps(
    found: Iterator[Window] | list[Window], counters: Mapping[CounterKey, Counter], amount: int
) -> None:
    """Refuse an admission that a hard cap does not leave room for; the tightest one is named."""
    tightest: tuple[int, Cap] | None = None
    for cap, keys in found:
        room = cap.limit - _spent(keys, counters)
        if cap.hard and room < amount and (tightest is None or room < tightest[0]):
            tightest = (room, cap)
    if tightest is not None:
        room, cap = max(0, tightest[0]), tightest[1]
        raise CapExceeded(
            f"the cap {cap.id} leaves {format_amount(room, CREDIT)} credits in this "
            f"{'window' if cap.period is Period.ROLLING else cap.period}: raise it, or wait.",
            cap=cap.id,
            available=format_amount(room, CREDIT),
            required=format_amount(amount, CREDIT),
            missing=format_amount(amount - room, CREDIT),
        )


def count(
    found: Iterator[Window] | list[Window], counters: dict[CounterKey, Counter], amount: int
) -> list[Alert]:
    """Add a use to its counters; answer the thresholds it crossed."""
    alerts = []
    for cap, keys in found:
        counter = counters.setdefault(keys[-1], Counter())
        counter.spent += amount
        spent = _spent(keys, counters)
        alerted = max(counters[key].alerted for key in keys if key in counters)
        crossed = [p for p in cap.thresholds if spent * 100 >= cap.limit * p]
        for percent in sorted(p for p in crossed if p > alerted):
            counter.alerted = percent
            alerts.append(Alert(cap, keys[0].subject, keys[0].bucket_us, percent, spent))
    return alerts


def _spent(keys: list[CounterKey], counters: Mapping[CounterKey, Counter]) -> int:
    return sum(counters[key].spent for key in keys if key in counters)


def subject_of(cap: Cap, use: Mapping[str, str | None]) -> str | None:
    """The values a cap counts this use under, or None when it does not concern it."""
    values = []
    for dimension in DIMENSIONS:
        wanted = cap.scope.get(dimension)
        if wanted is None:
            continue
        value = use.get(dimension)
        each = wanted.endswith(EACH)
        if value is None or not (value.startswith(wanted[:-1]) if each else value == wanted):
            return None
        if each:
            values.append(value)
    return json.dumps(values, ensure_ascii=False) if values else ""


def buckets(cap: Cap, now_us: int) -> list[int]:
    """Where the days or months of a window begin, the present one last."""
    today = moment(now_us).replace(hour=0, minute=0, second=0, microsecond=0)
    if cap.period is Period.MONTH:
        return [microseconds(today.replace(day=1))]
    days = (cap.days or 1) if cap.period is Period.ROLLING else 1
    return [microseconds(today - timedelta(days=back)) for back in range(days - 1, -1, -1)]


def highest_spent(caps: list[Cap], spent: Mapping[CounterKey, int], now_us: int) -> dict[str, int]:
    """For each cap the most that anyone it is for has spent in its present window."""
    highest = {}
    for cap in caps:
        window = set(buckets(cap, now_us))
        subjects: dict[str, int] = {}
        for key, amount in spent.items():
            if key.cap == cap.id and key.bucket_us in window:
                subjects[key.subject] = subjects.get(key.subject, 0) + amount
        highest[cap.id] = max(subjects.values(), default=0)
    return highest

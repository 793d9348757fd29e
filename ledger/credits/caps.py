"""Spend caps: limits on what is used in a period, and alerts when a part of one is reached.

A cap counts recorded usage from when it was set, by recorded time, in UTC periods. A soft cap
raises alerts; a hard one also refuses admissions (holds, and debits that ask to be refused) that
what is spent and what open holds set aside leave no room for. A hold stays counted in the period
it was placed in until it ends; its capture is spending of the period it is recorded in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

from ledger.kernel.errors import CapExceeded
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import microseconds, moment

EACH = "*"
"""At the end of a scope's text: every value that begins so has a counter of its own."""

DIMENSIONS = ("user", "project", "service", "provider", "model")

ANY_LIMIT = 0
"""The limit of an alert of which only the percent was kept: it stands for every limit."""

ALERTED_LIMITS_MAX = 100
"""Limits of one bucket whose alerts are remembered; beyond, the first may alert again."""

Scope = Mapping[str, str | None]
"""What caps tell uses apart by: a value of each dimension."""


class Labelled(Protocol):
    """A use as it was asked for, set aside, charged or counted: all have the labels of a line."""

    @property
    def user(self) -> str: ...
    @property
    def project(self) -> str | None: ...
    @property
    def service(self) -> str | None: ...
    @property
    def provider(self) -> str | None: ...
    @property
    def model(self) -> str | None: ...


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
    """What was spent in a bucket and what open holds set aside in it.

    `alerted`: of each limit that was in force, the highest threshold that has alerted.
    """

    spent: int = 0
    held: int = 0
    alerted: dict[int, int] = {}

    def highest_alerted(self, limit: int) -> int:
        """Return the highest threshold of a limit that has alerted."""
        return max(self.alerted.get(limit, 0), self.alerted.get(ANY_LIMIT, 0))

    def has_alerted(self, limit: int, percent: int) -> None:
        """Remember an alert."""
        alerted = self.alerted | {limit: percent}  # copies of a counter share what they alerted
        if len(alerted) > ALERTED_LIMITS_MAX:
            del alerted[next(iter(alerted))]
        self.alerted = alerted


class Counted(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an amount was counted: by a version of the cap book, at a time, under labels."""

    caps_version: int
    at_us: int
    user: str
    project: str | None = None
    service: str | None = None
    provider: str | None = None
    model: str | None = None


class Window(NamedTuple):
    """The buckets a cap adds up for one use; the last is the one it counts into."""

    cap: Cap
    keys: list[CounterKey]


class Entry(NamedTuple):
    """What is added to the last bucket of each window; negative where it is given back."""

    windows: list[Window]
    spent: int = 0
    held: int = 0


class Alert(NamedTuple):
    """A threshold that was crossed."""

    cap: Cap
    subject: str
    bucket_us: int
    percent: int
    spent: int


def scope_of(labelled: Labelled) -> Scope:
    """Return what caps tell this apart by."""
    return {
        "user": labelled.user,
        "project": labelled.project,
        "service": labelled.service,
        "provider": labelled.provider,
        "model": labelled.model,
    }


def counted_under(labelled: Labelled, caps_version: int, at_us: int) -> Counted | None:
    """Return where an amount with these labels was counted; None: there were no caps."""
    if not caps_version:
        return None
    return Counted(caps_version, at_us, **scope_of(labelled))  # type: ignore[arg-type]


def windows(org: str, caps: Sequence[Cap], scope: Scope, at_us: int) -> Iterator[Window]:
    """Yield the caps that a use falls under, and the counters of each."""
    for cap in caps:
        subject = subject_of(cap, scope)
        if subject is not None:
            keys = [CounterKey(org, cap.id, subject, bucket) for bucket in buckets(cap, at_us)]
            yield Window(cap, keys)


def check_caps(
    found: Sequence[Window], counters: Mapping[CounterKey, Counter], amount: int
) -> None:
    """Refuse an admission that a hard cap does not leave room for; the tightest one is named.

    What costs nothing is always admitted.
    """
    rooms = [(_room(each, counters), each.cap) for each in found if each.cap.hard]
    if not amount or not rooms:
        return
    room, cap = min(rooms, key=lambda each: each[0])
    if room >= amount:
        return
    available = format_amount(max(0, room), CREDIT)
    raise CapExceeded(
        f"the cap {cap.id} leaves {available} credits in this "
        f"{'window' if cap.period is Period.ROLLING else cap.period}: raise it, end a hold, or "
        "wait.",
        cap=cap.id,
        available=available,
        required=format_amount(amount, CREDIT),
        missing=format_amount(amount - room, CREDIT),
    )


def count(entry: Entry, counters: dict[CounterKey, Counter]) -> list[Alert]:
    """Add an entry to its counters; return the thresholds it crossed."""
    add(entry, counters)
    if entry.spent <= 0:
        return []
    return [alert for window in entry.windows for alert in _crossed(window, counters)]


def add(entry: Entry, counters: dict[CounterKey, Counter]) -> None:
    """Add an entry to its counters; nothing leaves no trace."""
    for window in entry.windows if entry.spent or entry.held else []:
        counter = counters.setdefault(window.keys[-1], Counter())
        counter.spent += entry.spent
        counter.held += entry.held


def _crossed(window: Window, counters: Mapping[CounterKey, Counter]) -> Iterator[Alert]:
    """Yield the thresholds of a window that are reached and have not alerted under its limit."""
    cap, keys = window
    present = [counters[key] for key in keys if key in counters]
    spent = sum(counter.spent for counter in present)
    alerted = max(counter.highest_alerted(cap.limit) for counter in present)
    for percent in sorted(cap.thresholds):
        if percent > alerted and spent * 100 >= cap.limit * percent:
            counters[keys[-1]].has_alerted(cap.limit, percent)
            yield Alert(cap, keys[0].subject, keys[0].bucket_us, percent, spent)


def _room(window: Window, counters: Mapping[CounterKey, Counter]) -> int:
    """Return what a cap leaves beside what is spent and set aside; below zero when it is passed."""
    present = [counters[key] for key in window.keys if key in counters]
    return window.cap.limit - sum(counter.spent + counter.held for counter in present)


def subject_of(cap: Cap, scope: Scope) -> str | None:
    """Return the values a cap counts this use under, or None when it does not concern it."""
    values = []
    for dimension in DIMENSIONS:
        wanted = cap.scope.get(dimension)
        if wanted is None:
            continue
        value = scope[dimension]
        each = wanted.endswith(EACH)
        if value is None or not (value.startswith(wanted[:-1]) if each else value == wanted):
            return None
        if each:
            values.append(value)
    return json.dumps(values, ensure_ascii=False) if values else ""


def buckets(cap: Cap, at_us: int) -> list[int]:
    """Return where the days or months of a window begin, the one of that moment last."""
    today = moment(at_us).replace(hour=0, minute=0, second=0, microsecond=0)
    if cap.period is Period.MONTH:
        return [microseconds(today.replace(day=1))]
    days = (cap.days or 1) if cap.period is Period.ROLLING else 1
    return [microseconds(today - timedelta(days=back)) for back in range(days - 1, -1, -1)]

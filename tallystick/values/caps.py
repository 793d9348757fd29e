"""Values of caps.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class CapRead:
    """A cap in force with its highest counters; `more_counters`: whether it has others."""

    id: str
    limit: Decimal
    period: Literal["day", "month", "rolling"]
    days: int | None
    hard: bool
    scope: Mapping[str, str]
    thresholds: tuple[int, ...]
    window_from: datetime
    counters: tuple[Counter, ...]
    more_counters: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Counter:
    """What a cap has counted in its window; `values`: what each `*` of its scope stands for."""

    values: tuple[str, ...]
    spent: Decimal
    held: Decimal
    available: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class CapSetting:
    """A limit on what is spent in a period, in credits; a hard one counts open holds, too."""

    id: str
    limit: Decimal | int
    period: Literal["day", "month", "rolling"]
    days: int | None = None
    hard: bool | None = None
    scope: CapScope | None = None
    thresholds: Sequence[int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CapScope:
    """Which uses a cap counts; a text that ends in `*` has a counter for each value."""

    user: str | None = None
    project: str | None = None
    service: str | None = None
    provider: str | None = None
    model: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CapsSet:
    """The caps that are in force from now on."""

    caps: tuple[Cap, ...]
    sequence: int
    hash: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Cap:
    """A limit on what is spent in a period; `days`: of a rolling one."""

    id: str
    limit: Decimal
    period: Literal["day", "month", "rolling"]
    days: int | None
    hard: bool
    scope: Mapping[str, str]
    thresholds: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """A part of a limit was reached, once in a period."""

    cap: str
    values: tuple[str, ...]
    percent: int
    spent: Decimal
    limit: Decimal
    period_from: datetime
    sequence: int
    hash: str
    raised_at: datetime

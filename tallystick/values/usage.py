"""Values of usage.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import new_id
from tallystick.problem import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageLine:
    """One metered use."""

    id: str = field(default_factory=new_id)
    user: str | None = None
    occurred_at: datetime | None = None
    service: str | None = None
    project: str | None = None
    provider: str | None = None
    model: str | None = None
    input_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    quantities: Mapping[str, int] | None = None
    amount: Decimal | int | None = None
    on_shortfall: Literal["debt", "reject"] | None = None
    metadata: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """One movement of a wallet."""

    id: str
    sequence: int
    hash: str
    user: str
    owner: str
    asset: str
    category: Literal[
        "deposit",
        "grant",
        "usage",
        "transfer",
        "reversal",
        "expiry",
        "adjustment",
        "conversion",
        "refund",
        "dispute",
        "overage",
    ]
    amount: Decimal
    balance_after: Decimal | None
    pending_after: Decimal | None
    lots: tuple[Slice, ...]
    occurred_at: datetime
    recorded_at: datetime
    reference: str | None
    reason: str | None
    metadata: Mapping[str, str] | None
    erased: bool
    usage: Usage | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """A part of a lot."""

    lot: str
    kind: Literal["purchased", "included", "free", "promotional", "adjustment"]
    amount: Decimal
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """The metered work of a usage line."""

    id: str
    credential: str
    service: str | None
    project: str | None
    provider: str | None
    model: str | None
    quantities: Mapping[str, int]
    debt: Decimal
    late: bool
    rate: Rate | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """The prices a line was rated with: meter to exact dollars for one unit, the last one."""

    card: str
    version: int
    unit_prices_usd: Mapping[str, Decimal]
    used_before: Mapping[str, int] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageReport:
    """One page of a report, and which copy of the ledger it is from."""

    period: str
    source: Literal["clickhouse", "postgresql"]
    next_cursor: str | None
    as_of_sequence: int
    data: tuple[UsageSums, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageSums:
    """The sums of the lines that have these labels."""

    hour: str | None = None
    day: str | None = None
    month: str | None = None
    model: str | None = None
    service: str | None = None
    project: str | None = None
    provider: str | None = None
    user: str | None = None
    lines: int
    late_lines: int
    amount: Decimal
    amount_usd: Decimal
    debt: Decimal
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    quantities: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """The results, in the order of the items."""

    results: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """What became of an item: a `transaction` where it was charged, else its `problem`."""

    index: int
    status: int
    replayed: bool
    transaction: Transaction | None = None
    problem: Problem | None = None

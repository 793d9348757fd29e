"""Allowance: the free credit that an org gives each of its users every month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import month_after

ALLOWANCE_STREAM = "allowance"


class Allowance(LedgerAggregate):
    """How much an org gives each month, and the last month in which every wallet has got it."""

    TOPIC: ClassVar[str] = "credits.Allowance"
    STREAM: ClassVar[str] = ALLOWANCE_STREAM

    def __init__(self) -> None:
        self.free_monthly: int | None = None
        self.verified_only = False
        self.granted_month: str | None = None
        self.set_us = 0
        """When it was set last."""

    class Event(LedgerAggregate.Event):
        """Base of an allowance's facts."""

    class AllowanceOpened(Event, FirstFact):
        """An org begins to give."""

        TOPIC: ClassVar[str] = "credits.AllowanceOpened"

    class AllowanceSet(Event):
        """Each user gets so many microcredits a month from now on; None: nothing. `verified_only`:
        who was welcomed with a verified identity, and nobody else."""

        TOPIC: ClassVar[str] = "credits.AllowanceSet"
        fingerprint: str
        free_monthly: int | None = None
        verified_only: bool = False

        def apply(self, aggregate: Allowance) -> None:
            aggregate.free_monthly = self.free_monthly
            aggregate.verified_only = self.verified_only
            aggregate.set_us = self.recorded_us

    class AllowancesGranted(Event):
        """Every wallet that there was has got the allowance of a month."""

        TOPIC: ClassVar[str] = "credits.AllowancesGranted"
        month: str

        def apply(self, aggregate: Allowance) -> None:
            aggregate.granted_month = self.month

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "free_monthly": self.free_monthly,
            "granted_month": self.granted_month,
            "verified_only": self.verified_only,
        }
        return [TableRow("allowances", columns)]

    @classmethod
    def open(cls, org: str, at: datetime) -> Allowance:
        """Return an allowance begins when it is first set."""
        return cls._create(cls.AllowanceOpened, id=allowance_id(org), timestamp=at)

    def set_monthly(
        self, amount: int | None, at: datetime, *, fingerprint: str, verified_only: bool = False
    ) -> None:
        """Give so much from now on; a user who has got this month's gets the new one next month."""
        self.trigger_event(
            self.AllowanceSet,
            timestamp=at,
            fingerprint=fingerprint,
            free_monthly=amount,
            verified_only=verified_only,
        )

    def due_us(self) -> int | None:
        """Return when the month after the last that is done begins, or since it was set; its own
        job gives it then (api/jobs/credits.py)."""
        if self.free_monthly is None:
            return None
        return self.set_us if self.granted_month is None else month_after(self.granted_month)

    def close_month(self, month: str, at: datetime) -> None:
        """Record that a month is done, once."""
        if self.granted_month is None or self.granted_month < month:
            self.trigger_event(self.AllowancesGranted, timestamp=at, month=month)


def allowance_id(org: str) -> str:
    """Return the stream of an org's allowance."""
    return stream_id(org, ALLOWANCE_STREAM)

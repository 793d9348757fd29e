"""A kind of aggregate that no part of the product knows: what time does is declared by it alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import msgspec

from api.commands.command import Command
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.aggregate import Archivable, FirstFact, LedgerAggregate
from ledger.kernel.ids import stream_id
from ledger.kernel.keys import Key
from ledger.kernel.times import microseconds


class LeaseState(msgspec.Struct):
    """All that a lease remembers."""

    until_us: int
    fault: str
    ended: bool


class Lease(LedgerAggregate):
    """Something lent until a moment. `fault`: what is wrong with its rule, if anything is."""

    TOPIC: ClassVar[str] = "tests.Lease"
    STREAM: ClassVar[str] = "lease/"
    ARCHIVABLE: ClassVar[Archivable] = Archivable.ENDED
    State = LeaseState

    def __init__(self, until_us: int, fault: str) -> None:
        self.until_us = until_us
        self.fault = fault
        self.ended = False

    class Event(LedgerAggregate.Event):
        """Base of a lease's facts."""

    class LeaseBegan(Event, FirstFact):
        """It was lent."""

        TOPIC: ClassVar[str] = "tests.LeaseBegan"
        until_us: int
        fault: str

    class LeaseEnded(Event):
        """It came back."""

        TOPIC: ClassVar[str] = "tests.LeaseEnded"

        def apply(self, aggregate: Lease) -> None:
            aggregate.ended = aggregate.fault != "endless"
            if aggregate.fault == "half":
                raise ZeroDivisionError

    @classmethod
    def begin(cls, org: str, name: str, at: datetime, until_us: int, fault: str) -> Lease:
        return cls._create(
            cls.LeaseBegan,
            id=stream_id(org, "lease", name),
            timestamp=at,
            until_us=until_us,
            fault=fault,
        )

    @property
    def has_ended(self) -> bool:
        return self.ended

    def due_us(self) -> int | None:
        return None if self.ended else self.until_us

    def fall_due(self, at: datetime) -> None:
        if self.fault == "broken":
            raise ZeroDivisionError
        is_over = not self.ended and self.until_us <= microseconds(at)
        if is_over and self.fault != "idle":
            self.trigger_event(self.LeaseEnded, timestamp=at)
            if self.fault == "late":
                raise ZeroDivisionError


@dataclass(frozen=True)
class BeginLease(Command[PendingFact]):
    """Lend something."""

    name: str
    until_us: int
    fault: str = ""

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def decide(self, unit: UnitOfWork) -> PendingFact:
        at = unit.now(self.org)
        lease = Lease.begin(self.org, self.name, at, self.until_us, self.fault)
        return unit.record(lease, self.actor)

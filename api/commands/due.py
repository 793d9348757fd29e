"""Due: what time brings: `FallDue` records what has fallen due in an aggregate, whatever its
kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from api.commands.command import Command
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.ids import stream_id
from ledger.kernel.keys import Key
from ledger.registry import kind_of


class FellDue(NamedTuple):
    """Whether something was recorded, and when time brings something next."""

    recorded: bool
    due_us: int | None


@dataclass(frozen=True)
class FallDue(Command[FellDue]):
    """Record what time has brought in the aggregate with this stream, of whatever kind.

    It has no key: whoever comes second finds nothing left to record.
    """

    stream: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        kind = kind_of(self.stream)
        return [(kind, stream_id(self.org, self.stream))] if kind else []

    def decide(self, unit: UnitOfWork) -> FellDue:
        found = [unit.get(kind, aggregate_id) for kind, aggregate_id in self.needs(unit)]
        aggregate = found[0] if found else None
        if aggregate is None:
            return FellDue(recorded=False, due_us=None)
        aggregate.fall_due(unit.now(self.org))
        recorded = bool(aggregate.pending_events)
        if recorded:
            unit.record(aggregate, self.actor)
        return FellDue(recorded, aggregate.due_us())

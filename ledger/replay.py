"""Aggregates from their stored events, fast: nearly all events are usage, and of usage only what
moves the wallet is decoded. The result is the same as that of folding whole facts.
"""

from __future__ import annotations

from typing import Any

import msgspec
from eventsourcing.domain import OriginatorVersionError

from ledger.credits.debits import UsageRecorded
from ledger.facts import fact_of
from ledger.kernel.events import LedgerAggregate
from ledger.kernel.times import moment
from ledger.ports import RecordedEvent

_USAGE = UsageRecorded.TOPIC


class _Part(msgspec.Struct, gc=False):
    """What a slice takes from a lot."""

    lot: str
    amount: int


class _Movement(msgspec.Struct, gc=False):
    """What a usage line does to a wallet."""

    lots: list[_Part] = []
    debt: int = 0


class _Movements(msgspec.Struct, gc=False):
    """What `UsageRecorded.apply` reads of its body."""

    lines: list[_Movement]


_decode = msgspec.json.Decoder(_Movements).decode


class Replay:
    """The aggregates of the events so far, by stream id; events come in the order of a chain."""

    def __init__(self) -> None:
        self.aggregates: dict[str, LedgerAggregate] = {}

    def apply(self, event: RecordedEvent) -> None:
        """Move an aggregate on by one event.

        Raises UnknownFact, UnreadableFact, or what the aggregate raises when it does not follow.
        """
        name = f"{event.org}/{event.stream}"
        aggregate: Any = self.aggregates.get(name)
        if event.type != _USAGE or aggregate is None or UsageRecorded.class_version > 1:
            moved: Any = fact_of(event).mutate(aggregate)
            self.aggregates[name] = moved
            return
        if event.version != aggregate.version + 1:
            raise OriginatorVersionError(event.version, aggregate.version + 1)
        funds = aggregate.funds
        for line in _decode(event.body).lines:
            funds.remove(line.lots)
            funds.debt += line.debt
        aggregate.version = event.version
        aggregate.modified_on = moment(event.recorded_us)

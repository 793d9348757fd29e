"""Aggregates from their stored events, fast: nearly all events are usage, and of usage only what
moves the wallet is decoded. The result is the same as that of folding whole facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from eventsourcing.domain import OriginatorVersionError

from ledger.credits.debits import UsageRecorded
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import stream_id
from ledger.kernel.times import moment
from ledger.ports import RecordedEvent
from ledger.registry import UnreadableFact, fact_from

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


class Move(NamedTuple):
    """What of a stored event moves an aggregate on."""

    aggregate_id: str
    type: str
    version: int
    recorded_us: int
    body: bytes


def move_of(event: RecordedEvent) -> Move:
    """The move of an event."""
    aggregate_id = stream_id(event.org, event.stream)
    return Move(aggregate_id, event.type, event.version, event.recorded_us, event.body)


class Replay:
    """The aggregates of the events so far, by stream id; events come in the order of a chain."""

    def __init__(self, begun: Mapping[str, LedgerAggregate] | None = None) -> None:
        self._aggregates: dict[str, Any] = dict(begun or {})
        self._moved_us: dict[str, int] = {}

    @property
    def aggregates(self) -> dict[str, LedgerAggregate]:
        """The aggregates as they are now."""
        for name, recorded_us in self._moved_us.items():
            self._aggregates[name].modified_on = moment(recorded_us)
        self._moved_us.clear()
        return self._aggregates

    def apply(self, move: Move) -> None:
        """Move an aggregate on by one event.

        Raises UnknownFact, UnreadableFact, or what the aggregate raises when it does not follow.
        """
        name, topic, version, recorded_us, body = move
        aggregate = self._aggregates.get(name)
        if topic != _USAGE or aggregate is None or UsageRecorded.class_version > 1:
            fact: Any = fact_from(topic, body, name, version, recorded_us)
            self._aggregates[name] = fact.mutate(aggregate)
            self._moved_us.pop(name, None)
            return
        if version != aggregate.version + 1:
            raise OriginatorVersionError(version, aggregate.version + 1)
        try:
            lines = _decode(body).lines
        except (msgspec.MsgspecError, ValueError) as error:
            raise UnreadableFact(f"the body cannot be read as {topic}: {error}.") from error
        aggregate.funds.burn([line.lots for line in lines], sum([line.debt for line in lines]))
        aggregate.version = version
        self._moved_us[name] = recorded_us

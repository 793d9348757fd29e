"""Replay: aggregates from their stored events. Of facts whose aggregate says how, it decodes only
what moves the aggregate; the result is the same as that of folding whole facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from eventsourcing.domain import OriginatorVersionError

from ledger.contexts import CONTEXTS
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.times import moment
from ledger.registry import FACTS, UnreadableFact, fact_from

_MOVES = {
    topic: (FACTS[topic], apply)
    for context in CONTEXTS
    for aggregate in context.aggregates
    for topic, apply in aggregate.MOVES.items()
}


class Move(NamedTuple):
    """What of a stored event moves an aggregate on."""

    aggregate_id: str
    type: str
    version: int
    recorded_us: int
    body: bytes


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
        known = _MOVES.get(topic)
        if known is None or aggregate is None or known[0].class_version > 1:
            fact: Any = fact_from(topic, body, name, version, recorded_us)
            self._aggregates[name] = fact.mutate(aggregate)
            self._moved_us.pop(name, None)
            return
        if version != aggregate.version + 1:
            raise OriginatorVersionError(version, aggregate.version + 1)
        try:
            known[1](aggregate, body)
        except (msgspec.MsgspecError, ValueError) as error:
            raise UnreadableFact(f"the body cannot be read as {topic}: {error}.") from error
        aggregate.version = version
        self._moved_us[name] = recorded_us


def moved_on(
    aggregate_id: str, begun: LedgerAggregate | None, moves: Iterable[Move]
) -> LedgerAggregate | None:
    """Return an aggregate after moves of its own; `begun`: as it was before them.

    Raises what `Replay.apply` raises.
    """
    replay = Replay({} if begun is None else {aggregate_id: begun})
    for move in moves:
        replay.apply(move)
    return replay.aggregates.get(aggregate_id)

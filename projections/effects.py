"""Effects: the end of a follower that calls; what a fact asks of the outside becomes a durable
job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ledger.ports import RecordedEvent
from projections.engine import End
from projections.ports import Call, EffectStore, P


class Deferring(End):
    """Defers the calls of a page in the transaction of its position. It calls nobody."""

    def __init__(
        self,
        name: str,
        store: EffectStore,
        calls_of: Callable[[RecordedEvent], Iterable[Call]],
    ) -> None:
        self.name = name
        self.store = self._jobs = store
        self._calls_of = calls_of

    def take(self, at: P, until: int, events: Sequence[RecordedEvent]) -> P:
        calls = [call for event in events for call in self._calls_of(event)]
        return self._jobs.defer(at, until, calls)

"""Effects in memory: the promises of their stores, without a database and without durability."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.kernel.errors import Unavailable
from ledger.kernel.shards import base_of, shard_of
from ledger.ports import Clock, RecordedEvent
from projections.ports import Call, CallName, P, Parked, Progress, Superseded, WaitingCall

PAGE_POSITIONS = 2_000


@dataclass
class _Deferred:
    content: str
    deferred_us: int
    turn: str | None = None
    outcome: str | None = None
    error: str | None = None


@dataclass
class MemoryEffectState:
    """What several processes would share."""

    clock: Clock
    events: list[RecordedEvent] = field(default_factory=list)
    jobs: list[CallName] = field(default_factory=list)
    """What was deferred, in order."""

    calls: dict[CallName, _Deferred] = field(default_factory=dict)
    positions: dict[tuple[str, int], int] = field(default_factory=dict)
    """Of each follower, by shard."""

    parked: dict[tuple[str, str], int] = field(default_factory=dict)
    """Of each follower, by org: what is applied of an org that is set aside."""

    claims: dict[str, object] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, calls: Sequence[Call]) -> int:
        """Defer those that are new."""
        with self.lock:
            fresh = {call.name: call for call in calls if call.name not in self.calls}
            now = self.clock()
            under_way = {call.turn for call in self.calls.values() if call.outcome is None}
            for name, call in sorted(fresh.items(), key=lambda each: _place_of(each[1])):
                self.calls[name] = _Deferred(call.content, now, call.turn)
                if call.turn is None or call.turn not in under_way:
                    self.jobs.append(name)
                under_way.add(call.turn)
            return len(fresh)

    def take_turns(self, asked: str | None = None) -> int:
        """Defer the first call of each turn, or of one, that waits and was not deferred."""
        firsts: dict[str, CallName] = {}
        for name, call in sorted(self.calls.items()):
            if call.turn is not None and call.outcome is None and asked in (None, call.turn):
                firsts.setdefault(call.turn, name)
        fresh = [name for name in firsts.values() if name not in self.jobs]
        self.jobs += fresh
        return len(fresh)


def _place_of(call: Call) -> str:
    """Return where a call stands: those of a turn by their keys, others as they came."""
    return call.name.key if call.turn is not None else ""


class MemoryEffects:
    """The progress of an effect's follower; it reads the events of the types it is about."""

    def __init__(self, state: MemoryEffectState, name: str, types: Collection[str]) -> None:
        self.name = name
        self._state = state
        self._types = types

    def claim(self) -> bool:
        with self._state.lock:
            return self._state.claims.setdefault(self.name, self) is self

    def close(self) -> None:
        with self._state.lock:
            if self._state.claims.get(self.name) is self:
                del self._state.claims[self.name]

    def progress(self) -> list[Progress]:
        shards = {1, *(shard_of(event.position) for event in self._state.events)}
        return [Progress(self._position(shard), None) for shard in sorted(shards)]

    def begin(self) -> list[int]:
        return []

    def reach(self, after: int, until: int) -> int:
        applied = {
            (event.org, event.sequence)
            for event in self._state.events
            if event.position <= self._position(shard_of(event.position))
        }
        for event in self.span(after, until):
            applied.add((event.org, event.sequence))
            if event.sequence > 1 and (event.org, event.sequence - 1) not in applied:
                return event.position - 1
        return until

    def page(self, after: int, news_s: float = 0.0) -> list[RecordedEvent]:
        page = self.span(after, min(after + PAGE_POSITIONS, base_of(shard_of(after) + 1)))
        return [event for event in page if event.type in self._types or event is page[-1]]

    def span(self, after: int, until: int) -> list[RecordedEvent]:
        return [event for event in self._state.events if after < event.position <= until]

    def parked(self) -> list[Parked]:
        rows = sorted(self._state.parked.items())
        return [Parked(sequence, org) for (name, org), sequence in rows if name == self.name]

    def park(self, before: Progress, event: RecordedEvent, why: str) -> Progress:
        with self._state.lock:
            at = self.defer(before, event.position, [])
            self._state.parked[self.name, event.org] = event.sequence - 1
            return at

    def parked_page(self, parked: Parked) -> list[RecordedEvent]:
        found = [
            event
            for event in self._state.events
            if event.org == parked.org
            and event.sequence > parked.sequence
            and event.position <= self._position(shard_of(event.position))
        ]
        return sorted(found, key=lambda event: event.sequence)

    def unpark(self, parked: Parked) -> None:
        with self._state.lock:
            self._require(self._state.parked.get((self.name, parked.org)) == parked.sequence)
            del self._state.parked[self.name, parked.org]

    def plan(self, before: Progress, until: int) -> Progress:
        raise Unavailable("a call is deferred here: nothing is written elsewhere.")

    def confirm(self, before: P, until: int, heads: Mapping[str, int]) -> P:
        return self.defer(before, until, [])

    def defer(self, before: P, until: int, calls: Sequence[Call]) -> P:
        with self._state.lock:
            if isinstance(before, Parked):
                place = self.name, before.org
                self._require(self._state.parked.get(place) == before.sequence)
                self._state.parked[place] = until
            else:
                shard = shard_of(until)
                self._require(self._position(shard) == before.position)
                self._state.positions[self.name, shard] = until
            self._state.add(calls)
        return before.moved(until)

    def _require(self, is_there: bool) -> None:
        if not is_there:
            raise Superseded(f"another runner moved the projection {self.name}.")

    def _position(self, shard: int) -> int:
        return self._state.positions.get((self.name, shard), base_of(shard))


class MemoryCalls:
    """The calls that were deferred."""

    def __init__(self, state: MemoryEffectState) -> None:
        self._state = state

    def add(self, calls: Sequence[Call]) -> int:
        return self._state.add(calls)

    def waiting(self, name: CallName) -> WaitingCall | None:
        call = self._state.calls.get(name)
        if call is None or call.outcome is not None:
            return None
        return WaitingCall(call.content, call.deferred_us)

    def put_off(self, name: CallName, why: str) -> None:
        self._state.calls[name].error = why

    def end(self, name: CallName, *, failed: str | None = None) -> bool:
        with self._state.lock:
            call = self._state.calls[name]
            if call.outcome is not None:
                return False
            call.outcome, call.error = "done" if failed is None else "failed", failed
            if call.turn is not None:
                self._state.take_turns(call.turn)
            return True

    def again(self, name: CallName, content: str | None = None) -> bool:
        with self._state.lock:
            call = self._state.calls.get(name)
            if call is None or call.outcome is None:
                return False
            call.outcome = call.error = None
            call.content = call.content if content is None else content
            call.deferred_us = self._state.clock()
            self._state.jobs.append(name)
            return True

    def take_turns(self) -> int:
        with self._state.lock:
            return self._state.take_turns()

    def close(self) -> None:
        """Close nothing."""

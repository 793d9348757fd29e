"""Leases in memory: the promises of the port, with a clock that is given."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from adapters.memory.event_store import MemoryEventStore
from ledger.kernel.leases import LEASE_S, Lease, Peer
from ledger.ports import Clock

_LEASE_US = int(LEASE_S * 1_000_000)


class _Held(NamedTuple):
    lease: Lease
    session: MemoryLeases
    until_us: int


@dataclass
class MemoryLeaseState:
    """What several writers would share."""

    events: MemoryEventStore
    clock: Clock
    held: dict[int, _Held] = field(default_factory=dict)
    lost: Counter[int] = field(default_factory=Counter)


class MemoryLeases:
    """The lease of one shard."""

    def __init__(self, state: MemoryLeaseState, shard: int, service: str) -> None:
        self._state = state
        self._shard = shard
        self._service = service
        self._lives = True

    def local_host(self) -> str:
        return "127.0.0.1"

    def hold(self, peer: Peer, lost: int) -> Lease:
        self._lives = True
        with self._state.events.lease_epochs() as epochs:
            held = self._state.held.get(self._shard)
            until_us = self._state.clock() + _LEASE_US
            if held is not None and held.lease.peer.token == peer.token:
                self._state.held[self._shard] = _Held(held.lease, self, until_us)
                self._state.lost[self._shard] += lost
            elif held is None or self._may_take(held):
                epoch = epochs[self._shard] = epochs.get(self._shard, 0) + 1
                lease = Lease(epoch, self._service, peer)
                self._state.held[self._shard] = _Held(lease, self, until_us)
            return self._state.held[self._shard].lease

    def release(self, peer: Peer) -> None:
        with self._state.events.lease_epochs():
            held = self._state.held[self._shard]
            if held.lease.peer.token == peer.token:
                self._state.held[self._shard] = held._replace(until_us=0)

    def close(self) -> None:
        self._lives = False

    def _may_take(self, held: _Held) -> bool:
        now_us = self._state.clock()
        if held.until_us < now_us or not held.session._lives:
            return True
        services = Counter(
            each.lease.service for each in self._state.held.values() if each.until_us > now_us
        )
        return services[held.lease.service] - services[self._service] >= 2

"""Stores that can be opened more than once, as service processes do, and batches to put in."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import psycopg

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.leases import MemoryLeases, MemoryLeaseState
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.leases import PostgresLeases
from api import container
from api.writer.group_commit import GroupCommit
from ledger.kernel.chain import EMPTY, Entry, Head, extend
from ledger.kernel.ids import PLATFORM
from ledger.kernel.leases import LEASE_S
from ledger.ports import Batch, Leases
from ledger.tenancy.org import PLACEMENTS

AnyJournal = MemoryEventStore | PostgresEventStore


class Store(Protocol):
    """Something that holds events, and doors to it."""

    def open(self) -> AnyJournal:
        """Another event store on the same events."""

    def leases(self, service: str, shard: int = 1) -> Leases:
        """The lease of a shard, for a writer of a service."""

    def lapse(self, shard: int = 1) -> None:
        """Have a lease not be renewed for as long as it is held."""

    def races_lost(self, shard: int = 1) -> int:
        """How many were counted under its leases."""

    def close(self) -> None:
        """Close every door."""


def clock_us() -> int:
    """This machine's clock."""
    return time.time_ns() // 1000


class MemoryStore:
    """One event store in memory: every door is the same one."""

    def __init__(self) -> None:
        self._event_store = MemoryEventStore(clock_us)
        self._ahead_us = 0
        self._leases = MemoryLeaseState(self._event_store, lambda: clock_us() + self._ahead_us)

    def open(self) -> AnyJournal:
        return self._event_store

    def leases(self, service: str, shard: int = 1) -> Leases:
        return MemoryLeases(self._leases, shard, service)

    def lapse(self, shard: int = 1) -> None:
        self._ahead_us += int(LEASE_S * 1_000_000) + 1

    def races_lost(self, shard: int = 1) -> int:
        return self._leases.lost[shard]

    def close(self) -> None:
        """Nothing to do."""


class PostgresStore:
    """A database; every door is a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: list[PostgresEventStore | PostgresLeases] = []

    def open(self) -> AnyJournal:
        event_store = PostgresEventStore(self._url, name="contract")
        self._opened.append(event_store)
        return event_store

    def leases(self, service: str, shard: int = 1) -> Leases:
        lease = PostgresLeases(self._url, shard, service)
        self._opened.append(lease)
        return lease

    def lapse(self, shard: int = 1) -> None:
        with psycopg.connect(self._url) as connection:
            connection.execute(
                "UPDATE tally.leases SET until_us = until_us - %s WHERE shard = %s",
                [int(LEASE_S * 1_000_000), shard],
            )

    def races_lost(self, shard: int = 1) -> int:
        with psycopg.connect(self._url) as connection:
            rows = connection.execute(
                "SELECT races_lost FROM tally.leases WHERE shard = %s", [shard]
            ).fetchall()
        return int(rows[0][0])

    def close(self) -> None:
        for each in self._opened:
            each.close()


def process_on(store: Store) -> GroupCommit:
    """A service process's worth of group commit on a store."""
    return GroupCommit(container.ledger(store.open()), clock_us)


def entry(org: str, stream: str, version: int = 1, body: bytes = b"{}", key: str = "") -> Entry:
    """An event without meaning: an event store does not look into bodies."""
    return Entry(org, stream, version, "test:Noted", clock_us(), '{"subject":"s"}', key, body)


def batch_of(heads: Mapping[str, Head], entries: Iterable[Entry], **rows: Any) -> Batch:
    """Entries chained to heads, as one commit."""
    entries = list(entries)
    before = {each.org: heads.get(each.org, EMPTY) for each in entries}
    after = dict(before)
    links = extend(after, entries)
    return Batch(rows.pop("clock_us", None) or clock_us(), before, after, links, **rows)


def append_to(event_store: AnyJournal, entries: Iterable[Entry], **rows: Any) -> Batch:
    """Append entries to the heads as they are now."""
    entries = list(entries)
    heads, _ = event_store.look_up({each.org for each in entries}, [])
    batch = batch_of(heads, entries, **rows)
    event_store.append(batch)
    return batch


def place(event_store: AnyJournal, org: str, shard: int, more: Iterable[Entry] = ()) -> None:
    """Have an org live in a shard from now on, and append more in the same commit."""
    heads, _ = event_store.look_up([PLATFORM], [])
    version = heads.get(PLATFORM, EMPTY).sequence + 1
    moved = entry(PLATFORM, "moves", version)
    row = {"org": PLATFORM, "tenant": org, "shard": shard}
    append_to(event_store, [*more, moved], rows={PLACEMENTS: [row]})

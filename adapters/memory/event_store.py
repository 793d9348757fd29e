"""The event store in memory: the promises of the port, without a database and without
durability."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, cast
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent

from adapters.mapper import dated
from adapters.recorder import BatchRecorder
from ledger.credits.caps import CounterKey
from ledger.credits.losses import LOT_LOSSES, REVERSALS
from ledger.credits.ports import BalanceRow, CounterRow, LotLossRow, LotName, ReversedRow
from ledger.inventory.ports import ReservationRow
from ledger.inventory.stock_base import STOCK_RESERVATIONS
from ledger.kernel.chain import EMPTY, Head, Link
from ledger.kernel.context import Table
from ledger.kernel.errors import ClockSkewed
from ledger.kernel.ids import PLATFORM, split_stream_id, wallet_id
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.limits import CLOCK_SKEW_MAX_US
from ledger.kernel.shards import base_of, number_of, shard_of
from ledger.kernel.snapshot import SnapshotRow
from ledger.kernel.texts import Text
from ledger.ports import (
    Batch,
    Clock,
    DueRow,
    KeyUsed,
    LeaseLost,
    RaceLost,
    RecordedEvent,
    WrongShard,
)
from ledger.rating.months import MeterKey
from ledger.rating.ports import MeterRow
from ledger.tables import TABLES
from ledger.tenancy.org import PLACEMENTS


class MemoryEventStore(BatchRecorder):
    """Events in memory; `clock` stands for the database's. Shared by any number of threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._heads: dict[str, Head] = {}
        self._epochs: dict[int, int] = {}
        self._shards: defaultdict[int, list[RecordedEvent]] = defaultdict(list)
        self._chains: dict[str, list[RecordedEvent]] = {}
        self._streams: dict[tuple[str, str], list[RecordedEvent]] = {}
        self._keys: dict[Key, KeyRow] = {}
        self._balances: dict[str, BalanceRow] = {}
        self._due: dict[tuple[str, str], DueRow] = {}
        self._texts: dict[tuple[str, str], Text] = {}
        self._erased: dict[tuple[str, str], Text] = {}
        self._counters: dict[CounterKey, CounterRow] = {}
        self._meters: dict[MeterKey, MeterRow] = {}
        self._rows: dict[str, dict[tuple[object, ...], dict[str, Any]]] = {
            table: {} for table in TABLES
        }

    def close(self) -> None:
        """Close nothing: another use continues where this one was."""

    # -- EventStore -----------------------------------------------------------------------------

    def look_up(
        self, orgs: Iterable[str], keys: Iterable[Key]
    ) -> tuple[dict[str, Head], dict[Key, KeyRow]]:
        with self._lock:
            return (
                {org: self._heads[org] for org in orgs if org in self._heads},
                {key: self._keys[key] for key in keys if key in self._keys},
            )

    @contextmanager
    def exclusively(self, orgs: Iterable[str]) -> Iterator[None]:
        with self._lock:
            yield

    def append(self, batch: Batch) -> int:
        with self._lock:
            self._check(batch)
            events = self._shards[batch.shard]
            first = base_of(batch.shard) + len(events) + 1
            for position, link in enumerate(batch.links, first):
                event = RecordedEvent(
                    position, link.entry.org, link.sequence, *link.entry[1:], link.hash
                )
                events.append(event)
                self._chains.setdefault(event.org, []).append(event)
                self._streams.setdefault(_stream_of(link), []).append(event)
            self._heads.update(batch.heads_after)
            self._keys.update((row.key, row) for row in batch.keys)
            self._balances.update(
                (wallet_id(row.org, row.owner, row.asset), row)
                for row in cast(Sequence[BalanceRow], batch.balances)
            )
            for moment in batch.due:
                self._due.pop(moment[:2], None)
                if moment.due_us is not None:
                    self._due[moment[:2]] = moment
            for org, text in batch.texts:
                self._texts.setdefault((org, text.digest), text)
            self._counters.update(
                (CounterKey(*row[:4]), row) for row in cast(Sequence[CounterRow], batch.counters)
            )
            self._meters.update(
                (MeterKey(*row[:6]), row) for row in cast(Sequence[MeterRow], batch.meters)
            )
            for table, rows in batch.rows.items():
                for columns in rows:
                    self._put(TABLES[table], columns)
            self._erase(batch.erased)
            return first

    def shards_of(self, orgs: Iterable[str]) -> dict[str, int]:
        with self._lock:
            return {org: self._shard_of(org) for org in orgs}

    def is_committed(self, batch: Batch) -> bool:
        link = batch.links[-1]
        found = self.events_at([(link.entry.org, link.sequence)])
        return any(event.hash == link.hash for event in found.values())

    def balance_rows(self, wallet_ids: Iterable[str]) -> dict[str, BalanceRow]:
        with self._lock:
            return {each: self._balances[each] for each in wallet_ids if each in self._balances}

    def kept_rows(self, table: str, places: Sequence[tuple[str, ...]]) -> list[Mapping[str, Any]]:
        with self._lock:
            rows = self._rows[table]
            found = [rows[place] for place in places if place in rows]
        # As a database would: what was put is not what is read.
        return [msgspec.json.decode(msgspec.json.encode(row)) for row in found]

    def due_streams(self, now_us: int, limit: int, after: DueRow | None = None) -> list[DueRow]:
        with self._lock:
            rows = sorted((row.due_us or 0, row) for row in self._due.values())
        last = (after.due_us or 0, after) if after else (-1, DueRow("", "", -1))
        return [row for due_us, row in rows if due_us <= now_us and (due_us, row) > last][:limit]

    def counter_rows(self, keys: Iterable[CounterKey]) -> list[CounterRow]:
        with self._lock:
            return [self._counters[key] for key in keys if key in self._counters]

    def meters_used(self, keys: Iterable[MeterKey]) -> dict[MeterKey, int]:
        with self._lock:
            return {key: self._meters[key].used for key in keys if key in self._meters}

    def reversed_rows(self, org: str, originals: Iterable[str]) -> list[ReversedRow]:
        with self._lock:
            rows = self._rows[REVERSALS]
            places = [(org, original) for original in originals]
            return [ReversedRow(**rows[each]) for each in places if each in rows]

    def loss_rows(self, lots: Iterable[LotName]) -> list[LotLossRow]:
        with self._lock:
            rows = self._rows[LOT_LOSSES]
            return [LotLossRow(**rows[lot]) for lot in lots if lot in rows]

    def open_reservations(self, stocks: Iterable[tuple[str, str, str]]) -> list[ReservationRow]:
        wanted = set(stocks)
        rows = self._reservation_rows()
        return [row for row in rows if row.reserved and (row.org, row.location, row.sku) in wanted]

    def reservation_rows(self, org: str, reservation: str) -> list[ReservationRow]:
        rows = self._reservation_rows()
        return [row for row in rows if (row.org, row.reservation) == (org, reservation)]

    def _reservation_rows(self) -> list[ReservationRow]:
        with self._lock:
            return [ReservationRow(**row) for row in self._rows[STOCK_RESERVATIONS].values()]

    def snapshot_of(self, aggregate_id: str) -> SnapshotRow | None:
        return None  # nothing is archived here

    def events_after(self, org: str, sequence: int) -> list[RecordedEvent]:
        with self._lock:
            return self._chains.get(org, [])[sequence:]

    def events_at(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], RecordedEvent]:
        with self._lock:
            return {
                (org, sequence): self._chains[org][sequence - 1]
                for org, sequence in places
                if 0 < sequence <= len(self._chains.get(org, []))
            }

    def texts(self, org: str, digests: Iterable[str]) -> dict[str, Text]:
        with self._lock:
            return {each: self._texts[org, each] for each in digests if (org, each) in self._texts}

    def texts_of(self, org: str, person: str, limit: int) -> list[str]:
        with self._lock:
            texts = self._texts.items()
            return sorted(t.digest for (of, _), t in texts if (of, t.person) == (org, person))[
                :limit
            ]

    # -- what leases do ---------------------------------------------------------------------

    @contextmanager
    def lease_epochs(self) -> Iterator[dict[int, int]]:
        """Give the epoch of each shard, to be changed while nobody commits."""
        with self._lock:
            yield self._epochs

    # -- ApplicationRecorder -----------------------------------------------------------------

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        with self._lock:
            stream = list(self._streams.get(split_stream_id(str(originator_id)), []))
        chosen = [e for e in stream if (gt or 0) < e.version and (lte is None or e.version <= lte)]
        return [dated(event) for event in (chosen[::-1] if desc else chosen)[:limit]]

    def select_positions(
        self, after: int, limit: int, stop: int | None = None, topics: Sequence[str] = ()
    ) -> list[RecordedEvent]:
        with self._lock:
            return list(islice(self._following(max(after, 0), stop, topics), limit))

    def max_notification_id(self) -> int | None:
        with self._lock:
            every = (events[-1].position for events in self._shards.values() if events)
            return max(every, default=None)

    def stored_rows(self) -> dict[str, Any]:
        """Return every row, by the names of `adapters/memory/snapshot.py`."""
        with self._lock:
            return {
                "events": [event for _, some in sorted(self._shards.items()) for event in some],
                "heads": dict(self._heads),
                "shards": {1: 0}
                | {shard: some[-1].position for shard, some in self._shards.items() if some},
                "keys": list(self._keys.values()),
                "balances": list(self._balances.values()),
                "due": list(self._due.values()),
                "counters": list(self._counters.values()),
                "meters": list(self._meters.values()),
                "texts": [(org, text) for (org, _), text in self._texts.items()],
                "erased": [(org, text) for (org, _), text in sorted(self._erased.items())],
                "declared": {
                    table: [dict(row) for row in rows.values()]
                    for table, rows in self._rows.items()
                },
            }

    # -- inside ------------------------------------------------------------------------------

    def _check(self, batch: Batch) -> None:
        """Refuse a batch whole, in the order in which the database would."""
        if abs(self._clock() - batch.clock_us) > CLOCK_SKEW_MAX_US:
            raise ClockSkewed("the clocks of this service and of the store differ by over 5 s.")
        if any(self._heads.get(org, EMPTY) != head for org, head in batch.heads_seen.items()):
            raise RaceLost("another process moved the head of an org.")
        if any(self._shard_of(org) != batch.shard for org in batch.heads_after):
            raise WrongShard("an org of the batch lives in another shard.")
        if batch.epoch not in (None, self._epochs.get(batch.shard, 0)):
            raise LeaseLost("the lease of the shard is another's.")
        for org, head in batch.heads_before.items():
            if self._heads.get(org, EMPTY)[:2] != head[:2]:
                raise RaceLost("another process moved the head of an org.")
        keys = [row.key for row in batch.keys]
        if len(set(keys)) < len(keys) or any(key in self._keys for key in keys):
            raise KeyUsed("a key was used before.")
        for link in batch.links:
            if link.entry.version <= len(self._streams.get(_stream_of(link), [])):
                raise RaceLost("another process wrote this version of a stream.")

    def _shard_of(self, org: str) -> int:
        placement = self._rows[PLACEMENTS].get((PLATFORM, org))
        return placement["shard"] if placement else 1

    def _put(self, table: Table, columns: Mapping[str, Any]) -> None:
        """Put a row, or add to the one that is there what the table adds up."""
        rows = self._rows[table.name]
        key = tuple(columns[column] for column in table.key)
        before = rows.get(key)
        more = {column: before[column] + columns[column] for column in table.adds} if before else {}
        rows[key] = {**columns, **more}

    def _erase(self, erased: Iterable[tuple[str, Sequence[str]]]) -> None:
        for place in ((org, digest) for org, digests in erased for digest in digests):
            text = self._texts.pop(place, None)
            if text is not None:
                self._erased[place] = msgspec.structs.replace(text, salt=b"", content="")

    def _following(
        self, after: int, stop: int | None, topics: Sequence[str]
    ) -> Iterator[RecordedEvent]:
        for event in islice(self._shards[shard_of(after)], number_of(after), None):
            if stop is not None and event.position > stop:
                return
            if not topics or event.type in topics:
                yield event


def _stream_of(link: Link) -> tuple[str, str]:
    return link.entry.org, link.entry.stream

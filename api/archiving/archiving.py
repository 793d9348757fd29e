"""Archiving the oldest partitions: written, read back and compared, and only then taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, zip_longest

from api.container import Archives, Partition, Partitions
from ledger.kernel.aggregate import Archivable, LedgerAggregate
from ledger.kernel.errors import LedgerError
from ledger.kernel.shards import base_of, shard_of
from ledger.kernel.snapshot import SnapshotRow, snapshot_of
from ledger.kernel.times import format_time
from ledger.ports import RecordedEvent
from ledger.proof.archive import ArchiveDiffers, ArchiveInspection, Manifest, Staying, heads_after
from ledger.proof.sealing import SEALER
from ledger.registry import KINDS, fact_of, kind_of
from projections.feed import FEED
from projections.followers import FOLLOWERS

Tell = Callable[[str], None]


class NotArchived(LedgerError):
    """Nothing was archived; the text says why."""

    code = "not_archived"


def due(
    partitions: Partitions, *, position: int | None, time_us: int | None, oldest_us: int
) -> list[Partition]:
    """Return the partitions of which every event is before a position or a time, shard by shard,
    the oldest first.

    Refused when one of them has an event that is not before `oldest_us`, which must still stay,
    or that a read model or the sealer has not applied yet. An effect is not waited for: it may be
    that nobody is called any more.
    """
    chosen: list[Partition] = []
    last = partitions.last_positions()
    for shard, found in groupby(partitions.every(), key=lambda each: each.shard):
        for each in (each for each in found if each.archive is None):
            full = each.rows and each.past <= last[shard] + 1 and each.last_us is not None
            if not full or not _is_before(each, position, time_us):
                break
            chosen.append(each)
    for each in chosen:
        assert each.last_us is not None
        if each.last_us >= oldest_us:
            raise NotArchived(
                f"{each.name} has events up to {format_time(each.last_us)}: what is after "
                f"{format_time(oldest_us)} must be kept (TALLY_RETENTION_YEARS)."
            )
        if each.past > partitions.followed((*FOLLOWERS, FEED, SEALER), each.shard) + 1:
            raise NotArchived(f"a read model has not applied all of {each.name} yet.")
    return chosen


def archive(
    partitions: Partitions, archives: Archives, partition: Partition, now_us: int
) -> Manifest:
    """Archive one partition; the whole table stays beside, detached, until it is dropped.

    Stopped at any point it can be done again: what counts is the transaction at the end.
    """
    before = [each for each in partitions.archives() if each.first_position < partition.first]
    heads = heads_after(before)
    position = max((each.last_position for each in before), default=0)
    position = max(position, base_of(partition.shard))
    snapshots = list(_ended_in(partitions, partition))
    stays = Staying(partitions.ended() | {(row.org, row.stream): row.version for row in snapshots})
    name = f"events-{partition.first:020}-{partition.past - 1:020}"
    file = f"{name}.jsonl.gz"
    seen = ArchiveInspection(heads, position, stays)
    sha256 = archives.write(file, _seen(seen, partitions.events(partition)))
    manifest = seen.manifest(partition.name, file, sha256)
    copy = ArchiveInspection(heads, position, stays)
    kept = [
        event
        for event in _same(_seen(copy, archives.recorded(manifest)), partitions.events(partition))
        if stays(event)
    ]
    if copy.manifest(partition.name, file, sha256) != manifest:
        raise ArchiveDiffers(f"{file} does not read as it was written.")
    archives.put(f"{name}.json", manifest.encode())
    partitions.take_out(partition, manifest, kept, snapshots, now_us)
    return manifest


def drop(partitions: Partitions, archives: Archives, partition: Partition) -> None:
    """Drop a detached table, after its archive was once more compared with it row by row."""
    assert partition.archive is not None
    for _ in _same(archives.recorded(partition.archive), partitions.detached_events(partition)):
        pass
    partitions.drop(partition)


def _ended_in(partitions: Partitions, partition: Partition) -> Iterator[SnapshotRow]:
    """Yield the snapshots of what begins in a partition and has ended.

    What began before it and did not leave then stays whole: a history never lacks its middle.
    """
    kinds = [each.STREAM for each in KINDS.values() if each.ARCHIVABLE is Archivable.ENDED]
    events = partitions.begun_in(partition, kinds)
    for (_, stream), history in groupby(events, key=lambda event: (event.org, event.stream)):
        kind, aggregate = kind_of(stream), _folded(history)
        if kind and kind.STREAM in kinds and aggregate is not None and aggregate.has_ended:
            yield snapshot_of(aggregate)


def _folded(history: Iterable[RecordedEvent]) -> LedgerAggregate | None:
    aggregate: LedgerAggregate | None = None
    for event in history:
        aggregate = fact_of(event).mutate(aggregate)
    return aggregate


def _is_before(partition: Partition, position: int | None, time_us: int | None) -> bool:
    if position is not None:
        return partition.shard == shard_of(position) and partition.past <= position
    return time_us is not None and partition.last_us is not None and partition.last_us < time_us


def _seen(
    inspection: ArchiveInspection, events: Iterable[RecordedEvent]
) -> Iterator[RecordedEvent]:
    for event in events:
        inspection.see(event)
        yield event


def _same(
    copied: Iterable[RecordedEvent], stored: Iterable[RecordedEvent]
) -> Iterator[RecordedEvent]:
    """Yield the events of a copy, each compared with the stored one."""
    for copy, event in zip_longest(copied, stored):
        if copy != event:
            place = event or copy
            assert place is not None
            raise ArchiveDiffers(f"position {place.position} differs between table and archive.")
        yield copy

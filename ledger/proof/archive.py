"""An archive: the events of one partition as a file, the manifest beside it, and checking it.

`schemas/archive.md` is this module in prose; both change together or never.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ledger.kernel.aggregate import Archivable
from ledger.kernel.chain import EMPTY, Entry, Head, link_hash
from ledger.kernel.decoding import decoder
from ledger.kernel.errors import LedgerError
from ledger.kernel.report import Place, difference
from ledger.ports import RecordedEvent
from ledger.registry import kind_of

FORMAT = "tallystick archive v1"
_encode = msgspec.json.Encoder().encode


class ArchiveDiffers(LedgerError):
    """An archive is not what it should be; the text says where."""

    code = "archive_differs"


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event as a line of the file: as in a dump of `schemas/chain.md`, and its position."""

    position: int
    org: str
    sequence: int
    stream: str
    version: int
    type: str
    recorded_us: int
    actor: str
    idempotency_key: str
    body: str
    hash: str


class ArchivedChain(msgspec.Struct, frozen=True):
    """The part of an org's chain in an archive: it follows from `previous_hash`. Hashes in hex."""

    org: str
    first_sequence: int
    previous_hash: str
    last_sequence: int
    last_hash: str
    last_us: int

    @property
    def end(self) -> Head:
        """Its last link, from which the next archive or the table goes on."""
        return Head(self.last_sequence, bytes.fromhex(self.last_hash), self.last_us)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive holds. Positions and times are of its first and last event; `kept` counts the
    events that stayed in the store too."""

    format: str = FORMAT
    name: str
    file: str
    sha256: str
    events: int
    kept: int
    first_position: int
    last_position: int
    first_us: int
    last_us: int
    chains: list[ArchivedChain]

    def encode(self) -> bytes:
        """Return the manifest's file."""
        return msgspec.json.format(_encode(self), indent=2) + b"\n"


_decode_line = decoder(Line)


def encode_line(event: RecordedEvent) -> bytes:
    """Return an event as a line."""
    body, digest = base64.b64encode(event.body).decode(), event.hash.hex()
    return _encode(Line(*event[:9], body, digest)) + b"\n"


def decode_line(line: bytes) -> RecordedEvent:
    """Return the event of a line. Raises ArchiveDiffers."""
    try:
        read = _decode_line(line)
        body = base64.b64decode(read.body, validate=True)
        fields: tuple[Any, ...] = msgspec.structs.astuple(read)
        return RecordedEvent._make((*fields[:9], body, bytes.fromhex(read.hash)))
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise ArchiveDiffers(f"a line is not an event: {error}.") from error


class Staying:
    """Which events stay in the store when they are archived, as their aggregates declare it.

    `ended`: org and stream of those that have ended and left → the version of their snapshots.
    """

    def __init__(self, ended: Mapping[tuple[str, str], int]) -> None:
        self._ended = ended

    def __call__(self, event: RecordedEvent) -> bool:
        """Tell whether an event stays; one of a kind that is not known does."""
        kind = kind_of(event.stream)
        if kind is None or kind.ARCHIVABLE is Archivable.NEVER:
            return True
        if kind.ARCHIVABLE is Archivable.ALWAYS:
            return False
        return event.version > self._ended.get((event.org, event.stream), 0)


class ArchiveContent:
    """What an archive holds, as its events say: compared with what the store remembers of it.

    `before`: where each org's chain ends in the archives before. `stays`: of an event.
    """

    COLUMNS = ("events", "kept", "first_position", "last_position", "first_us", "last_us")
    CHAIN_COLUMNS = ("first_sequence", "previous_hash", "last_sequence", "last_hash", "last_us")

    def __init__(self, before: Mapping[str, Head], stays: Staying) -> None:
        self._before = before
        self._stays = stays
        self._begun: dict[str, int] = {}
        self.ends = dict(before)
        self._events = self._kept = 0
        self._first: RecordedEvent | None = None
        self._last: RecordedEvent | None = None

    def add(self, event: RecordedEvent) -> None:
        """See the next event."""
        self._events += 1
        self._kept += self._stays(event)
        self._first, self._last = self._first or event, event
        self._begun.setdefault(event.org, event.sequence)
        self.ends[event.org] = Head(event.sequence, event.hash, event.recorded_us)

    def differences(self, manifest: Manifest) -> Iterator[tuple[Place, str]]:
        """Yield each row of the catalogue that says something else, by its name, and what."""
        stored = tuple(getattr(manifest, name) for name in self.COLUMNS)
        if differing := difference(self.COLUMNS, self._totals(), stored):
            yield Place(row=f"archives row {manifest.name}"), differing
        chains = {chain.org: msgspec.structs.astuple(chain)[1:] for chain in manifest.chains}
        for org in sorted(chains.keys() | self._begun.keys()):
            place = Place(org, row=f"archive_chains row {manifest.name}")
            if org not in chains:
                yield place, "the row is missing"
            elif org not in self._begun:
                yield place, "the archive holds nothing of the org"
            elif differing := difference(self.CHAIN_COLUMNS, self._chain(org), chains[org]):
                yield place, differing

    def _totals(self) -> tuple[int, ...]:
        first, last = self._first, self._last
        if first is None or last is None:
            return (0,) * len(self.COLUMNS)
        ends = (first.position, last.position, first.recorded_us, last.recorded_us)
        return (self._events, self._kept, *ends)

    def _chain(self, org: str) -> tuple[int, str, int, str, int]:
        before, end = self._before.get(org, EMPTY), self.ends[org]
        ends = (end.sequence, end.hash.hex(), end.recorded_us)
        return (self._begun[org], before.hash.hex(), *ends)


class ArchiveInspection:
    """Sees the events of an archive in order: positions and chains without gaps, every hash right.

    `heads`: where each org's chain ends before the archive. `stays`: of an event.
    """

    def __init__(self, heads: dict[str, Head], position: int, stays: Staying) -> None:
        self._heads = dict(heads)
        self._stays = stays
        self._position = position
        self._begun: dict[str, Head] = {}
        self._first: RecordedEvent | None = None
        self._last: RecordedEvent | None = None
        self._events = 0
        self._kept = 0

    def see(self, event: RecordedEvent) -> None:
        """Check the next event. Raises ArchiveDiffers."""
        before = self._heads.get(event.org, EMPTY)
        if event.position != self._position + 1:
            raise ArchiveDiffers(f"position {event.position} follows {self._position}.")
        if event.sequence != before.sequence + 1:
            raise ArchiveDiffers(
                f"{event.org} sequence {event.sequence} follows {before.sequence}: the events "
                "between are of another shard, in a partition that is not archived or comes later."
            )
        entry = Entry(event.org, event.stream, *event[4:10])
        if link_hash(entry, event.sequence, before.hash) != event.hash:
            raise ArchiveDiffers(
                f"{event.org} sequence {event.sequence}: the bytes do not give the hash."
            )
        self._begun.setdefault(event.org, before)
        self._heads[event.org] = Head(event.sequence, event.hash, event.recorded_us)
        self._position = event.position
        self._first = self._first or event
        self._last = event
        self._events += 1
        self._kept += self._stays(event)

    def manifest(self, name: str, file: str, sha256: bytes) -> Manifest:
        """Return what was seen. Raises ArchiveDiffers when it was nothing."""
        if self._first is None or self._last is None:
            raise ArchiveDiffers(f"{name} has no events.")
        return Manifest(
            name=name,
            file=file,
            sha256=sha256.hex(),
            events=self._events,
            kept=self._kept,
            first_position=self._first.position,
            last_position=self._last.position,
            first_us=self._first.recorded_us,
            last_us=self._last.recorded_us,
            chains=[self._chain(org) for org in sorted(self._begun)],
        )

    def _chain(self, org: str) -> ArchivedChain:
        before, end = self._begun[org], self._heads[org]
        return ArchivedChain(
            org,
            before.sequence + 1,
            before.hash.hex(),
            end.sequence,
            end.hash.hex(),
            end.recorded_us,
        )


def heads_after(manifests: Sequence[Manifest]) -> dict[str, Head]:
    """Return where each org's chain ends in archives, the oldest first."""
    return {chain.org: chain.end for manifest in manifests for chain in manifest.chains}

"""Checks of the chains: hashes, links, and that nothing is missing, doubled or out of order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.kernel.chain import DOMAIN_TAG, EMPTY, Entry, Head, link_hash
from ledger.kernel.report import Check, Place, Report, VerifiedHead
from ledger.kernel.shards import base_of, shard_of
from ledger.ports import RecordedEvent
from ledger.verification.stored_rows import NUMBERS, PREIMAGE, TAIL, decode_row

_HASH_AT = TAIL - 4
_HASH_END = TAIL - 36
_sha256 = hashlib.sha256


@dataclass
class _Chain:
    """An org's chain so far.

    `previous` are the hashes that the next event may follow from; with more than one, what came
    before is in doubt. `begun`: it is looked at from a later event on, so versions of streams are
    taken as they first come.
    """

    sequence: int
    hash: bytes
    recorded_us: int
    previous: tuple[bytes, ...]
    begun: bool = False
    missing: list[range] = field(default_factory=list)
    versions: dict[bytes, int] = field(default_factory=dict)


class PositionInspection:
    """Looks for gaps between the positions of a shard's events, and for those that stand twice."""

    def __init__(self, report: Report, after: Mapping[int, int] | None = None) -> None:
        """`after`: the position that the events of each shard are looked at from."""
        self._check = report["positions"]
        self._lasts = dict(after or {})
        self._shard = 1
        self.last = self._lasts.get(1, 0)
        """In the shard that is looked at now."""
        self.followed = 0
        """Events whose position was found to be the next, by whoever looked."""

    def turn_to(self, row: bytes) -> None:
        """Look at the shard of an event now: what follows is of it."""
        shard = shard_of(int.from_bytes(row[-8:], signed=True))
        if shard != self._shard:
            self._lasts[self._shard] = self.last
            self._shard, self.last = shard, self._lasts.get(shard, base_of(shard))

    def lasts(self) -> dict[int, int]:
        """Return the last position of each shard that was looked at."""
        return {**self._lasts, self._shard: self.last}

    def see_rows(self, rows: Sequence[bytes]) -> None:
        """Look at a page of events of which nothing else is looked at."""
        self.turn_to(rows[0])
        for row in rows:
            position = int.from_bytes(row[-8:], signed=True)
            if position == self.last + 1:
                self.last = position
                self.followed += 1
            else:
                self.see(decode_row(row))

    def see(self, event: RecordedEvent) -> None:
        """Look at an event."""
        self._check.checked += 1
        if event.position <= self.last:
            self._check.find(_place(event), "the position stands twice")
        elif event.position > self.last + 1:
            gap = f"positions {self.last + 1} to {event.position - 1} are missing"
            self._check.find(_place(event), gap)
        self.last = max(self.last, event.position)

    def end(self, shards: Iterable[tuple[int, int]]) -> None:
        """Compare where the events of each shard end with its row."""
        self._check.checked += self.followed
        rows, lasts = dict(shards), self.lasts()
        for shard in sorted({1} | rows.keys() | lasts.keys()):
            last, given = lasts.get(shard, base_of(shard)), rows.get(shard)
            if given is None:
                if shard == 1 or last != base_of(shard):
                    self._check.find(Place(position=last, row=f"shard {shard}"), "it has no row")
            elif last != given:
                self._check.find(
                    Place(position=last),
                    f"the events end here, the shard gave out positions up to {given}",
                )


class ChainInspection:
    """Sees every event in the order of positions.

    After a wrong event it goes on with what is stored, so that one wrong row is one finding: the
    event after it may follow from the stored hash (then the content was changed) or from the hash
    of the stored content (then the hash was changed).

    `starts`: the heads of orgs that are looked at from there on. `positions`: whether every
    position is looked at, so that gaps can be told; `after` the one that each shard begins after.
    `versions`: of the streams of orgs, where they are known, the last ones before.
    """

    def __init__(
        self,
        report: Report,
        starts: Mapping[str, Head] | None = None,
        *,
        positions: bool = True,
        after: Mapping[int, int] | None = None,
        versions: Mapping[str, dict[bytes, int]] | None = None,
    ) -> None:
        self._report = report
        self._starts = starts or {}
        self._versions = versions or {}
        self._chains: dict[str, _Chain] = {}
        self._by_name: dict[bytes, _Chain] = {}
        self._looks_at_positions = positions
        self._positions = PositionInspection(report if positions else Report(), after)
        self._followed = 0

    def see_rows(self, rows: Sequence[bytes]) -> list[bool]:
        """Check a page of events; return of each whether its content is what its hash says."""
        self._positions.turn_to(rows[0])
        follows, see = self._follows, self.see
        return [follows(row) or see(decode_row(row)) for row in rows]

    def _follows(self, row: bytes) -> bool:
        """Tell whether all is right with a row; if not, nothing was noted and `see` says what is
        wrong.

        This is the way of nearly every event of a sound store: it looks at bytes, decodes almost
        nothing and allocates as little as it can.
        """
        length = int.from_bytes(row[2:6])
        chain = self._by_name.get(row[6 : 6 + length])
        if chain is None:
            return False
        sequence, version, recorded_us, position = NUMBERS.unpack_from(row, len(row) - 48)
        at = 10 + length + row[9 + length]
        stream = row[at + 4 : at + 4 + int.from_bytes(row[at : at + 4])]
        versions, previous, positions = chain.versions, chain.previous, self._positions
        digest = _sha256(DOMAIN_TAG + row[PREIMAGE:-TAIL] + previous[0]).digest()
        if (
            digest != row[-_HASH_AT:-48]
            or sequence != chain.sequence + 1
            or (position != positions.last + 1 and self._looks_at_positions)
            or versions.get(stream, 0) != version - 1
            or recorded_us < chain.recorded_us
            or len(previous) > 1
        ):
            return False
        versions[stream] = version
        chain.sequence, chain.recorded_us = sequence, recorded_us
        chain.hash, chain.previous = digest, (digest,)
        positions.last = position
        positions.followed += 1
        self._followed += 1
        return True

    def see(self, event: RecordedEvent) -> bool:
        """Check an event; return whether its content is what its hash says."""
        self._positions.see(event)
        chain = self._chain(event.org)
        self._see_version(event, chain)
        self._report["sequences"].checked += 1
        self._report["forks"].checked += 1
        if event.sequence <= chain.sequence:
            self._see_doubled(event, chain)
            return False
        follows = self._see_sequence(event, chain)
        self._see_time(event, chain)
        sound = self._see_hash(event, chain, follows=follows)
        chain.sequence, chain.hash = event.sequence, event.hash
        chain.recorded_us = event.recorded_us
        return sound

    def end(self, heads: Iterable[tuple[str, Head]], shards: Iterable[tuple[int, int]]) -> None:
        """Compare where the events end with the heads and with the shards."""
        for kind in ("hashes", "links", "sequences", "forks", "versions", "times"):
            self._report[kind].checked += self._followed
        if self._looks_at_positions:
            self._positions.end(shards)
        stored = dict(heads)
        for org in sorted(self._chains.keys() | stored.keys()):
            self._see_head(org, self._end_of(org), stored.get(org))

    def ends(self) -> dict[str, Head]:
        """Return the head that each org's events give."""
        return {org: self._end_of(org) for org in self._starts.keys() | self._chains.keys()}

    def lasts(self) -> dict[int, int]:
        """Return the last position of each shard."""
        return self._positions.lasts()

    def versions(self) -> dict[str, dict[bytes, int]]:
        """Return the last version of each stream, by org."""
        return {**self._versions, **{org: each.versions for org, each in self._chains.items()}}

    def _chain(self, org: str) -> _Chain:
        chain = self._chains.get(org)
        if chain is None:
            start = self._starts.get(org, EMPTY)
            chain = _Chain(*start[:1], start.hash, start.recorded_us, (start.hash,))
            chain.begun = org in self._starts and org not in self._versions
            chain.versions = self._versions.get(org, {})
            self._chains[org] = self._by_name[org.encode()] = chain
        return chain

    def _end_of(self, org: str) -> Head:
        chain = self._chains.get(org)
        if chain is None:
            return self._starts.get(org, EMPTY)
        return Head(chain.sequence, chain.hash, chain.recorded_us)

    def _see_version(self, event: RecordedEvent, chain: _Chain) -> None:
        check = self._report["versions"]
        check.checked += 1
        stream = event.stream.encode()
        last = chain.versions.get(stream, event.version - 1 if chain.begun else 0)
        if event.version != last + 1:
            check.find(
                _place(event, event.stream),
                f"version {event.version} stands where {last + 1} belongs",
            )
        chain.versions[stream] = max(last, event.version)

    def _see_sequence(self, event: RecordedEvent, chain: _Chain) -> bool:
        """Tell whether the event directly follows the one before."""
        missing = chain.sequence + 1
        if event.sequence == missing:
            return True
        chain.missing.append(range(missing, event.sequence))
        last = event.sequence - 1
        self._report["sequences"].find(
            Place(event.org, missing, until=last if last > missing else None),
            f"missing: sequence {event.sequence} at position {event.position} comes after "
            f"{chain.sequence}",
        )
        return False

    def _see_doubled(self, event: RecordedEvent, chain: _Chain) -> None:
        """An event whose sequence has passed: it stands in the wrong place, or is a second one."""
        self._report["sequences"].find(
            _place(event), f"stands after sequence {chain.sequence}: doubled or moved"
        )
        if not any(event.sequence in gap for gap in chain.missing):
            self._report["forks"].find(
                _place(event), f"a second event of sequence {event.sequence}: the chain forks here"
            )

    def _see_time(self, event: RecordedEvent, chain: _Chain) -> None:
        check = self._report["times"]
        check.checked += 1
        if event.recorded_us < chain.recorded_us:
            check.find(_place(event), "recorded before the event that precedes it")

    def _see_hash(self, event: RecordedEvent, chain: _Chain, *, follows: bool) -> bool:
        check = self._report["hashes" if follows else "links"]
        hashes = _hashes(event, chain.previous)
        sound = event.hash in hashes
        if follows:
            self._report["hashes"].checked += 1
        self._report["links"].checked += 1
        if not sound:
            _find_hash(check, event, follows=follows)
        chain.previous = (event.hash,) if sound else (event.hash, *hashes)
        return sound

    def _see_head(self, org: str, last: Head, stored: Head | None) -> None:
        check = self._report["heads"]
        check.checked += 1
        self._report.heads.append(
            VerifiedHead(org, last.sequence, last.hash.hex(), as_recorded=last == stored)
        )
        if stored is None:
            check.find(Place(org, last.sequence), "the org has events and no head")
        elif stored.sequence != last.sequence:
            check.find(
                Place(org, last.sequence),
                f"the events end here, the head says sequence {stored.sequence}",
            )
        elif stored != last:
            column = "hash" if stored.hash != last.hash else "recorded_us"
            check.find(Place(org, last.sequence), f"the head has another {column} than the event")


def _hashes(event: RecordedEvent, previous: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the hash of the stored bytes after each hash that may precede them."""
    entry = Entry(event.org, *event[3:10])
    return tuple(link_hash(entry, event.sequence, each) for each in previous)


def _find_hash(check: Check, event: RecordedEvent, *, follows: bool) -> None:
    detail = (
        "the stored bytes do not give the stored hash"
        if follows
        else "the event before it is missing, so it follows from nothing"
    )
    check.find(_place(event), detail)


def _place(event: RecordedEvent, row: str | None = None) -> Place:
    return Place(event.org, event.sequence, position=event.position, row=row)

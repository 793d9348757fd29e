"""Checks of the chains: hashes, links, and that nothing is missing, doubled or out of order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ledger.audit.chain import EMPTY, GENESIS, Entry, Head, link_hash
from ledger.audit.inspection import Check, Place, Report, VerifiedHead
from ledger.ports import RecordedEvent


@dataclass
class _Chain:
    """An org's chain so far. `previous` are the hashes that the next event may follow from."""

    head: Head = EMPTY
    previous: tuple[bytes, ...] = (GENESIS,)
    versions: dict[str, int] = field(default_factory=dict)


class ChainInspection:
    """Sees every event in the order of positions.

    After a wrong event it goes on with what is stored, so that one wrong row is one finding: the
    event after it may follow from the stored hash (then the content was changed) or from the hash
    of the stored content (then the hash was changed).
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._chains: dict[str, _Chain] = {}
        self._position = 0
        self._cut = False

    def begin_after(self, heads: Mapping[str, Head], position: int) -> None:
        """Begin where an archive ends that is not at hand: chains go on from its heads."""
        self._position = position
        self._cut = True
        self._chains = {org: _Chain(head, (head.hash,)) for org, head in heads.items()}

    def see(self, event: RecordedEvent) -> bool:
        """Check an event; answer whether its content is what its hash says."""
        self._see_position(event)
        chain = self._chains.setdefault(event.org, _Chain())
        self._see_version(event, chain)
        self._report["sequences"].checked += 1
        if event.sequence <= chain.head.sequence:
            self._report["sequences"].find(
                _place(event), f"stands after sequence {chain.head.sequence}: doubled or moved"
            )
            return False
        follows = self._see_sequence(event, chain)
        self._see_time(event, chain)
        sound = self._see_hash(event, chain, follows=follows)
        chain.head = Head(event.sequence, event.hash, event.recorded_us)
        return sound

    def end(self, heads: Iterable[tuple[str, Head]], shard_position: int) -> None:
        """Compare where the events end with the heads and with the shard."""
        stored = dict(heads)
        if self._position != shard_position:
            self._report["positions"].find(
                Place(position=self._position),
                f"the events end here, the shard gave out positions up to {shard_position}",
            )
        for org in sorted(self._chains.keys() | stored.keys()):
            self._see_head(org, self._chains.get(org, _Chain()).head, stored.get(org))

    def _see_position(self, event: RecordedEvent) -> None:
        check = self._report["positions"]
        check.checked += 1
        if event.position <= self._position:
            check.find(_place(event), "the position stands twice")
        elif event.position > self._position + 1:
            check.find(
                _place(event), f"positions {self._position + 1} to {event.position - 1} are missing"
            )
        self._position = max(self._position, event.position)

    def _see_version(self, event: RecordedEvent, chain: _Chain) -> None:
        check = self._report["versions"]
        check.checked += 1
        # After a cut a stream may have begun before: its first version seen can be any.
        last = chain.versions.get(event.stream, event.version - 1 if self._cut else 0)
        if event.version != last + 1:
            check.find(
                _place(event, event.stream),
                f"version {event.version} stands where {last + 1} belongs",
            )
        chain.versions[event.stream] = max(last, event.version)

    def _see_sequence(self, event: RecordedEvent, chain: _Chain) -> bool:
        """Whether the event directly follows the one before."""
        missing = chain.head.sequence + 1
        if event.sequence == missing:
            return True
        self._report["sequences"].find(
            Place(event.org, missing),
            f"missing: sequence {event.sequence} at position {event.position} comes after "
            f"{chain.head.sequence}",
        )
        return False

    def _see_time(self, event: RecordedEvent, chain: _Chain) -> None:
        check = self._report["times"]
        check.checked += 1
        if event.recorded_us < chain.head.recorded_us:
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
    """The hash of the stored bytes after each hash that may precede them."""
    entry = Entry(
        event.org,
        event.stream,
        event.version,
        event.type,
        event.recorded_us,
        event.actor,
        event.idempotency_key,
        event.body,
    )
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

"""Archived events, and those that are stored: the catalogue of archives, and both parts as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psycopg

from adapters.archive import Archives
from ledger.kernel.chain import Head
from ledger.kernel.report import Finding, Place
from ledger.ports import RecordedEvent
from ledger.proof.archive import (
    ArchiveContent,
    ArchivedChain,
    ArchiveDiffers,
    Manifest,
    Staying,
)
from projections.ports import ArchivedLine

CATALOGUE = """
SELECT name, file, encode(sha256, 'hex'), events, kept, first_position, last_position, first_us,
       last_us
  FROM tally.archives
 ORDER BY first_position
"""
CHAINS = """
SELECT archive, org, first_sequence, encode(previous_hash, 'hex'), last_sequence,
       encode(last_hash, 'hex'), last_us
  FROM tally.archive_chains
 ORDER BY org
"""

ORPHANS = """
SELECT c.archive, c.org
  FROM tally.archive_chains c
 WHERE NOT EXISTS (SELECT FROM tally.archives a WHERE a.name = c.archive)
 ORDER BY c.archive, c.org
"""

_COLUMNS = (
    *("name", "file", "sha256", "events", "kept"),
    *("first_position", "last_position", "first_us", "last_us"),
)

ENDED = "SELECT org, stream, version FROM tally.snapshots"

# An org's later part is never archived first, so these come before all that is stored of a wallet.
_LINES = """
SELECT t.org, t.sequence, t.recorded_us, t.detail
  FROM tally.archive_chains a
  JOIN tally.transactions t ON t.org = a.org
                           AND t.sequence BETWEEN a.first_sequence AND a.last_sequence
 WHERE (%b::text IS NULL OR a.org = %b)
   AND NOT EXISTS (SELECT FROM tally.events e WHERE e.org = t.org AND e.sequence = t.sequence)
 ORDER BY t.org, t.sequence, t.line
"""

Ask = Callable[[str], Sequence[tuple[Any, ...]]]
"""Runs a query and returns its rows."""


def orphans(ask: Ask) -> list[tuple[str, str]]:
    """Name and org of the chains of archives that the store does not remember."""
    return [(name, org) for name, org in ask(ORPHANS)]


def staying(ask: Ask) -> Staying:
    """Return which events stay, as the store remembers what has ended and left."""
    return Staying({(org, stream): version for org, stream, version in ask(ENDED)})


def archived_lines(
    connection: psycopg.Connection[Any], org: str | None = None
) -> Iterator[ArchivedLine]:
    """Yield the rows of `transactions` of archived events, of all orgs or of one, in order."""
    with connection.cursor("archived") as cursor:
        cursor.execute(_LINES, [org, org], binary=True)
        for row in cursor:
            yield ArchivedLine(*row)


def catalogue(ask: Ask) -> list[Manifest]:
    """Return the manifests of every archive as the store remembers them, the oldest first."""
    chains: dict[str, list[ArchivedChain]] = {}
    for name, *chain in ask(CHAINS):
        chains.setdefault(name, []).append(ArchivedChain(*chain))
    return [
        Manifest(**dict(zip(_COLUMNS, row, strict=True)), chains=chains.get(row[0], []))
        for row in ask(CATALOGUE)
    ]


class ArchivedEvents:
    """The archived part of a store's events, when it is at hand.

    `differences` are what was found wrong in reading it, after `joined` has ended. `orphans`: name
    and org of the rows of `archive_chains` whose archive has no row. `stays`: which events stay.
    """

    def __init__(
        self,
        manifests: Sequence[Manifest],
        archives: Archives | None,
        orphans: Sequence[tuple[str, str]] = (),
        stays: Staying | None = None,
    ) -> None:
        self.manifests = manifests
        self._stays = stays or Staying({})
        self._orphans = [_orphan(*each) for each in orphans]
        self.differences = list(self._orphans)
        self._before: Mapping[str, Head] = {}
        self._archives = archives
        self._held: dict[str, list[range]] = {}
        for chain in (chain for manifest in manifests for chain in manifest.chains):
            held = range(chain.first_sequence, chain.last_sequence + 1)
            self._held.setdefault(chain.org, []).append(held)

    @property
    def are_at_hand(self) -> bool:
        """Whether there are archives that can be read."""
        return bool(self.manifests) and self._archives is not None

    @property
    def end(self) -> int:
        """The last position that is archived; 0: nothing is."""
        return self.manifests[-1].last_position if self.manifests else 0

    @property
    def gap(self) -> int:
        """The last position that is archived and not at hand; 0: everything can be read."""
        return 0 if self._archives else self.end

    def holds(self, org: str, sequence: int) -> bool:
        """Tell whether an event is in an archive."""
        return any(sequence in held for held in self._held.get(org, ()))

    def joined(self, stored: Iterator[RecordedEvent]) -> Iterator[RecordedEvent]:
        """Yield every event in the order of positions; one that stands in an archive and, the same,
        in the table is one. `stored` are those of the table after `gap`."""
        self.differences = list(self._orphans)
        self._before = {}
        waiting = next(stored, None)
        for manifest in self.manifests if self._archives else ():
            for event in self._events(manifest):
                while waiting is not None and waiting.position < event.position:
                    yield waiting
                    waiting = next(stored, None)
                if waiting == event:
                    waiting = next(stored, None)
                elif self._stays(event):
                    detail = f"stands in {manifest.file}, and not the same in the table, "
                    place = Place(event.org, event.sequence, position=event.position)
                    self._note(place, detail + "where it must be kept")
                yield event
        if waiting is not None:
            yield waiting
            yield from stored

    def _events(self, manifest: Manifest) -> Iterator[RecordedEvent]:
        """Yield the events of one archive; what is wrong with the file or its catalogue is
        noted."""
        assert self._archives is not None
        seen = ArchiveContent(self._before, self._stays)
        try:
            for event in self._archives.recorded(manifest):
                seen.add(event)
                yield event
        except ArchiveDiffers as error:
            self._note(Place(row=f"archives row {manifest.name}"), error.detail)
        else:
            for place, differing in seen.differences(manifest):
                self._note(place, f"the catalogue is not what {manifest.file} holds: {differing}")
        self._before = seen.ends

    def _note(self, place: Place, detail: str) -> None:
        self.differences.append(Finding(place, detail))


def _orphan(name: str, org: str) -> Finding:
    place = Place(org, row=f"archive_chains row {name}")
    return Finding(place, "tally.archives has no row of that name: it was changed or removed")

"""The schedule of a card: which of its versions prices when.

Each version is in force from its start until the next one's. A version that begins when another
does replaces it; one that has not begun can be withdrawn.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.times import check_time, format_time

ALWAYS_US = -1
"""Before every moment: where a card's first version starts that does not say when."""


class Entry(NamedTuple):
    """A version and when it starts."""

    start_us: int
    version: int

    @property
    def effective_us(self) -> int | None:
        """When it starts; None: it has been in force always."""
        return None if self.start_us == ALWAYS_US else self.start_us


@dataclass
class Schedule:
    """The versions of a card that price anything, by their start."""

    entries: list[Entry] = field(default_factory=list)
    last: int = 0
    """The number of the newest version, also of one that prices nothing any more."""

    def start_for(self, asked_us: int | None, now_us: int) -> int | None:
        """Return when a new version starts: now unless said, and always if nothing was in force
        before."""
        if asked_us is None:
            return None if self.in_force(now_us) is None else now_us
        if asked_us < now_us:
            raise Invalid(
                "effective_from must not be in the past: what was used then is already priced.",
                field="effective_from",
            )
        return check_time(asked_us, "effective_from")

    def publish(self, version: int, effective_us: int | None) -> int | None:
        """Take in a version; the one that it replaces, if any."""
        start_us = ALWAYS_US if effective_us is None else effective_us
        replaced = next((each for each in self.entries if each.start_us == start_us), None)
        if replaced is not None:
            self.entries.remove(replaced)
        insort(self.entries, Entry(start_us, version))
        self.last = max(self.last, version)
        return replaced and replaced.version

    def check_withdrawal(self, version: int, now_us: int) -> None:
        """Refuse what cannot be withdrawn."""
        if not 0 < version <= self.last:
            raise NotFound(f"the card has no version {version}.", field="version")
        entry = next((each for each in self.entries if each.version == version), None)
        if entry is None:
            raise Conflict(
                f"version {version} was replaced or withdrawn already: it prices nothing.",
                field="version",
            )
        if entry.start_us <= now_us:
            since = "always" if entry.effective_us is None else format_time(entry.start_us)
            raise Conflict(
                f"version {version} has begun ({since}) and cannot be withdrawn: publish another, "
                "which takes its place from now on.",
                field="version",
            )

    def withdraw(self, version: int) -> None:
        """Leave a version out."""
        self.entries = [each for each in self.entries if each.version != version]

    def in_force(self, us: int) -> int | None:
        """Return the version in force at a moment."""
        for entry in reversed(self.entries):
            if entry.start_us <= us:
                return entry.version
        return None

    def planned(self, us: int) -> list[Entry]:
        """Return the versions that start later, the first to start first."""
        return [entry for entry in self.entries if entry.start_us > us]

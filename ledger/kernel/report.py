"""The report: one check a kind, and the first wrong row of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

_SHOWN = 60
"""Characters of a value that a finding shows."""

CHAIN = (
    *("archives", "hashes", "links", "sequences", "forks"),
    *("positions", "versions", "times", "heads"),
)
"""What the events say about themselves."""

SEALS = ("tiles", "checkpoints", "witnesses")
"""What was signed about them."""

FACTS = ("facts", "keys", "due", "snapshots", "access", "progress")
"""What they mean, and what is kept beside them, whatever they are about."""


class Place(NamedTuple):
    """Where something is wrong: as much as is known of it.

    `until`: the place is somewhere from `sequence` to there.
    """

    org: str | None = None
    sequence: int | None = None
    line: int | None = None
    position: int | None = None
    row: str | None = None
    until: int | None = None

    def __str__(self) -> str:
        parts = [
            self.org,
            self._sequences(),
            None if self.line is None else f"line {self.line}",
            None if self.position is None else f"position {self.position}",
            self.row,
        ]
        return " · ".join(part for part in parts if part is not None) or "the store"

    def _sequences(self) -> str | None:
        if self.until is not None:
            return f"sequences {self.sequence:,} to {self.until:,}"
        return None if self.sequence is None else f"sequence {self.sequence}"


class Finding(NamedTuple):
    """One wrong row, in words."""

    place: Place
    detail: str

    def __str__(self) -> str:
        return f"{self.place}: {self.detail}"


@dataclass
class Check:
    """One kind of check. What could not be checked is counted, and never passes.

    `skipped`: why the caller did not ask for it, and `left_out`: what need not be there any more;
    that is no failure.
    """

    kind: str
    checked: int = 0
    wrong: int = 0
    first: Finding | None = None
    unchecked: int = 0
    reason: str | None = None
    skipped: str | None = None
    left_out: str | None = None

    def find(self, place: Place, detail: str) -> None:
        """Count a wrong row."""
        self.wrong += 1
        self.first = self.first or Finding(place, detail)

    def pass_over(self, reason: str, count: int = 1) -> None:
        """Count what could not be checked."""
        self.unchecked += count
        self.reason = self.reason or reason

    def take(self, other: Check) -> None:
        """Add what another process found."""
        self.checked += other.checked
        self.wrong += other.wrong
        self.unchecked += other.unchecked
        self.first = self.first or other.first
        self.reason = self.reason or other.reason
        self.skipped = self.skipped or other.skipped
        self.left_out = self.left_out or other.left_out


@dataclass(frozen=True)
class VerifiedHead:
    """The end of an org's chain as its events give it; `sealed`: up to where it is signed;
    `witnessed`: up to where each witness has what was signed."""

    org: str
    sequence: int
    hash: str
    as_recorded: bool
    sealed: int = 0
    witnessed: Mapping[str, int] = field(default_factory=dict)


class Lost(NamedTuple):
    """What a witness has of an org beyond the end of a store that was restored: events up to
    `until` that were recorded until then, or entries of its access log up to there."""

    holder: str
    until: int
    recorded_us: int
    access_until: int


@dataclass
class Report:
    """The checks of one verification, and how far it went."""

    checks: dict[str, Check] = field(default_factory=dict)
    heads: list[VerifiedHead] = field(default_factory=list)
    events: int = 0
    lines: int = 0
    position: int = 0
    seconds: float = 0.0
    trusted: str | None = None
    """What was taken as another run has found it, in words."""
    state: str | None = None
    """What was left for the next run, or why nothing was, in words."""
    lost: Mapping[str, Lost] = field(default_factory=dict)
    """By org, of a store that was restored."""

    @classmethod
    def of(cls, kinds: Iterable[str]) -> Report:
        """Return a report of kinds, in their order, also of those that nothing is found of."""
        return cls({kind: Check(kind) for kind in kinds})

    def __getitem__(self, kind: str) -> Check:
        found = self.checks.get(kind)
        if found is None:
            found = self.checks[kind] = Check(kind)
        return found

    def skip(self, kinds: Iterable[str], why: str) -> None:
        """Note that kinds were not asked for."""
        for kind in kinds:
            self[kind].skipped = self[kind].skipped or why

    def take(self, other: Report) -> None:
        """Add what another process found."""
        for kind, check in other.checks.items():
            self[kind].take(check)
        self.heads = sorted(self.heads + other.heads, key=lambda head: head.org)
        self.events += other.events
        self.lines += other.lines
        self.position = max(self.position, other.position)

    @property
    def wrong(self) -> int:
        """Wrong rows of all kinds."""
        return sum(check.wrong for check in self.checks.values())

    @property
    def unchecked(self) -> int:
        """What could not be checked, of all kinds."""
        return sum(check.unchecked for check in self.checks.values())

    @property
    def exit_code(self) -> int:
        """0: all was checked and is right. 1: something is wrong. 2: not all could be checked."""
        return 1 if self.wrong else 2 if self.unchecked else 0

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "exit_code": self.exit_code,
            "events": self.events,
            "lines": self.lines,
            "position": self.position,
            "seconds": round(self.seconds, 3),
            "trusted": self.trusted,
            "state": self.state,
            "checks": [_json_of(check) for check in self.checks.values()],
            "heads": [asdict(head) for head in self.heads],
        }


def _json_of(check: Check) -> dict[str, Any]:
    first = check.first
    return {
        "kind": check.kind,
        "checked": check.checked,
        "wrong": check.wrong,
        "first": first and {**first.place._asdict(), "detail": first.detail},
        "unchecked": check.unchecked,
        "reason": check.reason,
        "skipped": check.skipped,
        "left_out": check.left_out,
    }


def difference(columns: Sequence[str], right: Sequence[Any], stored: Sequence[Any]) -> str | None:
    """Return the columns in which a stored row differs from the right one; None when it does
    not."""
    if tuple(right) == tuple(stored):
        return None
    differing = [
        f"{column} is {_shown(is_)}, the events say {_shown(should)}"
        for column, should, is_ in zip(columns, right, stored, strict=True)
        if should != is_
    ]
    return "; ".join(differing)


def compare(
    check: Check,
    columns: Sequence[str],
    right: Mapping[Place, Sequence[Any]],
    stored: Iterable[tuple[Place, Sequence[Any]]],
) -> dict[Place, Sequence[Any]]:
    """Compare stored rows with those that the events give, both ways.

    Returns the rows that are not stored at all, which the caller reports.
    """
    missing = dict(right)
    check.checked += len(right)
    seen: set[Place] = set()
    for place, row in stored:
        if place not in right:
            check.find(place, "no event says so: the row was added")
            continue
        missing.pop(place, None)
        differing = difference(columns, right[place], row)
        if differing:
            check.find(place, differing)
        elif place in seen:
            check.find(place, "stands twice")
        else:
            seen.add(place)
    return missing


def _shown(value: object) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"

"""Attempts: refused requests as they wait to be written: those that are alike are counted
together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ledger.access_log.ports import KnownSecret
from ledger.kernel.ids import PLATFORM

ALIKE_MAX = 1_000
"""Kinds of attempts told apart while they wait; the rest are counted by org and code only."""

ROWS_MAX = 50
"""Rows written for one org at once; the rest are counted by code only."""

OTHERS = "others were refused at the same time, too many to tell apart."


@dataclass(frozen=True)
class Attempt:
    """What refused requests have in common. Never a secret: only its hash, to find whose it was.

    `org`, `subject` and `key_id` are empty when the credential is not known.
    """

    code: str
    detail: str
    method: str
    path: str
    org: str = ""
    subject: str = ""
    key_id: str = ""
    address: str = ""
    agent: str = ""
    secret_hash: str = ""

    def owned(self, owners: Mapping[str, KnownSecret]) -> Attempt:
        """Return the same, whosever it is known to be: a revoked key still says whose it was."""
        owner = owners.get(self.secret_hash)
        if owner is not None:
            org, key_id, subject = owner
            return replace(self, org=org, key_id=key_id, subject=subject, secret_hash="")
        return replace(self, org=self.org or PLATFORM, secret_hash="")

    def among_others(self) -> Attempt:
        """Return it by its code and org alone, as it is counted once there are too many."""
        return Attempt(self.code, OTHERS, "", "", self.org)


@dataclass(frozen=True)
class Count:
    """How often, from when to when, and the id of the first request."""

    times: int
    first_us: int
    last_us: int
    request_id: str

    def plus(self, other: Count) -> Count:
        """Return the sum of the two, with what the first of them said."""
        first, _ = sorted((self, other), key=lambda each: each.first_us)
        return Count(
            self.times + other.times,
            first.first_us,
            max(self.last_us, other.last_us),
            first.request_id,
        )


class Attempts:
    """Counts by attempt; bounded, and nothing is lost in number."""

    def __init__(self, limit: int = ALIKE_MAX) -> None:
        self._limit = limit
        self._counts: dict[Attempt, Count] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, attempt: Attempt, count: Count) -> None:
        """Count an attempt with those that are alike, or when there are too many, with others."""
        known = self._counts.get(attempt)
        if known is None and len(self._counts) >= self._limit:
            attempt = attempt.among_others()
            known = self._counts.get(attempt)
        self._counts[attempt] = count if known is None else known.plus(count)

    def items(self) -> Iterable[tuple[Attempt, Count]]:
        """Return each attempt with its count."""
        return self._counts.items()

    def secret_hashes(self) -> set[str]:
        """Return the hashes whose owners are wanted."""
        return {attempt.secret_hash for attempt in self._counts} - {""}

    def owned(self, owners: Mapping[str, KnownSecret]) -> list[tuple[Attempt, Count]]:
        """Return what to write, in the order of the first requests, bounded for each org."""
        by_org: dict[str, Attempts] = {}
        for attempt, count in sorted(self._counts.items(), key=_first):
            owned = attempt.owned(owners)
            by_org.setdefault(owned.org, Attempts(ROWS_MAX)).add(owned, count)
        return sorted((item for each in by_org.values() for item in each.items()), key=_first)

    @property
    def times(self) -> int:
        """All of them."""
        return sum(count.times for count in self._counts.values())


def _first(item: tuple[Attempt, Count]) -> int:
    return item[1].first_us

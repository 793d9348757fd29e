"""Counters: what was counted by the group, by the one in flight, and as the store has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import Generic, Protocol, TypeVar

from api.commands.group_state import GroupState

COUNTERS_MAX = 100_000
"""Counters of one kind kept in memory for one org."""


class OfOrg(Protocol):
    """What names a counter: it belongs to an org."""

    @property
    def org(self) -> str:
        """The org."""

    def __hash__(self) -> int:
        """Return the hash of all that it holds."""


K = TypeVar("K", bound=OfOrg)
V = TypeVar("V")


class Counters(GroupState, Generic[K, V]):
    """The counters of one kind that one process's groups use.

    `fetch` returns those that the store has; `zero` makes one that has counted nothing.
    """

    def __init__(
        self, fetch: Callable[[Iterable[K]], Mapping[K, V]], zero: Callable[[], V]
    ) -> None:
        self._fetch = fetch
        self._zero = zero
        self._known: dict[str, dict[K, V]] = {}
        self._in_flight: Mapping[K, V] = {}
        self.begin()

    # -- a group -----------------------------------------------------------------------------

    def begin(self) -> None:
        self.counted: dict[K, V] = {}

    def fail(self) -> None:
        self._evict(self.counted)

    def commit_started(self) -> None:
        self._in_flight = self.counted

    def commit_succeeded(self) -> None:
        self._in_flight = {}

    def commit_failed(self) -> None:
        self._evict(self._in_flight)
        self._in_flight = {}

    def forget(self, org: str, since: int, until: int) -> None:
        self._known.pop(org, None)

    def distrust(self, org: str) -> None:
        self._known.pop(org, None)

    # -- what commands use -------------------------------------------------------------------

    def read(self, org: str, keys: Iterable[K]) -> dict[K, V]:
        """Return copies of what was counted so far; `count` makes them true."""
        known = self._known.setdefault(org, {})
        if len(known) > COUNTERS_MAX:
            known.clear()
            known.update(self.unconfirmed(org))
        keys = list(dict.fromkeys(keys))
        unseen = [key for key in keys if key not in known]
        if unseen:
            stored = self._fetch(unseen)
            known.update((key, stored.get(key) or self._zero()) for key in unseen)
        return {key: copy(known[key]) for key in keys}

    def knows(self, key: K) -> bool:
        """Tell whether `read` finds it in memory."""
        return key in self._known.get(key.org, ())

    def count(self, org: str, counters: Mapping[K, V]) -> None:
        """Count what a command adds."""
        known = self._known.setdefault(org, {})
        changed = {key: value for key, value in counters.items() if value != known.get(key)}
        known.update(changed)
        self.counted.update(changed)

    def unconfirmed(self, org: str) -> dict[K, V]:
        """Return what an org has counted that is not known to be stored."""
        counted = {**self._in_flight, **self.counted}
        return {key: value for key, value in counted.items() if key.org == org}

    # -- inside ------------------------------------------------------------------------------

    def _evict(self, counted: Iterable[K]) -> None:
        for key in counted:
            self._known.pop(key.org, None)

"""Bounded map: it forgets what was not used for longest, so that it never grows without end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """At most `limit` entries, and where they are weighed, at most so heavy together."""

    def __init__(
        self, limit: int, *, weigh: Callable[[K], int] | None = None, heaviest: int = 0
    ) -> None:
        self._limit = limit
        self._weigh = weigh or _weightless
        self._heaviest = heaviest
        self._weight = 0
        self._entries: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the entry, now the one used last."""
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> None:
        """Add or replace an entry."""
        if key not in self._entries:
            self._weight += self._weigh(key)
        self._entries[key] = value
        self._entries.move_to_end(key)
        while len(self._entries) > self._limit or self._weight > self._heaviest:
            self._weight -= self._weigh(self._entries.popitem(last=False)[0])

    def forget(self, key: K) -> None:
        """Drop an entry, if it is there."""
        if self._entries.pop(key, None) is not None:
            self._weight -= self._weigh(key)

    def items(self) -> list[tuple[K, V]]:
        """Return all entries, the one used last at the end."""
        return list(self._entries.items())


def _weightless(_: object) -> int:
    return 0

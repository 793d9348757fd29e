"""Doubts: the orgs that the store is asked about first, since something there was a surprise."""

from __future__ import annotations

from collections.abc import Iterable

from api.bounded import Bounded

GROUPS = 100
"""Groups in which an org is asked about after a surprise: where keys come again, or others write
too, optimism costs more than asking."""

ORGS_MAX = 10_000


class Doubts:
    """Which orgs, and for how many groups more. One org's surprise is no doubt of another."""

    def __init__(self, groups: int = GROUPS) -> None:
        self._groups = groups
        self._left: Bounded[str, int] = Bounded(ORGS_MAX)

    def raise_about(self, orgs: Iterable[str]) -> None:
        """Doubt orgs for a while, from now on."""
        for org in orgs:
            self._left.put(org, self._groups)

    def among(self, orgs: Iterable[str]) -> set[str]:
        """Return the orgs of a group that are in doubt, which are so for one group less then."""
        found = set()
        for org in orgs:
            left = self._left.get(org)
            if left is None:
                continue
            found.add(org)
            if left > 1:
                self._left.put(org, left - 1)
            else:
                self._left.forget(org)
        return found

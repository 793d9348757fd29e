"""Recent orgs: whether several share us at this time; one that is alone may use all there is."""

from __future__ import annotations

import time
from collections.abc import Callable

REMEMBERED_S = 1.0
"""How long an org that was here is counted as recent."""


class RecentOrgs:
    """Who was here lately: one org, or several. Used by one thread."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._last: str | None = None
        self._mixed_until = 0.0

    def note(self, org: str) -> None:
        """Note that an org is here."""
        if org != self._last:
            if self._last is not None:
                self._mixed_until = self._clock_s() + REMEMBERED_S
            self._last = org

    @property
    def is_mixed(self) -> bool:
        """Whether another org than the last was here a moment ago."""
        return self._clock_s() < self._mixed_until

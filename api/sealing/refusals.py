"""The refusals: which orgs are not sealed any further, said loudly and kept beside their trees."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from api.container import SealingStore
from ledger.kernel.alarms import Alarm
from ledger.ports import Clock

_log = logging.getLogger(__name__)


class Refusals:
    """The orgs that one process has refused, for as long as it runs."""

    def __init__(self, store: SealingStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._orgs: set[str] = set()
        self._unnoted: list[tuple[str, str]] = []

    @property
    def orgs(self) -> frozenset[str]:
        """The orgs that are not sealed any further."""
        return frozenset(self._orgs)

    def add(self, org: str, why: str) -> None:
        """Refuse an org from now on."""
        _log.error(
            "ALARM: %s is not sealed any further: %s Run tally verify; when it is repaired, start "
            "the sealer again.",
            org,
            why,
            extra=Alarm.ORG_NOT_SEALED.mark,
        )
        self._orgs.add(org)
        self._unnoted.append((org, why))

    def note(self, since: Mapping[str, int] | None = None) -> None:
        """Keep refusals beside the trees, for the metrics and for the next start. `since`: when the
        first event that is not sealed was recorded, where it is known."""
        if not self._unnoted:
            return
        known = since or {}
        self._store.refuse(
            [(org, known.get(org, self._clock()), why) for org, why in self._unnoted]
        )
        self._unnoted.clear()

"""Checks of erased texts: each by an event that says so, and what an event erased stays erased."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.audit.erasure import Erasure
from ledger.audit.inspection import Place, Report
from ledger.kernel.events import Fact
from ledger.ports import RecordedEvent


class ErasureInspection:
    """Remembers what the events erased, and compares it with the rows of `texts`."""

    def __init__(self, report: Report) -> None:
        self._check = report["texts"]
        self._erased: dict[tuple[str, str], int] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Remember the digests that an erasure names."""
        if isinstance(fact, Erasure.PersonErased):
            self._erased.update(((event.org, digest), event.sequence) for digest in fact.digests)

    def see_text(self, org: str, digest: str) -> None:
        """Check a text that is there: no event may have erased it."""
        sequence = self._erased.get((org, digest))
        if sequence is not None:
            place = Place(org, sequence, row=digest)
            self._check.find(place, "erased by this event, and there again")

    def compare(self, stored: Iterable[tuple[str, str]]) -> None:
        """Check the rows without a text, by org and digest: an event must have erased each."""
        for place in stored:
            self._check.checked += 1
            if place not in self._erased:
                org, digest = place
                self._check.find(
                    Place(org, row=digest), "the text is gone and no event says it was erased"
                )

"""Checks of erasable texts: what their digests say, whose they are, and what was erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.inspection import Folded, Has, Inspection, Page
from ledger.kernel.actor import decode_actor
from ledger.kernel.aggregate import Fact
from ledger.kernel.report import Check, Place, Report, difference
from ledger.kernel.texts import ORIGIN, Text, TextOwner, digest_of
from ledger.ports import RecordedEvent
from ledger.privacy.erasure import Erasure
from ledger.privacy.ports import KeptTexts

Named = Mapping[tuple[str, str], tuple[int, TextOwner]]
"""Texts by org and digest: the sequence that holds the digest, and whose text it must be."""

Stored = Mapping[tuple[str, str], TextOwner]
"""The rows found of them, erased or not."""


def texts_of(event: RecordedEvent, fact: Fact) -> dict[str, TextOwner]:
    """Return the erasable texts whose digests an event holds, and whose each is."""
    actor = decode_actor(event.actor)
    found = fact.texts(actor.subject)
    if actor.origin is not None:
        found[actor.origin] = TextOwner(ORIGIN, actor.subject)
    return found


def compare_owners(check: Check, named: Named, stored: Stored, row: str = "") -> None:
    """Check that the texts that some events name have rows, and that each is whose it must be.

    Who changed that would keep a text from the erasure of the person whom it names.
    """
    check.checked += len(named)
    for (org, digest), (sequence, right) in named.items():
        place = Place(org, sequence, row=f"{row} text {digest}".strip())
        owner = stored.get((org, digest))
        differing = None if owner is None else difference(TextOwner._fields, right, owner)
        if owner is None:
            check.find(place, "the text's row is missing")
        elif differing:
            check.find(place, differing)


class ErasureInspection(Inspection):
    """Remembers what the events erased, and compares it with the rows of `texts`."""

    KINDS = ("texts",)
    BEFORE = (Erasure.PersonErased.TOPIC,)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._check = report["texts"]
        self._erased: dict[tuple[str, str], int] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Remember the digests that an erasure names."""
        for digest in fact.erased():
            self._erased[event.org, digest] = event.sequence

    def see_page(self, page: Page, store: KeptTexts) -> None:
        """Check that the texts are whose the facts say."""
        named = {
            (event.org, digest): (event.sequence, owner)
            for event, fact in page
            for digest, owner in texts_of(event, fact).items()
        }
        compare_owners(self._check, named, store.text_owners(named) if named else {})

    def end(self, store: KeptTexts, folded: Folded, has: Has) -> None:
        """Compare the stored texts, and those that were erased."""
        for org, text in store.texts():
            if has(org):
                self.see_text(org, text)
        self.compare(place for place in store.erased_texts() if has(place[0]))

    def see_text(self, org: str, text: Text) -> None:
        """Check a text that is there: it is what its digest says, and no event erased it."""
        self._check.checked += 1
        if digest_of(text.content, text.salt) != text.digest:
            self._check.find(
                Place(org, row=text.digest), "the text and salt do not give the digest"
            )
        sequence = self._erased.get((org, text.digest))
        if sequence is not None:
            place = Place(org, sequence, row=text.digest)
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

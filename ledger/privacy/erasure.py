"""An erasure: the texts of one person that were erased, and who had it done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import Fact, FirstFact, LedgerAggregate, Reasoned
from ledger.kernel.ids import stream_id

ERASURE_STREAM = "erasure"


class Erasure(LedgerAggregate):
    """One erasure, each a stream of its own."""

    TOPIC: ClassVar[str] = "audit.Erasure"
    STREAM: ClassVar[str] = f"{ERASURE_STREAM}/"

    def __init__(self, user: str, digests: list[str], complete: bool) -> None:
        self.user = user
        self.digests = digests
        self.complete = complete

    class Event(Fact):
        """Base of an erasure's facts."""

    class PersonErased(Reasoned, Event, FirstFact):
        """Texts that may name a person were erased: metadata, reasons, addresses and agents.

        `user` is the opaque id, which stays. `digests` are those of the erased texts, as earlier
        events hold them; `complete`: none of this person was left. `reason` is the salted digest
        of an erasable text.
        """

        TOPIC: ClassVar[str] = "audit.PersonErased"
        fingerprint: str
        user: str
        digests: list[str]
        complete: bool
        reason: str | None = None

        def person(self, subject: str) -> str:
            return self.user

        def erased(self) -> Sequence[str]:
            return self.digests

    @classmethod
    def of(
        cls,
        org: str,
        erasure: str,
        at: datetime,
        *,
        user: str,
        digests: Sequence[str],
        complete: bool,
        fingerprint: str,
        reason: str | None = None,
    ) -> Erasure:
        """Erase these texts of a person."""
        return cls._create(
            cls.PersonErased,
            id=stream_id(org, ERASURE_STREAM, erasure),
            timestamp=at,
            fingerprint=fingerprint,
            user=user,
            digests=list(digests),
            complete=complete,
            reason=reason,
        )

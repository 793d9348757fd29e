"""The cap book of an org: which spend caps are in force, and the alerts they raised."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.credits.caps import Alert, Cap, Period
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import stream_id
from ledger.kernel.limits import CAPS_MAX, ROLLING_DAYS_MAX

CAPS_STREAM = "caps"


class CapBook(LedgerAggregate):
    """The caps of an org, and the alerts they raised."""

    TOPIC: ClassVar[str] = "credits.CapBook"
    STREAM: ClassVar[str] = CAPS_STREAM

    def __init__(self) -> None:
        self.caps: list[Cap] = []
        self.caps_version = 0
        """The version of this book that put them in force: what they count names it."""
        self.every: dict[str, Cap] = {}
        """Each cap there ever was, as it was last: one that comes back counts on."""

    class Event(LedgerAggregate.Event):
        """Base of a cap book's facts."""

    class CapBookOpened(Event, FirstFact):
        """An org begins to limit its spending."""

        TOPIC: ClassVar[str] = "credits.CapBookOpened"

    class CapsSet(Event):
        """These caps are in force; those not among them no longer are."""

        TOPIC: ClassVar[str] = "credits.CapsSet"
        fingerprint: str
        caps: list[Cap]

        def apply(self, aggregate: CapBook) -> None:
            aggregate.caps = self.caps
            aggregate.caps_version = self.originator_version
            aggregate.every |= {cap.id: cap for cap in self.caps}

    class AlertRaised(Event):
        """A threshold of a cap was crossed, once in its period under its limit."""

        TOPIC: ClassVar[str] = "credits.AlertRaised"
        cap: str
        subject: str
        period_from_us: int
        percent: int
        spent: int
        limit: int

    @classmethod
    def open(cls, org: str, at: datetime) -> CapBook:
        """Return a cap book begins with its first caps."""
        return cls._create(cls.CapBookOpened, id=stream_id(org, CAPS_STREAM), timestamp=at)

    def set_caps(self, caps: list[Cap], at: datetime, *, fingerprint: str) -> None:
        """Put caps in force; a limit below what is spent already refuses until its period ends."""
        if len({cap.id for cap in caps}) != len(caps):
            raise Invalid("each cap needs an id of its own.", field="caps")
        if len(caps) > CAPS_MAX:
            raise Invalid(f"an org has at most {CAPS_MAX} caps.", field="caps")
        for place, cap in enumerate(caps):
            _check(cap, self.every.get(cap.id), f"caps.{place}")
        self.trigger_event(self.CapsSet, timestamp=at, fingerprint=fingerprint, caps=caps)

    def raise_alert(self, alert: Alert, at: datetime) -> None:
        """Record that a threshold was crossed."""
        self.trigger_event(
            self.AlertRaised,
            timestamp=at,
            cap=alert.cap.id,
            subject=alert.subject,
            period_from_us=alert.bucket_us,
            percent=alert.percent,
            spent=alert.spent,
            limit=alert.cap.limit,
        )


def _check(cap: Cap, before: Cap | None, at: str) -> None:
    if (cap.period is Period.ROLLING) != (cap.days is not None):
        raise Invalid(
            f"{at}.days goes with the period rolling, and only there.", field=f"{at}.days"
        )
    if cap.days is not None and not 1 <= cap.days <= ROLLING_DAYS_MAX:
        raise Invalid(f"{at}.days must be 1 to {ROLLING_DAYS_MAX}.", field=f"{at}.days")
    if before is None:
        return
    if (before.scope, before.period, before.days) != (cap.scope, cap.period, cap.days):
        raise Invalid(
            f"{at}.id names a cap of another scope or period, in force or removed: give the new "
            "one an id of its own.",
            field=f"{at}.id",
        )

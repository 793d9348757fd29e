"""The buyer: what a user has bought lately, so that too much of it is looked at."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import stream_id
from ledger.kernel.times import DAY_US, microseconds
from ledger.purchases.policy import Policy
from ledger.purchases.purchase_base import Flag

BUYER_STREAM = "buyer"

_HOUR_US = 3_600 * 1_000_000


class Counted(msgspec.Struct, frozen=True):
    """A purchase that was paid: when, and how many microcredits it bought, without its bonus."""

    at_us: int
    credits: int


class Buyer(LedgerAggregate):
    """What one user has bought in the last 24 hours."""

    TOPIC: ClassVar[str] = "purchases.Buyer"
    STREAM: ClassVar[str] = f"{BUYER_STREAM}/"

    def __init__(self) -> None:
        self.recent: list[Counted] = []

    class Event(LedgerAggregate.Event):
        """Base of a buyer's facts."""

    class BuyerOpened(Event, FirstFact):
        """A user buys for the first time."""

        TOPIC: ClassVar[str] = "purchases.BuyerOpened"

    class PurchaseCounted(Event):
        """A user has bought something."""

        TOPIC: ClassVar[str] = "purchases.PurchaseCounted"
        purchase: str
        credits: int

        def apply(self, aggregate: Buyer) -> None:
            now_us = self.recorded_us
            recent = [each for each in aggregate.recent if each.at_us > now_us - DAY_US]
            aggregate.recent = [*recent, Counted(now_us, self.credits)]

    @classmethod
    def open(cls, org: str, user: str, at: datetime) -> Buyer:
        """Begin to count what a user buys."""
        return cls._create(cls.BuyerOpened, id=buyer_id(org, user), timestamp=at)

    def flags(self, credits: int, policy: Policy, at: datetime) -> list[Flag]:
        """Return why one purchase more, of so many microcredits, must be looked at."""
        now_us, flags = microseconds(at), []
        hourly = sum(each.at_us > now_us - _HOUR_US for each in self.recent) + 1
        daily = credits + sum(e.credits for e in self.recent if e.at_us > now_us - DAY_US)
        if hourly > policy.hourly:
            flags.append(Flag.TOO_MANY)
        if daily > policy.daily_credits:
            flags.append(Flag.TOO_MUCH)
        return flags

    def count(self, purchase: str, credits: int, at: datetime) -> None:
        """Count what was paid."""
        self.trigger_event(self.PurchaseCounted, timestamp=at, purchase=purchase, credits=credits)


def buyer_id(org: str, user: str) -> str:
    """Return the stream of a buyer."""
    return stream_id(org, BUYER_STREAM, user)

"""Facts of an order grant: that it is given, used, lessened and revoked."""

from __future__ import annotations

from typing import ClassVar

from ledger.access.grant_base import GrantBase, GrantState, TakenPart, Why
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.item_type import Kind
from ledger.credits.lots import Lot
from ledger.credits.take_backs import Cause, Taken
from ledger.kernel.aggregate import FirstFact, LedgerAggregate, Reasoned


class GrantFact(LedgerAggregate.Event):
    """Something that happened to what a line of an order has given."""


class GrantGiven(GrantFact, FirstFact):
    """A line of an order that is confirmed gives this. `lot`: the credits that were deposited, or
    that came with a plan; `subscription`: which of the payer's it has begun."""

    TOPIC: ClassVar[str] = "access.GrantGiven"
    order: str
    line: int
    sku: str
    user: str | None
    kind: Kind
    benefit: Benefit
    units: int
    lot: Lot | None
    subscription: int | None
    ends_us: int | None

    def person(self, subject: str) -> str:
        return self.user or self.order


class DownloadUsed(GrantFact):
    """A link to the file was followed, which it is so often now."""

    TOPIC: ClassVar[str] = "access.DownloadUsed"
    number: int

    def apply(self, aggregate: GrantBase) -> None:
        aggregate.used = self.number


class GrantLessened(GrantFact):
    """Money of the line went back, or is asked back: the credits that it has bought are taken.
    `of`: the refund or the dispute."""

    TOPIC: ClassVar[str] = "access.GrantLessened"
    of: str
    cause: Cause
    credits: int
    taken: Taken

    def apply(self, aggregate: GrantBase) -> None:
        part = TakenPart(self.credits, self.cause, self.taken)
        aggregate.parts = {**aggregate.parts, self.of: part}


class GrantRestored(GrantFact):
    """The money is here again, and so are the credits."""

    TOPIC: ClassVar[str] = "access.GrantRestored"
    of: str
    credits: int

    def apply(self, aggregate: GrantBase) -> None:
        aggregate.parts = {of: each for of, each in aggregate.parts.items() if of != self.of}


class GrantRevoked(Reasoned, GrantFact):
    """It is taken back, all of it, for good. `credits`: what was taken of its lot."""

    TOPIC: ClassVar[str] = "access.GrantRevoked"
    fingerprint: str
    why: Why
    user: str
    credits: int = 0
    reason: str | None = None

    def apply(self, aggregate: GrantBase) -> None:
        aggregate.stage = GrantState.REVOKED
        aggregate.revoked = self.credits

    def person(self, subject: str) -> str:
        return self.user


class GrantExpired(GrantFact):
    """Its time is over."""

    TOPIC: ClassVar[str] = "access.GrantExpired"

    def apply(self, aggregate: GrantBase) -> None:
        aggregate.stage = GrantState.EXPIRED

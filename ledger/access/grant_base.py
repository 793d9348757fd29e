"""The base of an order grant, which its facts are written against: its state."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ledger.catalogue.benefit import Benefit
from ledger.catalogue.item_type import Kind
from ledger.credits.lots import Lot
from ledger.credits.take_backs import Cause, Taken
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import name_of
from ledger.kernel.times import microseconds


class GrantState(StrEnum):
    """Whether what was given is still there. `revoked`: it was taken back, all of it."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Why(StrEnum):
    """Why something is taken back, all of it."""

    CANCELLATION = "cancellation"
    REFUND = "refund"
    DISPUTE = "dispute"
    PERSON = "person"


class TakenPart(msgspec.Struct, frozen=True):
    """Credits that went with money that went back, and where they came from."""

    credits: int
    cause: Cause
    taken: Taken


class GrantBase(LedgerAggregate):
    """What one line of an order has given, without a word of what it can decide."""

    def __init__(
        self,
        order: str,
        line: int,
        sku: str,
        user: str | None,
        kind: Kind,
        benefit: Benefit,
        units: int,
        lot: Lot | None,
        subscription: int | None,
        ends_us: int | None,
    ) -> None:
        self.order = order
        self.line = line
        self.sku = sku
        self.user = user
        self.kind = kind
        self.benefit = benefit
        self.units = units
        self.lot = lot
        """What was deposited, or granted with the first period of a plan."""
        self.subscription = subscription
        """Which of the payer's subscriptions it has begun."""
        self.ends_us = ends_us
        self.stage = GrantState.ACTIVE
        self.used = 0
        """How often it was downloaded."""
        self.parts: dict[str, TakenPart] = {}
        """What went with each refund or dispute."""
        self.revoked = 0
        """The credits that went when it was revoked."""

    @property
    def id_in_org(self) -> str:
        """Its id, as callers know it."""
        return name_of(self.id)

    @property
    def given_us(self) -> int:
        """When it was given."""
        return microseconds(self.created_on)

    @property
    def allowed(self) -> int:
        """How often it can be downloaded in all."""
        return (self.benefit.downloads or 0) * self.units

    @property
    def taken(self) -> int:
        """The credits that were taken back."""
        return sum(each.credits for each in self.parts.values()) + self.revoked

    @property
    def credits_left(self) -> int:
        """The credits that were sold and not taken back, wherever they are now."""
        sold = self.lot.amount if self.lot is not None and self.kind is Kind.CREDITS else 0
        return sold - self.taken

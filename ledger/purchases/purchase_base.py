"""The base of a purchase, which its nouns are written against: its state and its facts' base."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

import msgspec

from ledger.credits.lots import Lot
from ledger.credits.take_backs import Taken
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import name_of
from ledger.kernel.keys import Key, KeyRow
from ledger.purchases.notice import (
    DisputeChanged,
    DisputeState,
    Money,
    RefundChanged,
    RefundState,
)

NOTICES = "notice"
"""The key space of what providers tell us, by their ids: each has at most one effect."""


MANUAL = "manual"
"""The provider that is a bank transfer: a person confirms that it came."""

STRIPE = "stripe"

PROVIDERS = (MANUAL, STRIPE)


class Stage(StrEnum):
    """How far the payment has come; each is reached from any before it."""

    STARTED = "started"
    OPEN = "open"
    FAILED = "failed"
    EXPIRED = "expired"
    PAID = "paid"


STAGES = tuple(Stage)
"""In order."""


class Status(StrEnum):
    """What a purchase is to whoever asks."""

    STARTED = "started"
    OPEN = "open"
    FAILED = "failed"
    EXPIRED = "expired"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    WON = "won"
    LOST = "lost"


class Flag(StrEnum):
    """Why a person must look at a purchase."""

    OTHER_MONEY = "other_money"
    PAID_TWICE = "paid_twice"
    TOO_MANY = "too_many"
    TOO_MUCH = "too_much"


class Page(msgspec.Struct, frozen=True):
    """The page on which somebody pays: where it leads, and when it is taken away."""

    success_url: str
    cancel_url: str
    expires_us: int


class SavedMethod(msgspec.Struct, frozen=True):
    """What is charged while nobody is there, by the provider's ids."""

    customer: str
    method: str


class Refund(msgspec.Struct, frozen=True):
    """Money on its way back. `credits` go with it, of which `taken` have gone from the wallet;
    what a refund of ours set aside waits in the lot. `number`: the provider's id, once known."""

    amount: int
    credits: int
    state: RefundState
    is_ours: bool
    taken: Taken | None = None
    number: str | None = None

    @property
    def lives(self) -> bool:
        """Whether its money is not with us."""
        return self.state is not RefundState.FAILED


class Dispute(msgspec.Struct, frozen=True):
    """A payment that the buyer's bank asks back, and what it took from the wallet."""

    amount: int
    state: DisputeState
    taken: Taken
    evidence: int = 0


class PurchaseBase(LedgerAggregate):
    """One attempt to buy credits, without a word of what it can decide."""

    def __init__(
        self,
        user: str,
        provider: str,
        money: Money,
        credits: int,
        bonus: int,
        charge: SavedMethod | None = None,
    ) -> None:
        self.user = user
        self.provider = provider
        self.money = money
        self.credits = credits
        self.bonus = bonus
        self.charge = charge
        self.stage = Stage.STARTED
        self.session: str | None = None
        self.url: str | None = None
        self.payment: str | None = None
        self.paid_us: int | None = None
        self.lot: Lot | None = None
        """What was granted; None: nothing yet, or held back."""
        self.refunds: dict[str, Refund] = {}
        self.disputes: dict[str, Dispute] = {}
        self.fees: dict[str, Money] = {}
        """What the provider has kept, by the movements of its book."""
        self.flags: list[Flag] = []
        """Why it is under review."""
        self.early: list[RefundChanged | DisputeChanged] = []
        """What was told of a payment before the payment was."""

    @property
    def id_in_org(self) -> str:
        """Its id, as callers know it."""
        return name_of(self.id)

    @property
    def total(self) -> int:
        """All credits that it buys."""
        return self.credits + self.bonus

    @property
    def waits(self) -> bool:
        """Whether something is the provider's to tell; on an open page a payment that has failed
        may be tried again."""
        if any(each.state is RefundState.PENDING for each in self.refunds.values()):
            return True
        is_begun = self.stage in (Stage.STARTED, Stage.OPEN) and self.provider != MANUAL
        return is_begun or (self.stage is Stage.FAILED and self.session is not None)

    @property
    def is_paid(self) -> bool:
        """Whether its money has come in, wherever it is now."""
        return self.stage is Stage.PAID

    @property
    def has_ended(self) -> bool:
        """Whether it is known if its money comes in, as far as can be said."""
        return self.stage in (Stage.FAILED, Stage.EXPIRED, Stage.PAID)

    @property
    def refunded(self) -> int:
        """The money that went back, or is on its way."""
        return sum(each.amount for each in self.refunds.values() if each.lives)

    @property
    def is_asked_back(self) -> bool:
        """Whether a dispute is open or was lost."""
        return any(each.state is not DisputeState.WON for each in self.disputes.values())

    @property
    def status(self) -> Status:
        """What it is now."""
        disputes = {each.state for each in self.disputes.values()}
        if DisputeState.OPEN in disputes:
            return Status.DISPUTED
        if DisputeState.LOST in disputes:
            return Status.LOST
        paid = [e.amount for e in self.refunds.values() if e.state is RefundState.PAID]
        if paid:
            whole = sum(paid) >= self.money.amount
            return Status.REFUNDED if whole else Status.PARTLY_REFUNDED
        return Status.WON if disputes else Status(self.stage)


class PurchaseFact(LedgerAggregate.Event):
    """Something that happened to a purchase. `notice`: the provider's id of what told us."""

    notice: str | None = field(default=None, kw_only=True)

    def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
        keys = super().keys(org, command, sequence)
        if self.notice is not None:
            keys.append(KeyRow(Key(org, NOTICES, self.notice), sequence, 0, ""))
        return keys

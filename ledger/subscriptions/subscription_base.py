"""The base of a subscription, which its nouns are written against: its state and its facts' base.

Amounts of money in the smallest unit of the plan's currency, credits in microcredits, times in
microseconds since 1970.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import name_of
from ledger.kernel.times import DAY_US
from ledger.purchases.purchase_base import SavedMethod
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.coupon import HeldCoupon, PublishedCoupon
from ledger.subscriptions.plan import PublishedPlan
from ledger.subscriptions.policy import Dunning
from ledger.subscriptions.reminder import SentReminder

REMINDER_DAYS = (-7, 0, 7, 14)
"""When an invoice that is paid by transfer is reminded of, in days after it is due."""

REMINDERS_KEPT = 20
"""Of how many reminders a subscription knows what became of them: the last ones."""


BROUGHT_KEPT = 24
"""Of how many invoices a subscription knows which credits they have brought: the last ones."""


class Status(StrEnum):
    """Where a subscription is; who never had one is where one has ended."""

    INCOMPLETE = "incomplete"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    ENDED = "ended"


class End(StrEnum):
    """Why a subscription has ended."""

    CANCELED = "canceled"
    TRIAL_OVER = "trial_over"
    NOT_PAID = "not_paid"


class Why(StrEnum):
    """What is to be paid for."""

    START = "start"
    PERIOD = "period"
    CHANGE = "change"
    OVERAGE = "overage"
    """Use of a time that has ended, by itself."""


COLLECTED = frozenset({Why.PERIOD, Why.OVERAGE})
"""What is asked for again, and stays owed: it was had before it was paid."""


class Holding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a payer has: the version of a plan that they keep, how many seats, and the coupon of the
    period."""

    plan: PublishedPlan
    seats: int
    coupon: PublishedCoupon | None = None

    @property
    def discount(self) -> int:
        """What the coupon takes off the price of the plan in a period."""
        plan = self.plan.plan
        if self.coupon is None or not self.coupon.coupon.suits(plan):
            return 0
        return self.coupon.coupon.discount([]).taken_from(plan.price or 0)

    @property
    def prices(self) -> list[int]:
        """What a period costs: the plan less what a coupon takes off, and the seats beyond those in
        it."""
        plan = self.plan.plan
        more = self.seats - plan.seats_included
        price = (plan.price or 0) - self.discount
        return [price, *([more * (plan.seat_price or 0)] if more > 0 else [])]

    @property
    def price(self) -> int:
        """What a period costs in all."""
        return sum(self.prices)

    def with_coupon(self, held: HeldCoupon | None) -> Holding:
        """Return what is held in a period that begins, of whose price a coupon takes its part."""
        takes = held and held.left != 0 and held.published.coupon.suits(self.plan.plan)
        return msgspec.structs.replace(self, coupon=held.published if held and takes else None)


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice that is not paid yet, and what its payment brings: credits, of a period or with
    another `holding`.

    `charge`: that by which a payment method is being charged for it. `failures`: how often in vain;
    `retry_us`: when it is tried again; None: it is not. `dunning`: when it is, as the org had
    decided when the invoice was issued. `reminded`: the number of the last reminder whose time has
    come, where it is paid by transfer; one more than there are: it is past due.
    """

    why: Why
    start_us: int
    end_us: int
    credits: int
    due_us: int
    holding: Holding
    charge: str | None = None
    failures: int = 0
    retry_us: int | None = None
    dunning: Dunning = Dunning()
    reminded: int = 0

    @property
    def net_us(self) -> int:
        """How long after its issue it is due."""
        return self.holding.plan.plan.net_days * DAY_US

    @property
    def is_by_transfer(self) -> bool:
        """Whether its payer has time to pay, and no payment method is charged for it."""
        is_charged = self.failures or self.charge is not None or self.retry_us is not None
        return self.net_us > 0 and not is_charged

    @property
    def is_given_up(self) -> bool:
        """Whether it was asked for in vain so often that it is not any more."""
        return self.failures > 0 and self.charge is None and self.retry_us is None

    @property
    def period(self) -> Period:
        """The time that it is for."""
        return Period(self.start_us, self.end_us)

    def has_time(self, at_us: int) -> bool:
        """Tell whether it need not be paid yet."""
        return not self.failures and at_us < self.due_us


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an invoice asks for the time from a moment until the end of the period: an amount with
    tax; None: all of it."""

    from_us: int
    amount: int | None = None


class SubscriptionState(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription as it is now.

    `number`: which of the payer's it is; `invoices`: how many there have been of all of them.
    `anchor_us`: from when periods are counted; `months`: from then to the beginning of the period
    `start_us` to `end_us`. `next`: what it will be from the next period on. `lots`: the credits of
    the period, once granted, each with how many. `owed`: by invoices. `parts`: the invoices of what
    is held in the period, paid or not. `coupon`: what was redeemed last, for the periods to come;
    `redeemed`: all that this payer has. `mirrors`: the id of the subscription at the provider who
    runs it; None: it is run here; `read_us`: when what is recorded of that was read there.
    `is_half_used`: half of the limit of overage was reached in the period; `interim_us`: since when
    its debt is to be billed before the period ends. `drafted`: the credits of overage that are on
    drafts of that provider's, by their invoices; 0: it was too late.
    `brought`: the lots of credits that came with the payment of an invoice, and how many.
    """

    status: Status = Status.ENDED
    number: int = 0
    invoices: int = 0
    holding: Holding | None = None
    method: SavedMethod | None = None
    anchor_us: int = 0
    months: int = 0
    start_us: int = 0
    end_us: int = 0
    is_announced: bool = False
    next: Holding | None = None
    is_canceled: bool = False
    is_pausing: bool = False
    lots: dict[str, int] = {}
    parts: dict[str, Part] = {}
    owed: dict[str, Owed] = {}
    end: End | None = None
    reminders: list[SentReminder] = []
    coupon: HeldCoupon | None = None
    redeemed: list[str] = []
    mirrors: str | None = None
    read_us: int = 0
    is_half_used: bool = False
    interim_us: int | None = None
    drafted: dict[str, int] = {}
    brought: dict[str, dict[str, int]] = {}

    @property
    def upcoming(self) -> Holding | None:
        """What will be held from the next period on, with the coupon that is left for it; None: it
        is over then."""
        holding = self.next or self.holding
        if holding is None or self.is_canceled or self.is_pausing or self.is_over:
            return None
        return holding.with_coupon(self.coupon)

    @property
    def period(self) -> Period:
        """The time that is running: a period, or the trial."""
        return Period(self.start_us, self.end_us)

    @property
    def allows(self) -> PublishedPlan | None:
        """The plan in force; None: that of whoever has no subscription."""
        if self.holding is None or self.is_over or self.status is Status.INCOMPLETE:
            return None
        return self.holding.plan

    def has_reminder(self, asked: int) -> bool:
        """Tell whether it is known what became of the reminder that an event asked for."""
        return any(each.asked == asked for each in self.reminders)

    @property
    def with_overage(self) -> dict[str, int]:
        """The drafts that have overage, without those that it was too late for."""
        return {name: credits for name, credits in self.drafted.items() if credits}

    @property
    def is_over(self) -> bool:
        """Whether another one may begin: it has ended, or is paused."""
        return self.status in (Status.ENDED, Status.PAUSED)

    @property
    def is_changing(self) -> bool:
        """Whether a change waits for the money that is on its way for it."""
        return any(each.why is Why.CHANGE and each.charge for each in self.owed.values())

    @property
    def is_paying(self) -> bool:
        """Whether a payment method is being charged."""
        return any(each.charge is not None for each in self.owed.values())


class SubscriptionBase(LedgerAggregate):
    """The subscriptions of a payer, one after another, without a word of what can be decided."""

    def __init__(self) -> None:
        self.subscription = SubscriptionState()

    @property
    def user(self) -> str:
        """Whose it is: a user, or the pool."""
        return name_of(self.id)

    def becomes(self, **changes: object) -> None:
        """Take in what a fact says."""
        self.subscription = msgspec.structs.replace(self.subscription, **changes)

    def owes(self, invoice: str, **changes: object) -> None:
        """Take in what a fact says of an invoice that is not paid."""
        owed = msgspec.structs.replace(self.subscription.owed[invoice], **changes)
        self.becomes(owed=self.subscription.owed | {invoice: owed})

    def reminds_no_more(self, invoice: str) -> None:
        """Take in that no reminder of an invoice is to come: it is past due, and that is told."""
        owed = self.subscription.owed.get(invoice)
        if owed is not None and owed.is_by_transfer:
            self.owes(invoice, reminded=len(REMINDER_DAYS) + 1)

    def settled(self, invoice: str, lot: str | None = None, credits: int = 0) -> None:
        """Take in that an invoice is owed no more, and which credits came with its payment."""
        owed = {name: each for name, each in self.subscription.owed.items() if name != invoice}
        self.becomes(owed=owed)
        self.brings(invoice, lot, credits)

    def brings(self, invoice: str, lot: str | None, credits: int) -> None:
        """Take in the credits that came for an invoice."""
        if lot is not None:
            before = self.subscription.brought
            after = before | {invoice: before.get(invoice, {}) | {lot: credits}}
            self.becomes(brought=dict(list(after.items())[-BROUGHT_KEPT:]))

    def covered(self, invoice: str, from_us: int) -> None:
        """Take in that an invoice is of what is held."""
        self.becomes(parts=self.subscription.parts | {invoice: Part(from_us)})


class SubscriptionFact(LedgerAggregate.Event):
    """Something that happened to a subscription. `user`: whose it is."""

    user: str

    def person(self, subject: str) -> str:
        return self.user

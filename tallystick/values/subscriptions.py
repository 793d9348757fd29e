"""Values of subscriptions.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Plans:
    """The plans that hold for the org."""

    data: tuple[Plan, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A plan."""

    id: str
    name: str
    org: str
    version: int
    currency: str
    price: Decimal | None
    interval: Literal["month", "year"]
    interval_count: int
    credits_included: Decimal
    roll_over_days: int
    pooled: bool
    seats_included: int
    seat_price: Decimal | None
    trial_days: int
    after_trial: Literal["payment", "free"]
    overage: Literal["blocked", "pay_as_you_go", "invoice"]
    overage_price: Decimal | None
    overage_limit: Decimal | None
    net_days: int
    entitlements: Mapping[str, bool | int | str]
    limits: Mapping[str, int]
    stripe_price_id: str | None
    stripe_seat_price_id: str | None
    tax_category: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Coupons:
    """A page of coupons, by their ids."""

    data: tuple[Coupon, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Coupon:
    """A coupon: `bps` of the price of a plan, or an `amount`, off so many `periods`; null: off
    all.
    """

    id: str
    version: int
    name: str
    bps: int | None
    amount: Decimal | None
    currency: str | None
    periods: int | None
    redemptions_max: int | None
    redeemed: int
    until: datetime | None
    plans: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entitlements:
    """What a user's plan allows: the free plan's, where there is no subscription."""

    user: str
    plan: str
    version: int
    seats: int
    status: Literal["incomplete", "trialing", "active", "past_due", "paused", "ended"] | None
    period_end: datetime | None
    overage: Literal["blocked", "pay_as_you_go", "invoice"]
    entitlements: Mapping[str, bool | int | str]
    limits: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscribePage:
    """Where somebody subscribes, until `expires_at`."""

    checkout_url: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionPolicy:
    """What an org has decided of subscriptions: whether the credits of a period come with its
    invoice, or when that is paid; how many days after it was due it is tried again, and after
    how many what is not paid ends; how many credits of overage are billed before the period
    ends; null: none are.
    """

    credits_at_once: bool
    retry_days: tuple[int, ...]
    end_days: int
    interim_credits: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscribed:
    """The subscription as it is now; a preview of what was asked for, where one was."""

    subscription: Subscription | None
    preview: Preview | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """What a payer holds."""

    user: str
    status: Literal["incomplete", "trialing", "active", "past_due", "paused", "ended"]
    held: Held
    period_start: datetime
    period_end: datetime
    canceled: bool
    pausing: bool
    next: Held | None
    renews: Decimal | None
    owed: tuple[Owed, ...]
    coupon: Redeemed | None
    reminders: tuple[Reminder, ...]
    end: Literal["canceled", "trial_over", "not_paid"] | None
    mirrors: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A version of a plan with a number of seats, and what a period of it costs, less what the
    coupon of the period takes off (`discount`).
    """

    plan: str
    version: int
    seats: int
    currency: str
    price: Decimal
    discount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """An invoice that is not paid: what for, and when it is tried again."""

    invoice: str
    reason: Literal["start", "period", "change", "overage"]
    due_at: datetime
    failures: int
    retry_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Redeemed:
    """A coupon that was redeemed: which version, and off how many periods to come it is taken;
    null: off all.
    """

    id: str
    version: int
    periods_left: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """What became of mail about a subscription: it was handed over, or is `refused` for good, as a
    delivery of an invoice.
    """

    topic: Literal[
        "due", "overdue", "payment_failed", "past_due", "ended", "trial_ends", "half_of_limit"
    ]
    invoice: str | None
    at: datetime
    refused: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What it comes to: `at_once`, or from the next period on."""

    at_once: bool
    period_start: datetime
    period_end: datetime
    currency: str
    amount: Decimal
    discount: Decimal
    tax: Decimal | None
    total: Decimal
    credited: Decimal
    credits: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrentSubscription:
    """What a payer holds, and the invoices that come at `period_end`: one, none, or two where the
    plan that follows is in other money.
    """

    user: str
    status: Literal["incomplete", "trialing", "active", "past_due", "paused", "ended"]
    held: Held
    period_start: datetime
    period_end: datetime
    canceled: bool
    pausing: bool
    next: Held | None
    renews: Decimal | None
    owed: tuple[Owed, ...]
    coupon: Redeemed | None
    reminders: tuple[Reminder, ...]
    end: Literal["canceled", "trial_over", "not_paid"] | None
    mirrors: str | None
    upcoming: tuple[Upcoming, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Upcoming:
    """An invoice that is issued at a moment, if nothing changes until then: with use beyond the
    credits as it is now, and with tax.
    """

    issued_at: datetime
    currency: str
    bill: Bill


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """The lines and their sums: `subtotal - discount + tax = total`."""

    lines: tuple[InvoiceLine, ...]
    discounts: tuple[GivenDiscount, ...]
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceLine:
    """A line: `amount - discount + tax = total`, all without tax but the last two; `unit_price` as
    it was given, null where the amount was.
    """

    line: int
    source: Literal[
        "subscription", "seats", "proration", "purchase", "overage", "order", "adjustment"
    ]
    of: str | None
    text: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    taxed_by: AppliedTax | None
    credits: Decimal | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AppliedTax:
    """The tax of a line, and which version of whose rates it is of."""

    name: str
    country: str
    region: str | None
    category: str
    percent: Decimal
    included: bool
    reverse_charge: bool
    org: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenDiscount:
    """A discount as it was given: an amount of what the prices say."""

    name: str
    bps: int | None
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscriptions:
    """A page of subscriptions, by their payers."""

    data: tuple[Subscription, ...]
    next_cursor: str | None
    as_of_sequence: int

"""Answers about subscriptions."""

from __future__ import annotations

from typing import Annotated

import msgspec

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.http.invoices.answers.invoices import BillAnswer, bill_answer
from ledger.invoices.bill import Bill
from ledger.invoices.item import Draft
from ledger.kernel.money import format_amount, format_credits
from ledger.kernel.times import format_time
from ledger.subscriptions.changes import Outcome
from ledger.subscriptions.coupon import HeldCoupon
from ledger.subscriptions.items import amount_of
from ledger.subscriptions.plan import Entitlement, Overage, PublishedPlan
from ledger.subscriptions.reminder import SentReminder, Topic
from ledger.subscriptions.subscription_base import (
    End,
    Holding,
    Owed,
    Status,
    SubscriptionState,
    Why,
)


class HeldAnswer(Answer):
    """A version of a plan with a number of seats, and what a period of it costs, less what the
    coupon of the period takes off (`discount`)."""

    plan: str
    version: int
    seats: int
    currency: str
    price: Amount
    discount: Amount


class RedeemedAnswer(Answer):
    """A coupon that was redeemed: which version, and off how many periods to come it is taken;
    null: off all."""

    id: str
    version: int
    periods_left: int | None


class OwedAnswer(Answer):
    """An invoice that is not paid: what for, and when it is tried again."""

    invoice: str
    reason: Annotated[str, one_of(Why)]
    due_at: Time
    failures: int
    retry_at: Time | None


class ReminderAnswer(Answer):
    """What became of mail about a subscription: it was handed over, or is `refused` for good, as a
    delivery of an invoice."""

    topic: Annotated[str, one_of(Topic)]
    invoice: str | None
    at: Time
    refused: str | None


class SubscriptionAnswer(Answer):
    """What a payer holds. `next`: what it will be from `period_end` on; null: it is over then.
    `renews`: what is to be paid then, before tax; `end`: why it has ended. `mirrors`: the id of the
    subscription at Stripe, where Stripe runs it."""

    user: str
    status: Annotated[str, one_of(Status)]
    held: HeldAnswer
    period_start: Time
    period_end: Time
    canceled: bool
    pausing: bool
    next: HeldAnswer | None
    renews: Amount | None
    owed: list[OwedAnswer]
    coupon: RedeemedAnswer | None
    reminders: list[ReminderAnswer]
    end: Annotated[str, one_of(End)] | None
    mirrors: str | None


class UpcomingAnswer(Answer):
    """An invoice that is issued at a moment, if nothing changes until then: with use beyond the
    credits as it is now, and with tax."""

    issued_at: Time
    currency: str
    bill: BillAnswer


class CurrentSubscriptionAnswer(SubscriptionAnswer):
    """What a payer holds, and the invoices that come at `period_end`: one, none, or two where the
    plan that follows is in other money. None where the org has not said who it is on them."""

    upcoming: list[UpcomingAnswer]


class PreviewAnswer(Answer):
    """What it comes to: `at_once`, or from the next period on. The money is that of an invoice of
    now, `discount` what a coupon takes off; `tax` null: the org has not said yet who it is on its
    invoices. `credited`: what credit notes take back, with its tax, where less is held at once."""

    at_once: bool
    period_start: Time
    period_end: Time
    currency: str
    amount: Amount
    discount: Amount
    tax: Amount | None
    total: Amount
    credited: Amount
    credits: Amount


class SubscribedAnswer(Answer):
    """The subscription as it is now; a preview of what was asked for, where one was."""

    subscription: SubscriptionAnswer | None
    preview: PreviewAnswer | None


class SubscriptionsAnswer(Answer):
    """A page of subscriptions, by their payers."""

    data: list[SubscriptionAnswer]
    next_cursor: str | None
    as_of_sequence: int


class EntitlementsAnswer(Answer):
    """What a user's plan allows: the free plan's, where there is no subscription."""

    user: str
    plan: str
    version: int
    seats: int
    status: Annotated[str, one_of(Status)] | None
    period_end: Time | None
    overage: Annotated[str, one_of(Overage)]
    entitlements: dict[str, Entitlement]
    limits: dict[str, int]


def subscription_answer(user: str, state: SubscriptionState) -> SubscriptionAnswer:
    """Return a subscription as it is answered."""
    assert state.holding is not None  # there was one
    later = state.upcoming
    return SubscriptionAnswer(
        user,
        state.status,
        _held(state.holding),
        format_time(state.start_us),
        format_time(state.end_us),
        state.is_canceled,
        state.is_pausing,
        None if later is None else _held(later),
        None if later is None else _money(later, later.price),
        [_owed(invoice, each) for invoice, each in sorted(state.owed.items())],
        None if state.coupon is None else _redeemed(state.coupon),
        [_reminder(each) for each in state.reminders],
        state.end,
        state.mirrors,
    )


def current_answer(
    user: str, state: SubscriptionState, upcoming: list[tuple[Draft, Bill]], at_us: int
) -> CurrentSubscriptionAnswer:
    """Return a subscription with what comes at a moment."""
    bills = [
        UpcomingAnswer(format_time(at_us), draft.currency, bill_answer(bill, draft.currency))
        for draft, bill in upcoming
    ]
    return CurrentSubscriptionAnswer(
        **msgspec.structs.asdict(subscription_answer(user, state)), upcoming=bills
    )


def preview_answer(outcome: Outcome, bill: Bill | None) -> PreviewAnswer:
    """Return what something comes to, as it is answered."""
    holding = outcome.holding
    currency = holding.plan.plan.currency
    net = amount_of(holding, outcome.items)
    discount = sum(each.amount_in(currency) for each in outcome.items) - net
    net = max(net, 0)
    return PreviewAnswer(
        outcome.is_at_once,
        format_time(outcome.period.start_us),
        format_time(outcome.period.end_us),
        currency,
        format_amount(net + discount, currency),
        format_amount(discount, currency),
        None if bill is None else format_amount(bill.tax, currency),
        format_amount(net if bill is None else bill.total, currency),
        format_amount(sum(outcome.lessened.back.values()), currency),
        format_credits(outcome.credits),
    )


def entitlements_answer(
    user: str, allowed: PublishedPlan, state: SubscriptionState | None
) -> EntitlementsAnswer:
    """Return what a plan allows, as it is answered; `state`: of who subscribes to it."""
    plan = allowed.plan
    holding = state.holding if state else None
    return EntitlementsAnswer(
        user,
        plan.id,
        allowed.version,
        holding.seats if holding else plan.seats_included,
        state.status if state else None,
        time_or_null(state.end_us if state else None),
        plan.overage,
        plan.entitlements,
        plan.limits,
    )


def _held(holding: Holding) -> HeldAnswer:
    published = holding.plan
    return HeldAnswer(
        published.plan.id,
        published.version,
        holding.seats,
        published.plan.currency,
        _money(holding, holding.price),
        _money(holding, holding.discount),
    )


def _redeemed(coupon: HeldCoupon) -> RedeemedAnswer:
    published = coupon.published
    return RedeemedAnswer(published.coupon.id, published.version, coupon.left)


def _reminder(sent: SentReminder) -> ReminderAnswer:
    return ReminderAnswer(sent.topic, sent.invoice, format_time(sent.at_us), sent.refused)


def _money(holding: Holding, amount: int) -> str:
    return format_amount(amount, holding.plan.plan.currency)


def _owed(invoice: str, owed: Owed) -> OwedAnswer:
    return OwedAnswer(
        invoice, owed.why, format_time(owed.due_us), owed.failures, time_or_null(owed.retry_us)
    )

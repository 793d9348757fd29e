"""Mirroring: what a subscription becomes by what its provider, who runs it, says that it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from ledger.invoices.item import Draft, Item, Source
from ledger.kernel.ids import clean_text
from ledger.kernel.limits import LINES_PER_INVOICE_MAX
from ledger.kernel.money import format_credits
from ledger.kernel.times import microseconds
from ledger.purchases.notice import Money
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.mirror_facts import MirrorRead, OverageDrafted, OverageLeft
from ledger.subscriptions.mirrored import (
    BillStatus,
    Mirrored,
    MirroredInvoice,
    MirroredItem,
    MirroredLine,
    MirroredStatus,
)
from ledger.subscriptions.payments import go_past_due
from ledger.subscriptions.plan import Plan
from ledger.subscriptions.steps import end
from ledger.subscriptions.subscription_base import (
    End,
    Holding,
    Owed,
    Status,
    SubscriptionBase,
    SubscriptionState,
    Why,
)
from ledger.subscriptions.subscription_facts import (
    CancellationScheduled,
    CancellationWithdrawn,
    PaymentFailed,
    SubscriptionPaused,
    SubscriptionStarted,
)

_ASKED = (BillStatus.OPEN, BillStatus.PAID)
RUNNING = (MirroredStatus.TRIALING, MirroredStatus.ACTIVE, MirroredStatus.PAST_DUE)


def period_line(invoice: MirroredInvoice) -> MirroredLine | None:
    """Return the line of the period that an invoice is for; None: it is for something else."""
    whole = (each for each in invoice.lines if _is_whole(each) and each.is_of_plan)
    return max(whole, key=lambda each: each.period, default=None)


def of_plan(
    mirrored: Mirrored, item: MirroredItem, prices: Collection[str], plan: Plan
) -> Mirrored:
    """Return a subscription with what is of its plan: `item` of its items, and of each invoice the
    lines of `prices`, which plans have. What is sold besides is no plan's, as long as it is one of
    its items."""
    others = {each.price for each in mirrored.items} - set(prices)
    return mirrored._replace(
        price=item.price,
        quantity=_quantity(mirrored.items, item, plan),
        period=item.period,
        invoices=[_told_apart(each, others, plan) for each in mirrored.invoices],
    )


def _told_apart(invoice: MirroredInvoice, others: Collection[str], plan: Plan) -> MirroredInvoice:
    whole = [each for each in invoice.lines if _is_whole(each)]
    lines = [
        each._replace(
            is_of_plan=each.price not in others,
            quantity=_quantity(whole, each, plan) if _is_whole(each) else each.quantity,
        )
        for each in invoice.lines
    ]
    return invoice._replace(lines=lines)


def _quantity(
    parts: Iterable[MirroredItem | MirroredLine], part: MirroredItem | MirroredLine, plan: Plan
) -> int:
    """Return how many seats a part is of: those in the plan and those of the price of seats, where
    it has one."""
    if plan.stripe_seat_price_id is None or part.price != plan.stripe_price_id:
        return part.quantity
    more = [each.quantity for each in parts if each.price == plan.stripe_seat_price_id]
    return plan.seats_included + sum(more)


def _is_whole(line: MirroredLine) -> bool:
    """Tell whether a line is of a whole period of a price."""
    return line.price is not None and not line.is_proration


def first_period(mirrored: Mirrored, at_us: int) -> Period:
    """Return with which period a subscription is mirrored: the first that has an invoice and has
    not ended, or the one that runs. What was before is the provider's alone."""
    if mirrored.status is MirroredStatus.TRIALING:
        return mirrored.period
    asked = (each for each in mirrored.invoices if each.status in _ASKED)
    lines = (line for line in map(period_line, asked) if line is not None)
    running = [each.period for each in lines if each.period.end_us > at_us]
    return min(running, default=mirrored.period)


def since(mirrored: Mirrored, at_us: int) -> int:
    """Return since when a subscription is mirrored that begins to be: what a trial cost nothing
    for is not billed."""
    first = first_period(mirrored, at_us)
    return first.end_us if mirrored.status is MirroredStatus.TRIALING else first.start_us


def is_since(invoice: MirroredInvoice, since_us: int) -> bool:
    """Tell whether an invoice is of the time since a moment."""
    line = period_line(invoice)
    return (invoice.created_us if line is None else line.period.start_us) >= since_us


def has_overage(invoice: MirroredInvoice) -> bool:
    """Tell whether an invoice has the line that we have added to it."""
    return any(each.charge == invoice.id for each in invoice.lines)


def draft_of(
    user: str, told: MirroredInvoice, plan: Plan, mirrors: str, *, overage: int = 0
) -> Draft:
    """Return what ours says of an invoice of the provider's: its lines, each with its tax within
    it; all in one where they are too many, but for that of so many credits of overage."""
    ours = [each for each in told.lines if overage and each.charge == told.id]
    rest = [each for each in told.lines if each not in ours]
    if not told.lines or len(told.lines) > LINES_PER_INVOICE_MAX:
        left = told.total.amount - sum(each.total for each in ours)
        rest = [MirroredLine("", left, Period(0, 0))]
    items = [_item(each, plan, mirrors) for each in rest]
    items += [_overage_item(each, plan, mirrors, overage) for each in ours]
    return Draft(
        user=user,
        currency=told.total.currency,
        items=items,
        net_days=0,
        reference=None if told.number is None else clean_text(told.number),
    )


def _item(line: MirroredLine, plan: Plan, mirrors: str) -> Item:
    is_of_time = line.price is not None and line.period.end_us > line.period.start_us
    is_of_seats = line.price is not None and line.price == plan.stripe_seat_price_id
    is_of_plan = line.price is not None and (line.is_of_plan or is_of_seats)
    source = Source.SEATS if is_of_seats else Source.SUBSCRIPTION
    source = Source.PRORATION if line.is_proration else source
    return Item(
        source=source if line.price else Source.ADJUSTMENT,
        text=plan.name if is_of_plan else (clean_text(line.text) or plan.name),
        amount=line.total,
        category=plan.tax_category,
        includes_tax=True,
        from_us=line.period.start_us if is_of_time else None,
        until_us=line.period.end_us if is_of_time else None,
        of=mirrors,
    )


def _overage_item(line: MirroredLine, plan: Plan, mirrors: str, credits: int) -> Item:
    item = _item(line, plan, mirrors)
    return msgspec.structs.replace(item, source=Source.OVERAGE, credits=credits)


def start(
    subscription: SubscriptionBase,
    mirrors: str,
    holding: Holding,
    period: Period,
    at: datetime,
    *,
    is_trial: bool = False,
    credits: int = 0,
    lot: str | None = None,
) -> None:
    """Record that a subscription of a provider begins, or begins anew with a period that does not
    follow the one before."""
    subscription.trigger_event(
        SubscriptionStarted,
        timestamp=at,
        user=subscription.user,
        fingerprint="",
        number=subscription.subscription.number + 1,
        status=Status.TRIALING if is_trial else Status.ACTIVE,
        holding=holding,
        start_us=period.start_us,
        ends_us=period.end_us,
        credits=credits,
        lot=lot,
        mirrors=mirrors,
    )


def owed_of(invoice: MirroredInvoice, period: Period, holding: Holding) -> Owed:
    """Return what is owed for a period by an invoice of the provider's."""
    return Owed(
        why=Why.PERIOD,
        start_us=period.start_us,
        end_us=period.end_us,
        credits=holding.plan.plan.credits_included,
        due_us=invoice.created_us,
        holding=holding,
    )


def fail(subscription: SubscriptionBase, invoice: MirroredInvoice, at: datetime) -> None:
    """Record that the provider has asked for the money of an invoice in vain, once for each time
    that it has; when it asks again is its business."""
    owed = subscription.subscription.owed.get(invoice.id)
    if owed is None or invoice.failure is None or invoice.tries <= owed.failures:
        return
    subscription.trigger_event(
        PaymentFailed,
        timestamp=at,
        user=subscription.user,
        invoice=invoice.id,
        why=owed.why,
        code=invoice.failure,
        failures=invoice.tries,
        is_owed=True,
    )


def follow(subscription: SubscriptionBase, mirrored: Mirrored, at: datetime) -> None:
    """Record how it stands at its provider, where that is not how it stands here."""
    now, is_canceled = subscription.subscription, mirrored.cancels_us is not None
    if now.is_over:
        return
    if mirrored.status is MirroredStatus.ENDED:
        why = End.NOT_PAID if mirrored.is_unpaid else End.CANCELED
        ended_us = mirrored.ended_us or microseconds(at)
        end(subscription, why, at, ended_us=ended_us)
        return
    if mirrored.status is MirroredStatus.PAUSED:
        subscription.trigger_event(
            SubscriptionPaused, timestamp=at, user=subscription.user, paused_us=microseconds(at)
        )
        return
    if mirrored.status is MirroredStatus.PAST_DUE and now.status is Status.ACTIVE:
        for invoice in _in_vain(now):
            go_past_due(subscription, invoice, at)
            break
    if is_canceled and not now.is_canceled:
        subscription.trigger_event(
            CancellationScheduled,
            timestamp=at,
            user=subscription.user,
            fingerprint="",
            at_us=mirrored.cancels_us or now.end_us,
        )
    elif now.is_canceled and not is_canceled:
        subscription.trigger_event(
            CancellationWithdrawn, timestamp=at, user=subscription.user, fingerprint=""
        )


def draft_overage(
    subscription: SubscriptionBase,
    invoice: str,
    customer: str,
    credits: int,
    money: Money,
    at: datetime,
) -> None:
    """Record that use beyond the credits is to be on a draft of the provider's."""
    now = subscription.subscription
    assert now.mirrors is not None  # it is theirs
    subscription.trigger_event(
        OverageDrafted,
        timestamp=at,
        user=subscription.user,
        invoice=invoice,
        credits=credits,
        money=money,
        text=f"{format_credits(credits)} credits beyond those included",
        customer=customer,
        mirrors=now.mirrors,
    )


def leave_overage(subscription: SubscriptionBase, invoice: str, at: datetime) -> None:
    """Record that it is not on that invoice."""
    credits = subscription.subscription.drafted[invoice]
    subscription.trigger_event(
        OverageLeft, timestamp=at, user=subscription.user, invoice=invoice, credits=credits
    )


def note_read(subscription: SubscriptionBase, read_us: int, at: datetime) -> None:
    """Record when what was recorded just now was read at the provider."""
    subscription.trigger_event(MirrorRead, timestamp=at, user=subscription.user, read_us=read_us)


def _in_vain(now: SubscriptionState) -> Iterable[str]:
    return (name for name, owed in now.owed.items() if owed.failures)

"""Upcoming: the period of a subscription that follows, and the invoices that come then, if nothing
changes until then. Pure: what is shown of it is what then happens."""

from __future__ import annotations

from typing import NamedTuple

from ledger.invoices.item import Draft, Item
from ledger.subscriptions.calendar import months_of, period_from
from ledger.subscriptions.changes import Outcome, period_of
from ledger.subscriptions.items import amount_of, draft_of
from ledger.subscriptions.overage import bills_overage, overage_item
from ledger.subscriptions.plan import AfterTrial
from ledger.subscriptions.redeeming import is_charged
from ledger.subscriptions.subscription_base import Holding, Status, SubscriptionState


class Renewal(NamedTuple):
    """A period that follows, so many months after the anchor, and what it comes to."""

    months: int
    outcome: Outcome


def renewal_of(now: SubscriptionState) -> Renewal | None:
    """Return the period that follows the time that is running; None: it is over then, or rests."""
    holding = now.next or now.holding
    if holding is None or now.holding is None or now.is_canceled or now.is_pausing:
        return None
    if now.status is Status.TRIALING:
        lacks_method = is_charged(holding, now.coupon) and now.method is None
        if lacks_method or holding.plan.plan.after_trial is AfterTrial.FREE:
            return None
        return _renewal(now, holding, 0)
    return _renewal(now, holding, now.months + months_of(now.holding.plan.plan))


def closing_item(now: SubscriptionState, debt: int) -> Item | None:
    """Return what is to be paid for a debt when the time that is running ends."""
    if now.holding is None or not bills_overage(now):
        return None
    return overage_item(now.holding, now.period, debt)


def with_overage(before: Holding, outcome: Outcome, item: Item | None) -> Outcome | None:
    """Return what a period comes to with the overage of the one before. None where that has an
    invoice of its own: it is in other money."""
    if before.plan.plan.currency != outcome.holding.plan.plan.currency:
        return None
    return outcome if item is None else outcome._replace(items=[*outcome.items, item])


def upcoming_of(user: str, now: SubscriptionState, debt: int) -> list[Draft]:
    """Return what the end of the time that is running asks for, with the debt of then."""
    before = now.holding
    if before is None or now.status not in (Status.ACTIVE, Status.TRIALING) or now.mirrors:
        return []
    item, renewal = closing_item(now, debt), renewal_of(now)
    outcome = renewal.outcome if renewal else None
    together = with_overage(before, outcome, item) if outcome else None
    drafts = []
    if together is None and item is not None:
        drafts.append(draft_of(user, before, [item]))
    last = together or outcome
    if last is not None and amount_of(last.holding, last.items) > 0:
        drafts.append(draft_of(user, last.holding, last.items, now.period))
    return drafts


def _renewal(now: SubscriptionState, holding: Holding, months: int) -> Renewal:
    holding = holding.with_coupon(now.coupon)
    period = period_from(now.anchor_us, months, holding.plan.plan)
    return Renewal(months, period_of(holding, period))

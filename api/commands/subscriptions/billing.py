"""Billing: what is to be paid for a subscription becomes an invoice, and its payment what it is
for, each in one commit."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from api.commands.invoices.issuing import can_issue, issue_invoice
from api.commands.invoices.lookup import find_invoice
from api.commands.result import PendingFact
from api.commands.subscriptions.included_credits import Granted, going_without, grant_included
from api.commands.subscriptions.lookup import policy_of
from api.commands.subscriptions.overage import leave_overage, move_debt, restore_debt
from api.commands.unit_of_work import UnitOfWork
from ledger.invoices.endings import InvoiceVoided
from ledger.invoices.payments import InvoicePaid
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.ids import name_of, split_stream_id
from ledger.kernel.times import DAY_US, microseconds
from ledger.purchases.notice import Money
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.changes import Outcome
from ledger.subscriptions.items import amount_of, draft_of
from ledger.subscriptions.policy import Policy
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import Holding, Owed, Why
from ledger.subscriptions.subscription_facts import PaymentDue


class Billed(NamedTuple):
    """What was asked for: an invoice, or where there is nothing to pay what was granted at once."""

    invoice: str | None
    granted: Granted


def bill(
    unit: UnitOfWork,
    org: str,
    subscription: Subscription,
    holding: Holding,
    outcome: Outcome,
    actor: Actor,
    *,
    ended: Period | None = None,
) -> Billed:
    """Issue an invoice of what something comes to, or grant its credits where that is nothing;
    `ended`: the period before, of which the invoice tells.

    It is all that can be refused, and so comes before anything else is recorded. Raises Invalid and
    Conflict.
    """
    try:
        return _bill(unit, org, subscription, holding, outcome, actor, ended)
    except Invalid as refusal:
        raise Invalid(refusal.detail, field="plan") from None


def _bill(
    unit: UnitOfWork,
    org: str,
    subscription: Subscription,
    holding: Holding,
    outcome: Outcome,
    actor: Actor,
    ended: Period | None,
) -> Billed:
    user = subscription.user
    if amount_of(holding, outcome.items) <= 0:
        end_us = outcome.period.end_us
        granted = grant_included(unit, org, user, holding, outcome.credits, end_us, actor)
        return Billed(None, granted)
    if not can_issue(unit, org):
        raise Conflict("set the invoice settings first: who sends invoices.", field="plan")
    draft = draft_of(user, holding, outcome.items, ended)
    invoice = issue_invoice(unit, org, subscription.next_invoice, draft, actor)
    move_debt(unit, org, user, invoice.id_in_org, outcome.items, actor)
    return Billed(invoice.id_in_org, Granted())


def owed_for(why: Why, holding: Holding, outcome: Outcome, now_us: int, policy: Policy) -> Owed:
    """Return what is owed for something, when that is due, and how it is asked for then."""
    return Owed(
        why=why,
        start_us=outcome.period.start_us,
        end_us=outcome.period.end_us,
        credits=outcome.credits,
        due_us=now_us + holding.plan.plan.net_days * DAY_US,
        holding=holding,
        dunning=policy.dunning,
    )


def conclude_period(
    unit: UnitOfWork,
    org: str,
    subscription: Subscription,
    why: Why,
    holding: Holding,
    outcome: Outcome,
    billed: Billed,
    actor: Actor,
) -> None:
    """Have a period that has begun be owed for, or be paid where it costs nothing."""
    at = unit.now(org)
    if billed.invoice is None:
        credits, lot = billed.granted
        subscription.pay_period(outcome.period, credits, lot, at)
    else:
        policy, granted = policy_of(unit, org), Granted()
        owed = owed_for(why, holding, outcome, microseconds(at), policy)
        if policy.credits_at_once and why is Why.PERIOD:
            granted = _grant_owed(unit, org, subscription, owed, actor)
            owed = msgspec.structs.replace(owed, credits=owed.credits - granted.credits)
        subscription.owe(billed.invoice, owed, at, credits=granted.credits, lot=granted.lot)


def charge_due(unit: UnitOfWork, cause: PendingFact) -> None:
    """Charge the payment method for what is to be paid, unless there is time until it is due."""
    fact = cause.fact
    assert isinstance(fact, PaymentDue)
    subscription = unit.get(Subscription, cause.aggregate_id)
    assert subscription is not None  # its fact is recorded
    is_chargeable = subscription.subscription.method is not None
    if is_chargeable and fact.owed.due_us <= fact.recorded_us:
        charge(unit, subscription, fact.invoice)
        if subscription.pending_events:
            unit.record(subscription, cause.actor)


def charge(unit: UnitOfWork, subscription: Subscription, invoice: str) -> None:
    """Have the payment method charged for what is left of an invoice."""
    org, _ = split_stream_id(subscription.id)
    state = find_invoice(unit, org, invoice).invoice
    subscription.charge(invoice, Money(state.left, state.draft.currency), unit.now(org))


def settle_paid(unit: UnitOfWork, cause: PendingFact) -> None:
    """Do what the payment of an invoice is for, whoever paid it and how."""
    fact = cause.fact
    assert isinstance(fact, InvoicePaid)
    found = _owing(unit, cause, fact.user)
    if found is None:
        return
    subscription, invoice = found
    org, _ = split_stream_id(subscription.id)
    owed = subscription.subscription.owed[invoice]
    granted = _grant_owed(unit, org, subscription, owed, cause.actor)
    if owed.why is Why.CHANGE and owed.charge is not None:
        leave_overage(unit, org, subscription, owed.holding, cause.actor)
    subscription.pay(invoice, granted.lot, granted.credits, unit.now(org))
    unit.record(subscription, cause.actor)


def _grant_owed(
    unit: UnitOfWork, org: str, subscription: Subscription, owed: Owed, actor: Actor
) -> Granted:
    """Grant what the payment of an invoice brings. A wallet that can hold no more goes without:
    what was paid is paid."""
    granted, user = Granted(), subscription.user
    with going_without():
        granted = grant_included(unit, org, user, owed.holding, owed.credits, owed.end_us, actor)
    return granted


def settle_voided(unit: UnitOfWork, cause: PendingFact) -> None:
    """Expect the payment of an invoice no more that a person has voided; the debt that it asked for
    is the wallet's again."""
    fact = cause.fact
    assert isinstance(fact, InvoiceVoided)
    restore_debt(unit, cause)
    found = _owing(unit, cause, fact.user)
    if found is not None:
        subscription, invoice = found
        org, _ = split_stream_id(subscription.id)
        subscription.drop(invoice, unit.now(org))
        unit.record(subscription, cause.actor)


def _owing(unit: UnitOfWork, cause: PendingFact, user: str) -> tuple[Subscription, str] | None:
    org, _ = split_stream_id(cause.aggregate_id)
    invoice = name_of(cause.aggregate_id)
    subscription = unit.get(Subscription, subscription_id(org, user))
    if subscription is None or invoice not in subscription.subscription.owed:
        return None
    return subscription, invoice

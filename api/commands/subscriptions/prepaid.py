"""Prepaid subscriptions: their first period is paid for by something else than an invoice, as by an
order."""

from __future__ import annotations

from typing import NamedTuple

from api.commands.subscriptions.included_credits import Granted, going_without, grant_included
from api.commands.subscriptions.lookup import plan_of, subscription_of
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.times import microseconds
from ledger.purchases.purchase_base import SavedMethod
from ledger.subscriptions.changes import start_of
from ledger.subscriptions.holding import holding_of
from ledger.subscriptions.plan import FREE
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import End, Holding


class Begun(NamedTuple):
    """Which of a payer's subscriptions was begun, and the lot of the credits that came with it."""

    number: int
    lot: str | None


def check_prepaid(unit: UnitOfWork, org: str, user: str, plan: str) -> Holding:
    """Return what a payer would hold. Raises NotFound, Invalid and Conflict where they cannot."""
    holding = holding_of(plan_of(unit, org, plan), None, user)
    if plan == FREE:
        raise Invalid("everybody has the plan free who has no other.", field="plan")
    if not subscription_of(unit, org, user).subscription.is_over:
        raise Conflict("there is a subscription: change it, or end it first.", field="user")
    return holding


def begin_prepaid(
    unit: UnitOfWork, org: str, user: str, plan: str, method: SavedMethod | None, actor: Actor
) -> Begun:
    """Begin a subscription whose first period is paid; the next one is charged to the method, or
    asked for by its invoice. What could refuse was checked."""
    at, subscription = unit.now(org), subscription_of(unit, org, user)
    holding = check_prepaid(unit, org, user, plan)
    outcome, granted = start_of(holding, microseconds(at), is_trial=False), Granted()
    with going_without():
        end_us = outcome.period.end_us
        granted = grant_included(unit, org, user, holding, outcome.credits, end_us, actor)
    subscription.start(holding, at, fingerprint="", method=method)
    subscription.pay_period(outcome.period, granted.credits, granted.lot, at)
    unit.record(subscription, actor)
    return Begun(subscription.subscription.number, granted.lot)


def end_prepaid(unit: UnitOfWork, org: str, user: str, number: int, actor: Actor) -> None:
    """End a subscription whose money went back, unless it has ended or is run by a provider. Use
    beyond its credits stays a debt of the wallet."""
    subscription = unit.get(Subscription, subscription_id(org, user))
    if subscription is None:
        return
    now = subscription.subscription
    if now.number == number and not now.is_over and now.mirrors is None:
        subscription.end(End.CANCELED, unit.now(org))
        unit.record(subscription, actor)

"""Overage: the credit line of a wallet follows the subscription, and its debt becomes a part of an
invoice, and comes back where that is made void, each in the commit of what leads to it."""

from __future__ import annotations

from api.commands.credits.lookup import find_wallet
from api.commands.invoices.issuing import can_issue, issue_invoice
from api.commands.result import PendingFact
from api.commands.subscriptions.lookup import policy_of
from api.commands.unit_of_work import UnitOfWork
from ledger.credits.wallet import Wallet
from ledger.invoices.endings import InvoiceVoided
from ledger.invoices.item import Item
from ledger.kernel.actor import Actor
from ledger.kernel.ids import name_of, split_stream_id, wallet_id
from ledger.kernel.money import CREDIT
from ledger.kernel.times import DAY_US, microseconds
from ledger.subscriptions.items import draft_of
from ledger.subscriptions.overage import (
    line_of,
    overage_in,
    pays_overage,
)
from ledger.subscriptions.subscription import Subscription
from ledger.subscriptions.subscription_base import Holding, Owed, Why
from ledger.subscriptions.upcoming import closing_item


def follow_line(unit: UnitOfWork, cause: PendingFact) -> None:
    """Have the wallet of a payer the credit line that their subscription gives now."""
    subscription = unit.get(Subscription, cause.aggregate_id)
    assert subscription is not None  # its fact is recorded
    org, _ = split_stream_id(subscription.id)
    limit = line_of(subscription.subscription)
    wallet = unit.get(Wallet, wallet_id(org, subscription.user, CREDIT))
    if limit == (wallet.credit_line if wallet else 0):
        return
    wallet = find_wallet(unit, org, subscription.user)
    wallet.set_credit_line(limit, unit.now(org))
    unit.record(wallet, cause.actor)


def overage_due(unit: UnitOfWork, org: str, subscription: Subscription) -> Item | None:
    """Return what is to be paid for use beyond the credits, if the time that is running ends."""
    wallet = unit.get(Wallet, wallet_id(org, subscription.user, CREDIT))
    if wallet is None or not can_issue(unit, org):
        return None
    return closing_item(subscription.subscription, wallet.debt_to_invoice(unit.now(org)))


def move_debt(
    unit: UnitOfWork, org: str, user: str, invoice: str, items: list[Item], actor: Actor
) -> None:
    """Have the debt that items are of be owed by their invoice, and by the wallet no more."""
    amount = overage_in(items)
    if amount:
        wallet = find_wallet(unit, org, user)
        wallet.invoice_debt(invoice, amount, unit.now(org))
        unit.record(wallet, actor)


def bill_overage(unit: UnitOfWork, org: str, subscription: Subscription, actor: Actor) -> None:
    """Issue an invoice of what was used beyond the credits until now, before what is held ends."""
    item = overage_due(unit, org, subscription)
    holding, period = subscription.subscription.holding, subscription.subscription.period
    if item is None or holding is None:
        return
    plan, at = holding.plan.plan, unit.now(org)
    draft = draft_of(subscription.user, holding, [item])
    invoice = issue_invoice(unit, org, subscription.next_invoice, draft, actor)
    move_debt(unit, org, subscription.user, invoice.id_in_org, draft.items, actor)
    owed = Owed(
        why=Why.OVERAGE,
        start_us=period.start_us,
        end_us=period.end_us,
        credits=0,
        due_us=microseconds(at) + plan.net_days * DAY_US,
        holding=holding,
        dunning=policy_of(unit, org).dunning,
    )
    subscription.owe(invoice.id_in_org, owed, at)


def leave_overage(
    unit: UnitOfWork, org: str, subscription: Subscription, after: Holding, actor: Actor
) -> None:
    """Issue an invoice of what was used beyond the credits, where what is held from now on has no
    price for it."""
    if not pays_overage(after):
        bill_overage(unit, org, subscription, actor)


def restore_debt(unit: UnitOfWork, cause: PendingFact) -> None:
    """Have the wallet owe again what an invoice asked for that is void: use is a fact."""
    fact = cause.fact
    assert isinstance(fact, InvoiceVoided)
    items = [line.item for line in fact.bill.lines] if fact.bill else []
    amount = overage_in(items)
    if not amount:
        return
    org, _ = split_stream_id(cause.aggregate_id)
    wallet = find_wallet(unit, org, fact.user)
    wallet.restore_debt(name_of(cause.aggregate_id), amount, unit.now(org))
    if wallet.pending_events:
        unit.record(wallet, cause.actor)

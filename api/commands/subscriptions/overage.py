"""Overage: the credit line of a wallet follows the subscription, which its debt tells of the marks
that it reaches; the debt becomes a part of an invoice, and comes back where that is made void, each
in the commit of what leads to it."""

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
from ledger.subscriptions.marks import mark_of
from ledger.subscriptions.overage import (
    line_of,
    overage_in,
    pays_overage,
)
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import Holding, Owed, Why
from ledger.subscriptions.upcoming import closing_item


def follow_line(unit: UnitOfWork, cause: PendingFact) -> None:
    """Have the wallet of a payer the credit line that their subscription gives now."""
    subscription = unit.get(Subscription, cause.aggregate_id)
    assert subscription is not None  # its fact is recorded
    _set_line(unit, subscription, cause.actor)


def reach_mark(unit: UnitOfWork, cause: PendingFact) -> None:
    """Tell a subscription that the debt of its wallet is at the mark. Nearly all facts of wallets
    leave theirs below, and cost no more than that look."""
    wallet = unit.get(Wallet, cause.aggregate_id)
    if wallet is None or not wallet.is_at_mark():
        return
    org, _ = split_stream_id(wallet.id)
    subscription = unit.get(Subscription, subscription_id(org, wallet.owner))
    assert subscription is not None  # it has set the mark
    subscription.reach(
        wallet.funds.debt,
        policy_of(unit, org).interim,
        unit.now(org),
        is_billable=overage_due(unit, org, subscription) is not None,
    )
    if subscription.pending_events:
        unit.record(subscription, cause.actor)  # so that the next mark is set
    else:
        _set_line(unit, subscription, cause.actor)


def _set_line(unit: UnitOfWork, subscription: Subscription, actor: Actor) -> None:
    """Set the line of the wallet, and the debt at which the subscription is told, as they are
    now."""
    org, _ = split_stream_id(subscription.id)
    now = subscription.subscription
    limit = line_of(now)
    mark = mark_of(now, policy_of(unit, org).interim) if limit else 0
    wallet = unit.get(Wallet, wallet_id(org, subscription.user, CREDIT))
    if (limit, mark) == ((wallet.credit_line, wallet.line_mark) if wallet else (0, 0)):
        return
    wallet = find_wallet(unit, org, subscription.user)
    wallet.set_credit_line(limit, unit.now(org), mark=mark)
    unit.record(wallet, actor)


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


def bill_overage(
    unit: UnitOfWork, org: str, subscription: Subscription, actor: Actor
) -> str | None:
    """Issue an invoice of what was used beyond the credits until now, and return its id; None:
    there is nothing to bill."""
    item = overage_due(unit, org, subscription)
    holding, period = subscription.subscription.holding, subscription.subscription.period
    if item is None or holding is None:
        return None
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
    return invoice.id_in_org


def bill_interim(unit: UnitOfWork, org: str, subscription: Subscription, actor: Actor) -> None:
    """Issue an invoice of a debt that has reached the org's threshold, if it is still there."""
    invoice = bill_overage(unit, org, subscription, actor)
    subscription.end_interim(invoice, unit.now(org))


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

"""Mirrored overage: use beyond the credits of a subscription that its provider runs is put on the
provider's draft of the next period, or owed by the wallet again where it came too late;
`RecordOverageLeft`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.credits.lookup import find_wallet
from api.commands.subscriptions.overage import move_debt, overage_due
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.actor import Actor
from ledger.kernel.keys import Key
from ledger.purchases.notice import Money
from ledger.subscriptions.mirrored import BillStatus, Mirrored, MirroredInvoice, MirroredStatus
from ledger.subscriptions.mirroring import has_overage, period_line
from ledger.subscriptions.subscription import Subscription, subscription_id


def draft_overage(
    unit: UnitOfWork, org: str, subscription: Subscription, mirrored: Mirrored, actor: Actor
) -> None:
    """Have the debt of the period that is over be on the draft of the one that follows, once for
    each draft; the call that puts it there follows the fact."""
    for told in mirrored.invoices:
        if not _is_next(subscription, told):
            continue
        item = overage_due(unit, org, subscription)
        if item is None or item.credits is None:
            return
        money = Money(item.amount_in(told.total.currency), told.total.currency)
        move_debt(unit, org, subscription.user, told.id, [item], actor)
        subscription.draft_overage(told.id, mirrored.customer, item.credits, money, unit.now(org))
        unit.record(subscription, actor)


def leave_drafted(
    unit: UnitOfWork, org: str, subscription: Subscription, mirrored: Mirrored, actor: Actor
) -> None:
    """Have the wallet owe again what is not on an invoice that is a draft no more, or never will be
    more than one."""
    told = {each.id: each for each in mirrored.invoices}
    is_over = mirrored.status is MirroredStatus.ENDED
    for name in subscription.subscription.with_overage:
        if not _can_have(told.get(name), is_over=is_over):
            give_back(unit, org, subscription, name, actor)


def give_back(
    unit: UnitOfWork, org: str, subscription: Subscription, invoice: str, actor: Actor
) -> None:
    """Have the wallet owe again what was to be on an invoice."""
    credits = subscription.subscription.drafted[invoice]
    wallet = find_wallet(unit, org, subscription.user)
    wallet.restore_debt(invoice, credits, unit.now(org))
    if wallet.pending_events:
        unit.record(wallet, actor)
    subscription.leave_overage(invoice, unit.now(org))
    unit.record(subscription, actor)


@dataclass(frozen=True)
class RecordOverageLeft(Command[bool]):
    """Record that the provider has refused to put overage on an invoice; done twice, or where it is
    known already, it does nothing."""

    user: str
    invoice: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Subscription, subscription_id(self.org, self.user))]

    def decide(self, unit: UnitOfWork) -> bool:
        subscription = unit.get(Subscription, subscription_id(self.org, self.user))
        if subscription is None or not subscription.subscription.drafted.get(self.invoice):
            return False
        give_back(unit, self.org, subscription, self.invoice, self.actor)
        return True


def _is_next(subscription: Subscription, told: MirroredInvoice) -> bool:
    """Tell whether an invoice is the draft of a period that follows, in the money of what is held,
    and has not been asked to have overage yet."""
    now, line = subscription.subscription, period_line(told)
    if told.status is not BillStatus.DRAFT or line is None or now.holding is None:
        return False
    is_same_money = told.total.currency == now.holding.plan.plan.currency
    return told.id not in now.drafted and line.period.start_us >= now.end_us and is_same_money


def _can_have(told: MirroredInvoice | None, *, is_over: bool) -> bool:
    """Tell whether an invoice has overage, or can still."""
    if told is None or told.status is BillStatus.VOID:
        return False
    return has_overage(told) if told.status is not BillStatus.DRAFT else not is_over

"""Mirroring: `RecordMirrored`, how a subscription stands that its provider runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from api.commands.command import Command
from api.commands.invoices.issuing import can_issue, issue_invoice
from api.commands.subscriptions.included_credits import (
    Granted,
    going_without,
    grant_included,
    grant_trial,
)
from api.commands.subscriptions.lookup import plan_of_mirrored, plan_of_price, subscription_of
from api.commands.subscriptions.mirrored_overage import draft_overage, leave_drafted
from api.commands.subscriptions.overage import bill_overage, leave_overage
from api.commands.subscriptions.returns import record_returns
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.invoice_base import Method, Payment
from ledger.invoices.invoice_base import Status as InvoiceStatus
from ledger.invoices.item import Draft, check_draft
from ledger.invoices.returns import check_told
from ledger.kernel.errors import Conflict
from ledger.kernel.keys import Key
from ledger.kernel.limits import NET_DAYS_MAX, SEATS_MAX
from ledger.kernel.times import microseconds
from ledger.purchases.notice import Happening
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.items import credits_of_change
from ledger.subscriptions.mirrored import (
    BillStatus,
    Mirrored,
    MirroredInvoice,
    MirroredLine,
    MirroredStatus,
)
from ledger.subscriptions.mirroring import (
    RUNNING,
    draft_of,
    first_period,
    is_since,
    owed_of,
    period_line,
    since,
)
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import Holding, Status, SubscriptionState


class _New(NamedTuple):
    """An invoice that is to have one of ours: what that says, the period and what is held in it."""

    told: MirroredInvoice
    draft: Draft
    period: Period | None
    held: Holding


@dataclass(frozen=True)
class RecordMirrored(Command[bool]):
    """Record how a subscription stood at the provider who runs it when it was read there: what has
    become of it and of its invoices since the last time, in order, whatever told of it and how
    often. What was read before something else that is recorded changes nothing. `told`: how the
    money of the invoice `paid` stands there."""

    user: str
    mirrored: Mirrored
    read_us: int
    paid: str | None = None
    told: Sequence[Happening] = ()

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Subscription, subscription_id(self.org, self.user))]

    def decide(self, unit: UnitOfWork) -> bool:
        require_org(unit, self.org)
        return replace(self, mirrored=plan_of_mirrored(unit, self.org, self.mirrored))._decide(unit)

    def _decide(self, unit: UnitOfWork) -> bool:
        for each in self.mirrored.invoices:
            if each.id == self.paid:
                found = unit.get(Invoice, invoice_id(self.org, each.id))
                refunds = found.invoice.refunds if found else []
                check_told(self.told, [each.payment], each.total.currency, refunds)
        is_new = self._mirror(unit)
        if self.paid is None or unit.get(Invoice, invoice_id(self.org, self.paid)) is None:
            return is_new  # what was before it was mirrored is the provider's alone
        return record_returns(unit, self.org, self.paid, self.told, self.actor) or is_new

    def _mirror(self, unit: UnitOfWork) -> bool:
        subscription = subscription_of(unit, self.org, self.user)
        if not self._is_mirrored(subscription.subscription):
            return False
        is_running, held = self.mirrored.status in RUNNING, None
        if is_running:
            held = self._held(unit, self.mirrored)
        begins = is_running and subscription.subscription.is_over
        news = self._news(unit, subscription, begins=begins)
        # From here on nothing is refused.
        before = len(unit.pending_facts)
        leave_drafted(unit, self.org, subscription, self.mirrored, self.actor)
        if held is not None and begins:
            self._start(unit, subscription, held)
        self._take(unit, subscription, news)
        if held is not None:
            self._change(unit, subscription, held)
        elif not subscription.subscription.is_over:  # no draft follows
            bill_overage(unit, self.org, subscription, self.actor)
        subscription.follow(self.mirrored, unit.now(self.org))
        self._record(unit, subscription)
        if not begins:
            draft_overage(unit, self.org, subscription, self.mirrored, self.actor)
        if len(unit.pending_facts) == before:
            return False
        subscription.note_read(self.read_us, unit.now(self.org))
        self._record(unit, subscription)
        return True

    def _is_mirrored(self, now: SubscriptionState) -> bool:
        """Tell whether it is the one that is mirrored, or is to be, and nothing newer is recorded.
        Raises Conflict where its payer has another one."""
        if now.mirrors == self.mirrored.id:
            return self.read_us > now.read_us
        if self.mirrored.status not in RUNNING:
            return False
        if not now.is_over:
            raise Conflict(
                f"{self.user} has another subscription: end one of the two, then try again.",
                field="user",
            )
        return True

    def with_returns(self, paid: str, told: Sequence[Happening]) -> RecordMirrored:
        """Return the same with how the money of one of its invoices stands."""
        return replace(self, paid=paid, told=told)

    # -- what there is to do, and whether it can be done ---------------------------------------

    def _held(self, unit: UnitOfWork, by: Mirrored | MirroredLine) -> Holding:
        """Return what is held of a plan by a price, as it is published now. Raises Conflict."""
        plan = plan_of_price(unit, self.org, str(by.price))
        return Holding(plan, min(max(by.quantity, plan.plan.seats_included), SEATS_MAX))

    def _news(self, unit: UnitOfWork, subscription: Subscription, *, begins: bool) -> list[_New]:
        """Return the invoices that ours have still to be made of. Raises Conflict and Invalid."""
        now = subscription.subscription
        since_us = now.anchor_us
        if begins:
            since_us = since(self.mirrored, microseconds(unit.now(self.org)))
        found = [
            self._new(unit, told, None if begins else now.holding, now.drafted.get(told.id, 0))
            for told in self.mirrored.invoices
            if told.status not in (BillStatus.DRAFT, BillStatus.VOID)
            and told.total.amount >= 0
            and is_since(told, since_us)
            and unit.get(Invoice, invoice_id(self.org, told.id)) is None
        ]
        if found and not can_issue(unit, self.org):
            raise Conflict("set the invoice settings, then try again.", field="plan")
        return found

    def _new(
        self, unit: UnitOfWork, told: MirroredInvoice, held: Holding | None, overage: int
    ) -> _New:
        line = period_line(told)
        if line is not None or held is None:
            held = self._held(unit, line or self.mirrored)
        draft = draft_of(self.user, told, held.plan.plan, self.mirrored.id, overage=overage)
        check_draft(draft, NET_DAYS_MAX)
        return _New(told, draft, line.period if line else None, held)

    # -- it begins, and changes ----------------------------------------------------------------

    def _start(self, unit: UnitOfWork, subscription: Subscription, held: Holding) -> None:
        at, granted = unit.now(self.org), Granted()
        period = first_period(self.mirrored, microseconds(at))
        is_trial = self.mirrored.status is MirroredStatus.TRIALING
        if is_trial:
            with going_without():
                granted = grant_trial(unit, self.org, self.user, held, period.end_us, self.actor)
        subscription.start_mirror(
            self.mirrored.id,
            held,
            period,
            at,
            is_trial=is_trial,
            credits=granted.credits,
            lot=granted.lot,
        )
        self._record(unit, subscription)

    def _change(self, unit: UnitOfWork, subscription: Subscription, held: Holding) -> None:
        """Hold what the provider says that is held now, with the credits that come with more."""
        now, at = subscription.subscription, unit.now(self.org)
        if now.holding is None or now.is_over or self.mirrored.period != now.period:
            return
        after = _kept(now.holding, held)
        if after == now.holding:
            return
        leave_overage(unit, self.org, subscription, after, self.actor)
        credits, at_us, granted = 0, microseconds(at), Granted()
        if now.status is not Status.TRIALING:
            credits = credits_of_change(now.holding, after, now.period, at_us)
        with going_without():
            granted = grant_included(
                unit, self.org, self.user, after, credits, now.end_us, self.actor
            )
        subscription.change(after, at, at_us, credits=granted.credits, lot=granted.lot)
        self._record(unit, subscription)

    # -- its invoices ------------------------------------------------------------------------

    def _take(self, unit: UnitOfWork, subscription: Subscription, news: Sequence[_New]) -> None:
        """Take in the invoices: the periods that they begin, ours of them, and what came of
        each."""
        new = {each.told.id: each for each in news}
        for told in self.mirrored.invoices:
            if told.id in new:
                self._begin(unit, subscription, new[told.id])
            invoice = unit.get(Invoice, invoice_id(self.org, told.id))
            if invoice is not None:
                subscription.fail_mirrored(told, unit.now(self.org))
                self._record(unit, subscription)
                self._follow(unit, invoice, told)

    def _begin(self, unit: UnitOfWork, subscription: Subscription, new: _New) -> None:
        """Begin the period of an invoice, and issue ours of it."""
        told, draft, period, held = new
        if period is not None:
            held = self._open(unit, subscription, period, held)
            owed = owed_of(told, period, held)
            subscription.owe(told.id, owed, unit.now(self.org))
            self._record(unit, subscription)
        issue_invoice(unit, self.org, told.id, draft, self.actor)

    def _open(
        self, unit: UnitOfWork, subscription: Subscription, period: Period, held: Holding
    ) -> Holding:
        """Begin a period, unless it runs already; return what is held in it."""
        now, at = subscription.subscription, unit.now(self.org)
        assert now.holding is not None  # it was started
        holding = _kept(now.holding, held)
        if period == now.period:
            return holding
        leave_overage(unit, self.org, subscription, holding, self.actor)
        if period.start_us == now.end_us:
            if now.status is Status.TRIALING:
                subscription.end_trial(at)
            subscription.open_period(holding, 0, period, at)  # its provider counts the months
        else:  # its provider counts anew
            subscription.start_mirror(self.mirrored.id, holding, period, at)
        self._record(unit, subscription)
        return holding

    def _follow(self, unit: UnitOfWork, invoice: Invoice, told: MirroredInvoice) -> None:
        """Have ours become what the provider's is: what that is for follows by itself."""
        at, state = unit.now(self.org), invoice.invoice
        is_open = state.status is InvoiceStatus.OPEN
        is_owed = is_open or state.status is InvoiceStatus.UNCOLLECTIBLE
        if told.status is BillStatus.PAID and is_owed and state.left:
            paid = Payment(method=Method.STRIPE, amount=state.left, reference=told.payment)
            invoice.apply_payment(paid, at)
            invoice.settle(at)
        elif told.status is BillStatus.VOID and is_open and state.is_untouched:
            invoice.void(at)
        elif told.status is BillStatus.UNCOLLECTIBLE and is_open:
            invoice.write_off(at)
        if invoice.pending_events:
            unit.record(invoice, self.actor)

    def _record(self, unit: UnitOfWork, subscription: Subscription) -> None:
        if subscription.pending_events:
            unit.record(subscription, self.actor)


def _kept(before: Holding, after: Holding) -> Holding:
    """Return what is held: the version of a plan stays, while its price at the provider does."""
    one, other = before.plan.plan.stripe_price_id, after.plan.plan.stripe_price_id
    return before if (one, before.seats) == (other, after.seats) else after

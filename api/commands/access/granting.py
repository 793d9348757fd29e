"""Granting: what the lines of an order sell that is no parcel is given in the commit that confirms
it, and taken back as its money goes back. None of it may refuse what it is of."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.access.lookup import giving, grants_of
from api.commands.credits.lookup import find_wallet
from api.commands.ordering.lookup import order_with
from api.commands.result import PendingFact
from api.commands.subscriptions.prepaid import begin_prepaid, end_prepaid
from api.commands.unit_of_work import UnitOfWork
from ledger.access.gone_lines import credits_back, is_gone, is_whole, share_of
from ledger.access.grant_base import GrantState, Why
from ledger.access.order_grant import OrderGrant, grant_name
from ledger.catalogue.item_type import Kind
from ledger.credits.lots import Kind as LotKind
from ledger.credits.lots import Lot, Terms
from ledger.credits.take_backs import Cause, Taken
from ledger.credits.wallet import Wallet
from ledger.kernel.actor import Actor
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import DAY_US, microseconds
from ledger.ordering.order import Order
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.order_payments import OrderDisputed
from ledger.ordering.order_refunds import (
    OrderRefundFailed,
    OrderRefundFound,
    OrderRefundRequested,
    gone_of,
)
from ledger.ordering.order_status import OrderStatus
from ledger.ordering.order_terms import PlacedLine
from ledger.ordering.value_returns import OrderValueReturned
from ledger.purchases.notice import DisputeState


def give_all(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Give all that an order has sold."""
    org, order = order_with(unit, pending_fact)
    for line in giving(order):
        _give(unit, org, order, line, pending_fact.actor)


def take_with_refund(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Take the credits of what goes back, at once: nobody spends what is refunded."""
    fact, (org, order) = pending_fact.fact, order_with(unit, pending_fact)
    assert isinstance(fact, OrderRefundRequested | OrderRefundFound)
    _take_with(unit, org, order, fact.refund, fact.lines, pending_fact.actor)


def take_returned(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Take back what goes with money that is on gift cards and store credit again. What goes with
    units that a provider sends back goes with those."""
    fact, (org, order) = pending_fact.fact, order_with(unit, pending_fact)
    assert isinstance(fact, OrderValueReturned)
    lines = [each for each in fact.lines if not each.for_units]
    is_rest = fact.refund not in order.refunds
    name, actor = f"{fact.refund}-value", pending_fact.actor
    _take_with(unit, org, order, name, lines, actor, is_rest=is_rest)
    revoke_returned(unit, pending_fact)


def give_again(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Give back the credits of a refund whose money is here again."""
    fact, (org, order) = pending_fact.fact, order_with(unit, pending_fact)
    assert isinstance(fact, OrderRefundFailed)
    for _, grant in grants_of(unit, org, order):
        _restore(unit, org, grant, fact.refund, pending_fact.actor)


def revoke_returned(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Revoke what lines have given whose money is back, all of it, or all of whose units are."""
    org, order = order_with(unit, pending_fact)
    for line, grant in grants_of(unit, org, order):
        if order.status is OrderStatus.REFUNDED or is_gone(order, line):
            _revoke(unit, org, grant, Why.REFUND, pending_fact.actor)


def revoke_cancelled(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Revoke all that an order has given."""
    org, order = order_with(unit, pending_fact)
    for _, grant in grants_of(unit, org, order):
        _revoke(unit, org, grant, Why.CANCELLATION, pending_fact.actor)


def follow_dispute(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Take credits while a bank decides on their money; with it all that was given is lost, or the
    credits come back."""
    fact, (org, order) = pending_fact.fact, order_with(unit, pending_fact)
    assert isinstance(fact, OrderDisputed)
    if fact.payment != order.payment:
        return
    actor = pending_fact.actor
    for line, grant in grants_of(unit, org, order):
        if fact.state is DisputeState.LOST:
            _revoke(unit, org, grant, Why.DISPUTE, actor)
        elif fact.state is DisputeState.WON:
            _restore(unit, org, grant, fact.dispute, actor)
        elif _gives_credits(grant):
            share = share_of(line, fact.money.amount, order.terms.to_pay)
            credits = min(grant.credits_left, share)
            _lessen(unit, org, grant, Cause.DISPUTE, fact.dispute, credits, actor)


def _take_with(
    unit: UnitOfWork,
    org: str,
    order: Order,
    refund: str,
    lines: Iterable[RefundedLine],
    actor: Actor,
    *,
    is_rest: bool = True,
) -> None:
    """Take the credits of lines that go back; of one that has nothing left all that are left."""
    parts = {each.line: each for each in lines}
    for line, grant in grants_of(unit, org, order):
        if line.id in parts and _gives_credits(grant):
            left = grant.credits_left
            is_all = is_rest and is_whole(line, gone_of(order))
            credits = left if is_all else credits_back(line, left, parts[line.id])
            _lessen(unit, org, grant, Cause.REFUND, refund, credits, actor)


def _give(unit: UnitOfWork, org: str, order: Order, line: PlacedLine, actor: Actor) -> None:
    benefit, at = line.benefit, unit.now(org)
    assert benefit is not None  # who calls has looked
    lot, number = None, None
    if benefit.credits is not None and order.user is not None:
        wallet = find_wallet(unit, org, order.user)
        name = grant_name(order.id_in_org, line.id)
        days = benefit.days
        expires_us = None if days is None else microseconds(at) + days * DAY_US
        terms = Terms(LotKind.PURCHASED, benefit.credits * line.units, expires_us=expires_us)
        lot = wallet.deposit(terms, at, fingerprint="", purchase=name)
        unit.record(wallet, actor)
    elif benefit.plan is not None and order.user is not None:
        method = order.begun.method if order.begun is not None else None
        begun = begin_prepaid(unit, org, order.user, benefit.plan, method, actor)
        number = begun.number
        lot = _lot_of(find_wallet(unit, org, order.user), begun.lot)
    grant = OrderGrant.give(
        org, order.id_in_org, order.user, line, at, lot=lot, subscription=number
    )
    unit.record(grant, actor)


def _lessen(
    unit: UnitOfWork, org: str, grant: OrderGrant, cause: Cause, of: str, credits: int, actor: Actor
) -> None:
    if credits and of not in grant.parts and grant.stage is GrantState.ACTIVE:
        took, taken = _take(unit, org, grant, cause, of, credits, actor)
        grant.lessen(of, cause, took, taken, unit.now(org))
        unit.record(grant, actor)


def _restore(unit: UnitOfWork, org: str, grant: OrderGrant, of: str, actor: Actor) -> None:
    part = grant.parts.get(of)
    if part is None or grant.stage is GrantState.REVOKED:
        return
    assert grant.user is not None
    assert grant.lot is not None  # its credits were taken
    at, wallet = unit.now(org), find_wallet(unit, org, grant.user)
    if part.credits:
        wallet.restore_taken(grant.id_in_org, grant.lot, part.cause, of, part.taken, at)
        unit.record(wallet, actor)
    grant.give_back(of, at)
    unit.record(grant, actor)


def _revoke(unit: UnitOfWork, org: str, grant: OrderGrant, why: Why, actor: Actor) -> None:
    if grant.stage is not GrantState.ACTIVE:
        return
    at, credits = unit.now(org), grant.credits_left
    if grant.kind is Kind.PLAN and grant.user is not None and grant.subscription is not None:
        end_prepaid(unit, org, grant.user, grant.subscription, actor)
        wallet = find_wallet(unit, org, grant.user)
        credits = wallet.left_of(grant.lot.id, at) if grant.lot is not None else 0
    if credits:
        cause = Cause.DISPUTE if why is Why.DISPUTE else Cause.REFUND
        credits, _ = _take(unit, org, grant, cause, grant.order, credits, actor)
    grant.revoke(why, at, credits=credits)
    unit.record(grant, actor)


def _take(
    unit: UnitOfWork, org: str, grant: OrderGrant, cause: Cause, of: str, credits: int, actor: Actor
) -> tuple[int, Taken]:
    """Take credits of a grant from its wallet: what is left of its lot, other credit, then debt, as
    far as a wallet can owe."""
    assert grant.user is not None
    assert grant.lot is not None  # they were deposited
    at, wallet = unit.now(org), find_wallet(unit, org, grant.user)
    left = wallet.left_of(grant.lot.id, at)
    credits = min(credits, left + AMOUNT_MAX - wallet.funds.debt)
    if not credits:
        return 0, Taken()
    taken = wallet.take_back(grant.id_in_org, grant.lot, cause, of, credits, at)
    unit.record(wallet, actor)
    return credits, taken


def _gives_credits(grant: OrderGrant) -> bool:
    return grant.kind is Kind.CREDITS and grant.lot is not None


def _lot_of(wallet: Wallet, lot: str | None) -> Lot | None:
    found = (each.terms for each in wallet.funds.lots if each.terms.id == lot)
    return next(found, None)

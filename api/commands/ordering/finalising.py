"""Finalising: an order is confirmed in the commit in which its money is known to be there, by
whoever comes first; money that it cannot take goes back."""

from __future__ import annotations

from api.commands.inventory.lookup import FoundReservation
from api.commands.invoices.lookup import numbers_of
from api.commands.ordering import holdings
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.inventory.reservation import Part, Reservation
from ledger.invoices.settings import ORDER_NUMBERS, Series
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Refusal
from ledger.kernel.limits import ORDER_HOLD_US
from ledger.kernel.times import microseconds
from ledger.ordering.order import Order
from ledger.ordering.order_payments import GONE, Stray
from ledger.ordering.order_status import OPEN
from ledger.purchases.notice import PaymentAuthorised, PaymentPaid


def settle(
    unit: UnitOfWork,
    org: str,
    order: Order,
    told: PaymentPaid,
    actor: Actor,
    *,
    key: str = "",
    fingerprint: str = "",
    transfer: str | None = None,
    paid_us: int | None = None,
) -> PendingFact | None:
    """Take money that came for an order and confirm it, or send it back: one commit. None: it was
    known before.

    An order that has let go of what it held has it again if all of it is still to be had.
    """
    if told.payment in order.captured:
        return None
    at, is_bought = unit.now(org), order.number is not None
    why, again = _taking(unit, org, order, told, actor)
    if why is not None:
        order.return_money(told, why, at, fingerprint=fingerprint, transfer=transfer)
        return unit.record(order, actor, key)
    order.take_money(told, at, fingerprint=fingerprint, transfer=transfer, paid_us=paid_us)
    paid = unit.record(order, actor, key)
    if not is_bought:
        confirm(unit, org, order, actor, again)
    return paid


def authorise(
    unit: UnitOfWork, org: str, order: Order, told: PaymentAuthorised, actor: Actor
) -> None:
    """Confirm an order whose money a bank keeps until it is captured, or have that be let go: one
    commit. What was known before changes nothing."""
    if told.payment in order.authorisations or told.payment in order.captured:
        return
    at, is_bought = unit.now(org), order.number is not None
    why, again = _taking(unit, org, order, told, actor)
    if why is not None:
        order.let_go(told, why, at)
        unit.record(order, actor)
        return
    order.authorise(told, at)
    unit.record(order, actor)
    if not is_bought:
        confirm(unit, org, order, actor, again)


def confirm(
    unit: UnitOfWork,
    org: str,
    order: Order,
    actor: Actor,
    again: FoundReservation | None = None,
) -> None:
    """Confirm an order under the next number; what it holds stays its own. `again`: what was
    reserved anew."""
    at = unit.now(org)
    holdings.keep(unit, org, order, again or holdings.found_of(order), actor)
    numbers = numbers_of(unit, org, Series.ORDERS)
    number = numbers.next(ORDER_NUMBERS, at)
    numbers.take(ORDER_NUMBERS, order.id_in_org, at)
    unit.record(numbers, actor)
    if again is None:
        order.confirm(number, at)
    else:
        order.confirm(number, at, reservation=again.reservation.id, parts=again.parts)
    unit.record(order, actor)


def _taking(
    unit: UnitOfWork, org: str, order: Order, told: PaymentPaid | PaymentAuthorised, actor: Actor
) -> tuple[Stray | None, FoundReservation | None]:
    """Return why an order cannot take money, or what it holds again so that it can. One that is
    bought already has all that it sells."""
    why = order.why_stray(told.payment, told.money)
    if why is not None or order.number is not None or _holds(unit, org, order, actor):
        return why, None
    again = _hold_again(unit, org, order, actor)
    return (Stray.TOO_LATE, None) if again is None else (None, again)


def _holds(unit: UnitOfWork, org: str, order: Order, actor: Actor) -> bool:
    """Tell whether an order holds all that it sells; one whose stock is gone lets go of the rest,
    too."""
    if order.status not in OPEN:
        return False
    if holdings.are_whole(unit, org, order):
        return True
    order.fail_payment(GONE, unit.now(org))
    unit.record(order, actor)
    return False


def _hold_again(unit: UnitOfWork, org: str, order: Order, actor: Actor) -> FoundReservation | None:
    """Have an order hold again what it has let go of, all of it; None: something of it is gone."""
    wanted = holdings.wanted_by(order)
    try:
        parts: list[Part] = holdings.check(unit, org, wanted)
    except Refusal:
        return None
    name = f"{order.id_in_org}-late"
    ends_us = microseconds(unit.now(org)) + ORDER_HOLD_US
    holdings.hold(unit, org, wanted, name, parts, ends_us, actor)
    return FoundReservation(Reservation(name, order.id_in_org, ends_us), parts)

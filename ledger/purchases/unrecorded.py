"""The unrecorded: fees and payouts of a provider's book that ours has not yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ledger.purchases.booking import Booking
from ledger.purchases.notice import DisputeChanged, Money, PaymentPaid, RefundChanged
from ledger.purchases.provider import Movement, MovementKind
from ledger.purchases.reconciliation import Standing, Thing

_OF_THE_ACCOUNT = (MovementKind.FEE, MovementKind.PAYOUT)


class Owner(NamedTuple):
    """The purchase, the invoice or the order that a payment is of."""

    org: str
    purchase: str | None
    invoice: str | None = None
    order: str | None = None


class Unrecorded(NamedTuple):
    """A fee, or a payout. `owner`: what a fee is of; None: it is of the account."""

    thing: Thing
    booking: Booking
    owner: Owner | None = None

    @property
    def standing(self) -> Standing:
        """What it will have moved, once it is recorded."""
        money = Money(-self.booking.money.amount, self.booking.money.currency)
        moved_us = self.booking.moved_us
        if self.owner is None:
            return Standing(self.thing, money, moved_us)
        org, purchase, invoice, order = self.owner
        return Standing(self.thing, money, moved_us, org, purchase, invoice=invoice, order=order)


def unrecorded(
    movements: Iterable[Movement], here: Iterable[Standing], owners: Mapping[str, Owner]
) -> list[Unrecorded]:
    """Return what is to be recorded; `owners` by their payments. The fee of a payment that is not
    known here waits until it is: it is a difference until then."""
    known = {each.thing for each in here}
    found = list[Unrecorded]()
    for movement in movements:
        if movement.kind is MovementKind.PAYOUT:
            booking = _booking(movement, -movement.money.amount)
            found.append(Unrecorded(Thing(MovementKind.PAYOUT, movement.id), booking))
        if fee := fee_of(movement):
            owner = owners.get(payment_of(movement) or "")
            if owner is not None or movement.kind in _OF_THE_ACCOUNT:
                thing = Thing(MovementKind.FEE, movement.id)
                found.append(Unrecorded(thing, _booking(movement, fee), owner))
    return [each for each in found if each.thing not in known]


def kept(movement: Movement) -> Standing | None:
    """Return what a movement says of its fee, if it has one."""
    fee = fee_of(movement)
    if not fee:
        return None
    thing = Thing(MovementKind.FEE, movement.id)
    return Standing(thing, Money(-fee, movement.money.currency), movement.created_us)


def fee_of(movement: Movement) -> int:
    """Return what was kept by a movement: all of it where it is a fee itself. What is kept of
    something unknown is a part of that."""
    match movement.kind:
        case MovementKind.FEE:
            return movement.fee - movement.money.amount
        case MovementKind.OTHER:
            return 0
    return movement.fee


def payment_of(movement: Movement) -> str | None:
    """Return the payment that was moved, or went back."""
    match movement.happening:
        case PaymentPaid() | RefundChanged() | DisputeChanged() as happening:
            return happening.payment
    return None


def _booking(movement: Movement, amount: int) -> Booking:
    money = Money(amount, movement.money.currency)
    return Booking(movement.id, movement.of, money, movement.created_us)

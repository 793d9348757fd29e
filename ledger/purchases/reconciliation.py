"""The reconciliation: what a provider's book says that payments, refunds, disputes and fees have
moved, against what ours says.

Both sides are sums: of each thing, by the provider's id of it, the money that it has moved in all.
So it does not matter in which order, or on which side of midnight, its parts were booked, and what
came and went back again is the same as what never was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from ledger.purchases.money_moves import MoneyMove
from ledger.purchases.notice import (
    DisputeChanged,
    DisputeState,
    Happening,
    Money,
    PaymentPaid,
    RefundChanged,
    RefundState,
)
from ledger.purchases.provider import Movement, MovementKind

THINGS = {
    MoneyMove.PAYMENT: MovementKind.PAYMENT,
    MoneyMove.REFUND: MovementKind.REFUND,
    MoneyMove.REFUND_BACK: MovementKind.REFUND,
    MoneyMove.DISPUTE: MovementKind.DISPUTE,
    MoneyMove.DISPUTE_WON: MovementKind.DISPUTE,
    MoneyMove.DISPUTE_LOST: MovementKind.DISPUTE,
    MoneyMove.FEE: MovementKind.FEE,
    MoneyMove.PAYOUT: MovementKind.PAYOUT,
}
"""What it is that our book has moved money by."""


class Thing(NamedTuple):
    """What has moved money. `id` is the provider's: of a payment, a refund or a dispute; of a fee
    or a payout that of its movement."""

    kind: MovementKind
    id: str


class Standing(NamedTuple):
    """What a thing has moved, as one side has it: below zero for what went out.

    `is_on_its_way`: the provider may still change it, or has told of it a moment ago, so that we
    may not have heard. `org`, `purchase`, `invoice`, `order`: of which one, where it is known.
    """

    thing: Thing
    money: Money
    at_us: int
    org: str | None = None
    purchase: str | None = None
    is_on_its_way: bool = False
    invoice: str | None = None
    order: str | None = None


class Wrong(StrEnum):
    """How the two sides differ about a thing."""

    MISSING_HERE = "missing here"
    MISSING_THERE = "missing there"
    OTHER_AMOUNT = "other amount"


class Difference(NamedTuple):
    """A thing of which the sides do not say the same. `here`, `there`: what it has moved by each,
    by currency; nothing where it has moved nothing."""

    wrong: Wrong
    thing: Thing
    here: Sequence[Money]
    there: Sequence[Money]
    at_us: int
    org: str | None
    purchase: str | None
    invoice: str | None = None
    order: str | None = None


class Compared(NamedTuple):
    """What a comparison has found. `on_their_way`: of how many it is too early to say."""

    equal: int
    on_their_way: int
    differences: Sequence[Difference]


def compare(there: Iterable[Standing], here: Iterable[Standing]) -> Compared:
    """Compare what a provider says with what we do, thing by thing, the oldest first."""
    theirs, ours = _by_thing(there), _by_thing(here)
    equal, on_their_way, differences = 0, 0, list[Difference]()
    for thing in theirs.keys() | ours.keys():
        both = [*theirs.get(thing, ()), *ours.get(thing, ())]
        wrong = _wrong(_sum(theirs.get(thing, ())), _sum(ours.get(thing, ())))
        if wrong is None:
            equal += 1
        elif any(each.is_on_its_way for each in both):
            on_their_way += 1
        else:
            differences.append(_difference(wrong, thing, theirs, ours))
    differences.sort(key=lambda each: (each.at_us, each.thing))
    return Compared(equal, on_their_way, differences)


def standing_of(
    happening: Happening, at_us: int, org: str | None = None, purchase: str | None = None
) -> Standing | None:
    """Return what a payment, a refund or a dispute has moved by where it is now; of anything else
    nothing."""
    match happening:
        case PaymentPaid(payment, money):
            thing = Thing(MovementKind.PAYMENT, payment)
            return Standing(thing, money, at_us, org, purchase)
        case RefundChanged(refund, _, money, state):
            thing = Thing(MovementKind.REFUND, refund)
            moved = _out(money, is_back=state is RefundState.FAILED)
            is_pending = state is RefundState.PENDING
            return Standing(thing, moved, at_us, org, purchase, is_on_its_way=is_pending)
        case DisputeChanged(dispute, _, money, _, state):
            thing = Thing(MovementKind.DISPUTE, dispute)
            moved = _out(money, is_back=state is DisputeState.WON)
            return Standing(thing, moved, at_us, org, purchase)
    return None


def booked(movement: Movement) -> Standing:
    """Return what a movement says of its thing: of a payment, a refund or a dispute where it is
    now, of anything else its own money."""
    at_us, org, purchase = movement.created_us, movement.org, movement.purchase
    if movement.happening is not None:
        found = standing_of(movement.happening, at_us, org, purchase)
        if found is not None:
            return found
    if movement.kind is not MovementKind.PAYMENT:
        return Standing(Thing(movement.kind, movement.id), movement.money, at_us, org, purchase)
    thing = Thing(movement.kind, movement.of)
    is_open = movement.happening is None
    left = Money(movement.money.amount if is_open else 0, movement.money.currency)
    return Standing(thing, left, at_us, org, purchase, is_on_its_way=is_open)


def _out(money: Money, *, is_back: bool) -> Money:
    return Money(0 if is_back else -money.amount, money.currency)


def _by_thing(standings: Iterable[Standing]) -> dict[Thing, list[Standing]]:
    found: dict[Thing, list[Standing]] = {}
    for each in standings:
        found.setdefault(each.thing, []).append(each)
    return found


def _sum(standings: Iterable[Standing]) -> dict[str, int]:
    sums = Counter[str]()
    for each in standings:
        sums[each.money.currency] += each.money.amount
    return {currency: amount for currency, amount in sorted(sums.items()) if amount}


def _wrong(there: dict[str, int], here: dict[str, int]) -> Wrong | None:
    if there == here:
        return None
    if not here:
        return Wrong.MISSING_HERE
    return Wrong.OTHER_AMOUNT if there else Wrong.MISSING_THERE


def _difference(
    wrong: Wrong,
    thing: Thing,
    theirs: dict[Thing, list[Standing]],
    ours: dict[Thing, list[Standing]],
) -> Difference:
    there, here = theirs.get(thing, []), ours.get(thing, [])
    known = [each for each in (*here, *there) if each.purchase or each.invoice or each.order]
    return Difference(
        wrong,
        thing,
        [Money(amount, currency) for currency, amount in _sum(here).items()],
        [Money(amount, currency) for currency, amount in _sum(there).items()],
        min(each.at_us for each in (*there, *here)),
        known[0].org if known else None,
        known[0].purchase if known else None,
        known[0].invoice if known else None,
        known[0].order if known else None,
    )

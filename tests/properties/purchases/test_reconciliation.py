"""Reconciliation against a model that knows nothing of sums: each thing is given a fate, both books
are written by it, in any order, and what is found is what was done."""

from __future__ import annotations

import itertools
import random

import pytest

from api.reconciliation.reconciler import PARTS_MAX, Range
from ledger.purchases.notice import DisputeState, Happening, Money, RefundState
from ledger.purchases.provider import Movement, MovementKind
from ledger.purchases.reconciliation import (
    Compared,
    Standing,
    Thing,
    Wrong,
    booked,
    compare,
)
from ledger.purchases.unrecorded import Owner, kept, unrecorded
from tests.scenarios.purchase_commands import disputed, paid, refunded

SEEDS = 100
KINDS = [MovementKind.PAYMENT, MovementKind.REFUND, MovementKind.DISPUTE, MovementKind.FEE]
FATES = [
    "same",
    "in parts",
    "gone",
    "lost here",
    "lost there",
    "other",
    "currency",
    "waits",
    "twice",
]

EXPECTED = {
    "lost here": Wrong.MISSING_HERE,
    "lost there": Wrong.MISSING_THERE,
    "other": Wrong.OTHER_AMOUNT,
    "currency": Wrong.OTHER_AMOUNT,
    "twice": Wrong.OTHER_AMOUNT,
}


def written(fate: str, thing: Thing, draw: random.Random) -> tuple[list[Standing], list[Standing]]:
    """What the provider's book and ours have of a thing by its fate."""
    amount = draw.choice([-1, 1]) * draw.randint(1, 10**6)

    def by(amount: int, currency: str = "usd", *, waits: bool = False) -> Standing:
        at_us = draw.randint(1, 10**9)
        return Standing(thing, Money(amount, currency), at_us, "acme", "p", is_on_its_way=waits)

    match fate:
        case "in parts":
            part = draw.randint(-(10**6), 10**6)
            return [by(amount)], [by(part), by(amount - part)]
        case "gone":
            return [by(0)], draw.choice([[], [by(amount), by(-amount)]])
        case "lost here":
            return [by(amount)], draw.choice([[], [by(amount), by(-amount)]])
        case "lost there":
            return draw.choice([[], [by(0)]]), [by(amount)]
        case "other":
            return [by(amount)], [by(amount + (1 if amount != -1 else 2))]
        case "currency":
            return [by(amount)], [by(amount, "eur")]
        case "waits":
            return [by(amount, waits=True)], draw.choice([[], [by(amount + 3)]])
        case "twice":
            return [by(amount)], [by(amount), by(amount)]
    return [by(amount)], [by(amount)]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_exactly_what_was_done_to_the_books_is_found(seed: int) -> None:
    draw = random.Random(seed)
    fates = {Thing(draw.choice(KINDS), f"x{n}"): draw.choice(FATES) for n in range(30)}
    there, here = list[Standing](), list[Standing]()
    for thing, fate in fates.items():
        theirs, ours = written(fate, thing, draw)
        there, here = there + theirs, here + ours
    draw.shuffle(there)
    draw.shuffle(here)
    found = compare(there, here)
    expected = {thing: EXPECTED[fate] for thing, fate in fates.items() if fate in EXPECTED}
    assert {each.thing: each.wrong for each in found.differences} == expected
    assert found.on_their_way == list(fates.values()).count("waits")
    assert found.equal == len(fates) - len(expected) - found.on_their_way
    assert list(found.differences) == sorted(found.differences, key=lambda e: (e.at_us, e.thing))
    assert compare(here, there).equal == found.equal


@pytest.mark.parametrize("seed", range(20))
def test_the_parts_of_a_range_are_all_of_it(seed: int) -> None:
    draw = random.Random(seed)
    from_s = draw.randint(0, 10**9)
    whole = Range(
        from_s * 10**6, (from_s + draw.choice([1, 3_600, draw.randint(1, 10**8)])) * 10**6
    )
    parts = whole.parts()
    assert (parts[0].from_us, parts[-1].until_us) == whole
    assert all(one.until_us == next_.from_us for one, next_ in itertools.pairwise(parts))
    assert all(part.from_us < part.until_us for part in parts)
    assert all(part.from_us % 10**6 == 0 for part in parts)
    assert len(parts) <= PARTS_MAX


def test_a_difference_says_what_each_side_has() -> None:
    thing = Thing(MovementKind.PAYMENT, "pi_1")
    there = Standing(thing, Money(2_000, "usd"), 7, "acme", "p")
    here = [Standing(thing, Money(amount, "eur"), 9) for amount in (1_000, 900)]
    (found,) = compare([there], here).differences
    assert (found.there, found.here) == ([Money(2_000, "usd")], [Money(1_900, "eur")])
    assert (found.at_us, found.org, found.purchase) == (7, "acme", "p")


def _moved(kind: MovementKind, amount: int, happening: object = None, of: str = "x") -> Standing:
    money = Money(amount, "eur")
    return booked(Movement("txn_1", kind, of, money, 30, 5, happening))  # type: ignore[arg-type]


def test_a_thing_is_booked_as_it_is_now_whichever_of_its_movements_is_seen() -> None:
    """Both movements of a refund that failed say that nothing moved, in the buyer's money."""
    for amount in (-300, 300):
        failed = refunded(300, "failed", number="re_1")
        assert _moved(MovementKind.REFUND, amount, failed).money == Money(0, "usd")
        won = disputed("won", 300, number="dp_1")
        assert _moved(MovementKind.DISPUTE, amount, won).money == Money(0, "usd")
    assert _moved(MovementKind.REFUND, -300, refunded(310)).money == Money(-310, "usd")
    assert _moved(MovementKind.PAYMENT, 1_900, paid(2_000)).money == Money(2_000, "usd")
    lost = disputed(DisputeState.LOST, 300)
    assert _moved(MovementKind.DISPUTE, -290, lost).money == Money(-300, "usd")


def test_what_is_not_decided_is_on_its_way() -> None:
    pending = _moved(MovementKind.REFUND, -300, refunded(300, RefundState.PENDING))
    assert pending.is_on_its_way
    assert _moved(MovementKind.PAYMENT, 300).is_on_its_way
    assert not _moved(MovementKind.PAYMENT, 300, paid(300)).is_on_its_way
    assert compare([pending], []) == Compared(0, 1, [])


def test_what_is_of_nothing_known_stands_by_its_movement() -> None:
    for kind in (MovementKind.FEE, MovementKind.PAYOUT, MovementKind.OTHER, MovementKind.REFUND):
        found = _moved(kind, -300)
        assert (found.thing, found.money) == (Thing(kind, "txn_1"), Money(-300, "eur"))
        assert not found.is_on_its_way


def _movement(
    kind: MovementKind, amount: int, fee: int, happening: Happening | None = None
) -> Movement:
    return Movement(f"txn_{kind}", kind, "x", Money(amount, "eur"), fee, 5, happening)


def test_what_was_kept_is_recorded_of_what_is_known_and_not_again() -> None:
    movements = [
        _movement(MovementKind.PAYMENT, 2_000, 88, paid()),
        _movement(MovementKind.DISPUTE, -2_000, 1_500, disputed()),
        _movement(MovementKind.REFUND, -300, 0, refunded(300)),
        _movement(MovementKind.FEE, -7, 0),
        _movement(MovementKind.PAYOUT, -900, 3),
        _movement(MovementKind.OTHER, 40, 2),
    ]
    owners = {"pi_1": Owner("acme", "p")}
    found = unrecorded(movements, [], owners)
    kinds = [(e.thing.kind, e.booking.movement, e.booking.money.amount, e.owner) for e in found]
    owner = owners["pi_1"]
    assert kinds == [
        (MovementKind.FEE, "txn_payment", 88, owner),
        (MovementKind.FEE, "txn_dispute", 1_500, owner),
        (MovementKind.FEE, "txn_fee", 7, None),
        (MovementKind.PAYOUT, "txn_payout", 900, None),
        (MovementKind.FEE, "txn_payout", 3, None),
    ]
    known = [each.standing for each in found]
    assert unrecorded(movements, known, owners) == []
    assert [e.owner for e in unrecorded(movements, [], {})] == [None, None, None]
    there = [each for each in map(kept, movements) if each is not None]
    there += [booked(movements[4])]
    assert compare(there, known) == Compared(5, 0, [])

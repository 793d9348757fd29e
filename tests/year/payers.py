"""Payers: who subscribes to what in the year, when, and what they do then: always the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from ledger.kernel.times import DAY_US, parse_time

BEGIN, END = "2023-02-01T00:00:00Z", "2024-03-01T00:00:00Z"
"""Thirteen months, of which the last has a leap day."""

FIRST_US, END_US = parse_time(BEGIN, "begin"), parse_time(END, "end")

VISA, DECLINES = "pm_card_visa", "pm_card_chargeCustomerFail"
HOUR_US = DAY_US // 24


class What(Enum):
    """What somebody does."""

    SUBSCRIBE = auto()
    CHANGE = auto()
    CANCEL = auto()
    LEAVE = auto()
    PAUSE = auto()
    RESUME = auto()
    USE_CARD = auto()
    BUY = auto()
    REFUND = auto()
    DISPUTE = auto()
    LOSE = auto()
    GIVE = auto()
    WORK = auto()
    TRANSFER = auto()
    WRITE_OFF = auto()
    GIVE_BACK = auto()


class Deed(NamedTuple):
    """Something that somebody does. `plan` and `seats`: what they want then; `card`: by which
    token; `coupon`: with which."""

    us: int
    user: str
    what: What
    plan: str = ""
    seats: int | None = None
    card: str = VISA
    trial: bool = False
    coupon: str | None = None


Doing = Callable[..., Deed]
"""Makes a deed of somebody: so many days after they came, what."""


def deeds(payers: int, until_us: int = END_US) -> list[Deed]:
    """Return all that is done until a moment, in order."""
    found = [each for number in range(payers) for each in _of(number)]
    found += _everybody(payers)
    return sorted(each for each in found if FIRST_US <= each.us < until_us)


def _of(number: int) -> Iterator[Deed]:
    user, kind, of_kind = f"payer-{number:03}", number % 20, number // 20
    begins_us = _begins_us(number)

    def do(days: int, what: What, plan: str = "", **more: object) -> Deed:
        return Deed(begins_us + days * DAY_US, user, what, plan, **more)  # type: ignore[arg-type]

    if kind < 9:
        yield do(0, What.SUBSCRIBE, "basic", coupon={0: "THIRD", 8: "FIRST"}.get(kind))
        yield from _monthly(kind, of_kind, do)
    elif kind < 12:
        yield do(0, What.SUBSCRIBE, "crew", seats=5 + kind - 9)
        yield do(70, What.CHANGE, "crew", seats=9)
        yield do(71, What.CHANGE, "crew", seats=11)
        yield do(200, What.CHANGE, "crew", seats=6)
        yield do(300, What.CHANGE, "basic")
    elif kind < 15:
        yield do(0, What.SUBSCRIBE, "yearly", coupon="EVER" if kind == 12 else None)
        if kind == 13:
            yield do(150, What.CHANGE, "yearly-large")
        if kind == 14:
            yield do(200, What.LEAVE)
    elif kind < 17:
        yield do(0, What.SUBSCRIBE, "company", card="")
    elif kind == 17:
        yield do(0, What.SUBSCRIBE, "tried", trial=True)
    elif kind == 18:
        yield do(0, What.SUBSCRIBE, "free", card="")
    else:
        yield from _buyer(of_kind, do)


def _monthly(kind: int, of_kind: int, do: Doing) -> Iterator[Deed]:
    if kind == 1:
        yield do(100, What.CHANGE, "crew", seats=5)
    elif kind == 2:
        yield do(180, What.CANCEL)
    elif kind == 3:
        yield do(190, What.LEAVE)
    elif kind == 4:
        yield do(120, What.PAUSE)
        yield do(165, What.RESUME)
    elif kind == 5:
        yield do(40, What.USE_CARD, "basic", card=DECLINES)
        if of_kind % 2:
            yield do(63 + of_kind % 4, What.USE_CARD, "basic")
    elif kind == 6:
        yield do(110, What.CHANGE, "basic-plus")
        yield do(111, What.CHANGE, "crew", seats=5)
        yield do(112, What.CHANGE, "crew", seats=7)
    elif kind == 7:
        yield do(33, What.BUY)
        yield do(90, What.BUY)
    elif kind == 8:
        yield do(70, What.GIVE_BACK)


def _buyer(of_kind: int, do: Doing) -> Iterator[Deed]:
    """Who has no plan buys credits: one gives a part back, one goes to the bank, one gives some
    away."""
    yield do(1, What.BUY)
    match of_kind % 4:
        case 0:
            yield do(3, What.REFUND)
        case 1:
            yield do(35, What.DISPUTE)
            yield do(80, What.LOSE)
        case 2:
            yield do(30, What.TRANSFER)
    yield do(150, What.BUY)


def _begins_us(number: int) -> int:
    """Return when a payer comes: on 48 days, of which some are the last of their months."""
    day = (number * 7) % 48
    return FIRST_US + (day + 12) * DAY_US + (day % 24) * HOUR_US + (day % 8) * 7 * 60_000_000 + 1


def _everybody(payers: int) -> Iterator[Deed]:
    """Yield what all do together: they work twice a month, and companies pay their invoices."""
    for month in range(13):
        for days in (9, 23):
            yield Deed(FIRST_US + (month * 30 + days) * DAY_US + 12 * HOUR_US, "", What.WORK)
        yield Deed(FIRST_US + (month * 30 + 26) * DAY_US + 9 * HOUR_US, "", What.GIVE)
    if payers > 15:
        yield Deed(FIRST_US + 300 * DAY_US, "payer-015", What.WRITE_OFF)

"""Errands: what each buyer of a campaign is about to do, drawn from a seed."""

from __future__ import annotations

import random
from enum import StrEnum, auto
from typing import NamedTuple


class Kind(StrEnum):
    """What becomes of a purchase."""

    KEPT = auto()
    REFUNDED = auto()
    IN_PARTS = auto()
    """Refunded twice."""
    LATE = auto()
    """Refunded; the bank takes a minute."""
    COMES_BACK = auto()
    """Refunded, and the bank does not take it."""
    DASHBOARD = auto()
    """Refunded without us, by somebody in the provider's dashboard."""
    WON = auto()
    LOST = auto()
    DECLINED = auto()
    """Once; then paid with another card."""
    UNPAID = auto()
    TRANSFER = auto()
    """By bank transfer, which two people confirm."""
    REVIEWED = auto()
    """So large that a person must look at it; then refunded."""
    RECHARGED = auto()
    """Twice, by a rule."""
    RECHARGE_DECLINED = auto()


WEIGHTS = {
    Kind.KEPT: 22,
    Kind.REFUNDED: 12,
    Kind.IN_PARTS: 8,
    Kind.LATE: 5,
    Kind.COMES_BACK: 5,
    Kind.DASHBOARD: 10,
    Kind.WON: 8,
    Kind.LOST: 6,
    Kind.DECLINED: 6,
    Kind.UNPAID: 5,
    Kind.TRANSFER: 4,
    Kind.REVIEWED: 2,
    Kind.RECHARGED: 5,
    Kind.RECHARGE_DECLINED: 2,
}
ALONE = (Kind.REVIEWED, Kind.RECHARGED, Kind.RECHARGE_DECLINED)
"""Those with a wallet of their own; of the others, two share one."""

CARDS = {
    Kind.LATE: "4000000000007726",
    Kind.COMES_BACK: "4000000000005126",
    Kind.WON: "4000000000000259",
    Kind.LOST: "4000000000002685",
    Kind.RECHARGE_DECLINED: "4000000000000341",
}
"""What is paid with, where any card will not do."""

ANY_CARD = "4242424242424242"
DECLINED_CARD = "4000000000009995"
CENTS = (100, 550, 1_999, 2_000, 4_999, 5_000, 10_000, 12_345)
LARGE = 60_000


class Errand(NamedTuple):
    """One purchase. `spent`: credits that are used of it; `part`: cents that go back first."""

    number: int
    kind: Kind
    user: str
    cents: int
    spent: int
    part: int

    @property
    def card(self) -> str:
        """The number that it is paid with."""
        return CARDS.get(self.kind, ANY_CARD)


def errands(count: int, draw: random.Random) -> list[Errand]:
    """Draw so many; each kind comes at least once, where there is room."""
    kinds = [*Kind, *draw.choices(list(WEIGHTS), list(WEIGHTS.values()), k=count)][:count]
    draw.shuffle(kinds)
    return [_errand(number, kind, draw) for number, kind in enumerate(kinds)]


def _errand(number: int, kind: Kind, draw: random.Random) -> Errand:
    cents = LARGE if kind is Kind.REVIEWED else draw.choice(CENTS)
    user = f"own{number}" if kind in ALONE else f"shared{number // 2}"
    return Errand(
        number,
        kind,
        user,
        cents,
        draw.randrange(0, cents * 10 // 2),
        draw.randrange(1, max(2, cents // 3)),
    )

"""Errands: what each customer of a campaign is about to do, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from enum import StrEnum, auto
from typing import NamedTuple

from tests.faults.orders.shop import FIRST, GIFT, LAST, PARCEL, PICKUP, TRACKED, UNTRACKED
from tests.faults.purchases.errands import ANY_CARD


class Kind(StrEnum):
    """What becomes of an order."""

    PAID = auto()
    TRIED = auto()
    """Declined once, then paid with another card."""
    UNPAID = auto()
    """Its page expires."""
    CANCELLED = auto()
    """By two people, before it is paid."""
    PAID_AFTERWARDS = auto()
    """It was cancelled before."""
    RACED = auto()
    """Paid and cancelled at once."""
    ROBBED = auto()
    """Somebody releases its stock before it is paid."""
    SAVED = auto()
    """Paid with a card that is saved."""
    SAVED_DECLINED = auto()
    TRANSFER = auto()
    """By bank transfer, which two people confirm."""
    TRANSFER_RACED = auto()
    """Confirmed and cancelled at once."""
    TRANSFER_UNPAID = auto()
    """Given up."""
    FREE = auto()
    REFUNDED = auto()
    IN_PARTS = auto()
    """An amount and all that is left are asked back at once."""
    UNITS = auto()
    """Two people ask a unit back at once."""
    LATE = auto()
    """Refunded; the bank takes a minute."""
    COMES_BACK = auto()
    """Refunded, and the bank does not take it."""
    DASHBOARD = auto()
    """Refunded without us, by somebody in the provider's dashboard."""
    SENT_BACK = auto()
    """Cancelled when it was paid."""
    KEPT = auto()
    """The bank keeps its money, and nobody captures it."""
    CAPTURE_RACED = auto()
    """Captured and cancelled at once."""


WEIGHTS = {
    Kind.PAID: 16,
    Kind.TRIED: 6,
    Kind.UNPAID: 8,
    Kind.CANCELLED: 5,
    Kind.PAID_AFTERWARDS: 5,
    Kind.RACED: 8,
    Kind.ROBBED: 5,
    Kind.SAVED: 10,
    Kind.SAVED_DECLINED: 6,
    Kind.TRANSFER: 5,
    Kind.TRANSFER_RACED: 4,
    Kind.TRANSFER_UNPAID: 2,
    Kind.FREE: 5,
    Kind.REFUNDED: 5,
    Kind.IN_PARTS: 5,
    Kind.UNITS: 4,
    Kind.LATE: 3,
    Kind.COMES_BACK: 3,
    Kind.DASHBOARD: 5,
    Kind.SENT_BACK: 5,
}
WEIGHTS_OF_CAPTURES = {
    Kind.PAID: 16,
    Kind.TRIED: 4,
    Kind.UNPAID: 5,
    Kind.RACED: 8,
    Kind.SAVED: 10,
    Kind.SAVED_DECLINED: 3,
    Kind.TRANSFER: 3,
    Kind.FREE: 3,
    Kind.REFUNDED: 6,
    Kind.IN_PARTS: 6,
    Kind.UNITS: 5,
    Kind.DASHBOARD: 5,
    Kind.SENT_BACK: 10,
    Kind.KEPT: 8,
    Kind.CAPTURE_RACED: 12,
}
"""Where the money of orders is taken at shipment."""

CARDS = {
    Kind.LATE: "4000000000007726",
    Kind.COMES_BACK: "4000000000005126",
    Kind.SAVED_DECLINED: "4000000000000341",
}
"""What is paid with, where any card will not do."""

BY_TRANSFER = (Kind.TRANSFER, Kind.TRANSFER_RACED, Kind.TRANSFER_UNPAID)
BY_SAVED_CARD = (Kind.SAVED, Kind.SAVED_DECLINED)
CAPTURED = (
    *(Kind.PAID, Kind.TRIED, Kind.SAVED, Kind.REFUNDED, Kind.IN_PARTS, Kind.UNITS),
    Kind.DASHBOARD,
)
"""What two people capture at once, before anything else comes of it."""


class Errand(NamedTuple):
    """One order: so many units of each SKU, with codes, of a guest where there is no user.
    `has_cart`: they are put into a cart first. `shipping`: how they are sent. `has_credit`: the
    user is given some store credit, and pays with what there is."""

    number: int
    kind: Kind
    user: str | None
    units: dict[str, int]
    codes: list[str]
    has_cart: bool
    shipping: str
    has_credit: bool

    @property
    def card(self) -> str:
        """The number that it is paid with."""
        return CARDS.get(self.kind, ANY_CARD)


def errands(count: int, weights: Mapping[Kind, int], draw: random.Random) -> list[Errand]:
    """Draw so many; each kind comes at least once, where there is room."""
    kinds = [*weights, *draw.choices(list(weights), list(weights.values()), k=count)][:count]
    draw.shuffle(kinds)
    return [_errand(number, kind, draw) for number, kind in enumerate(kinds)]


def _errand(number: int, kind: Kind, draw: random.Random) -> Errand:
    """Every order has something of which there is stock; one in three has something of the last."""
    units = {draw.choice(TRACKED): draw.randint(2, 4)}
    if draw.random() < 1 / 3:
        units[LAST] = 1
    if draw.random() < 1 / 4:
        units[UNTRACKED] = 1
    codes = [GIFT] if kind is Kind.FREE else [FIRST] if draw.random() < 1 / 3 else []
    has_cart = draw.random() < 1 / 2
    user = f"own{number}" if has_cart else f"shared{number // 2}"  # a user has one cart
    is_guest = kind not in BY_SAVED_CARD and draw.random() < 1 / 4
    shipping = PICKUP if kind is Kind.FREE else PARCEL
    buyer = None if is_guest else user
    has_credit = not is_guest and draw.random() < 1 / 2
    return Errand(number, kind, buyer, units, codes, has_cart, shipping, has_credit)

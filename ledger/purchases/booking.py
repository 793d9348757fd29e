"""The booking: a movement of a provider's own book, as facts keep it."""

from __future__ import annotations

import msgspec

from ledger.purchases.notice import Money


class Booking(msgspec.Struct, frozen=True):
    """What a provider has kept, or paid out, at `moved_us`. `movement` is the id in its book, `of`
    the provider's id of what it is for. Money below zero has come back."""

    movement: str
    of: str
    money: Money
    moved_us: int

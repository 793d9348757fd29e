"""Abandoned carts: how many of one day were left with something in them and became no order."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class AbandonedCarts(msgspec.Struct, frozen=True):
    """Carts of a currency that were last changed on a day in UTC: how many, how many of them of
    guests, and the units that lay in all of them."""

    day: str
    currency: str
    carts: int
    guests: int
    units: int


class AbandonedSweep(NamedTuple):
    """The abandoned carts that one sweep has found in an org."""

    org: str
    sweep: str
    counts: list[AbandonedCarts]

"""The order return: units of an order that were sent and come back, and how far that is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from ledger.fulfilment.goods import GoodsLine
from ledger.inventory.condition import Condition
from ledger.kernel.errors import Invalid


class ReturnStatus(StrEnum):
    """Where an order return is."""

    REQUESTED = "requested"
    RECEIVED = "received"
    REFUNDED = "refunded"
    EXCHANGED = "exchanged"
    CANCELLED = "cancelled"


NEXT_OF: Mapping[ReturnStatus, tuple[ReturnStatus, ...]] = {
    ReturnStatus.REQUESTED: (ReturnStatus.RECEIVED, ReturnStatus.CANCELLED),
    ReturnStatus.RECEIVED: (ReturnStatus.REFUNDED, ReturnStatus.EXCHANGED),
    ReturnStatus.REFUNDED: (),
    ReturnStatus.EXCHANGED: (),
    ReturnStatus.CANCELLED: (),
}
"""Where an order return can go. One that is exchanged is as before when the new order is given up
unpaid, whoever asks."""


class ReceivedUnits(msgspec.Struct, frozen=True, omit_defaults=True):
    """So many units of a line that have come back, in one condition: to a location, or to where
    they had left."""

    line: int
    sku: str
    units: int
    condition: Condition
    location: str | None = None


class RestockedUnits(msgspec.Struct, frozen=True):
    """So many units of a SKU that stock has again at a location. Damaged ones are not on hand."""

    location: str
    sku: str
    units: int
    condition: Condition


class OrderReturn(msgspec.Struct, frozen=True, omit_defaults=True):
    """Units that come back. `refund`: that of their money, or of what they are worth more than the
    `new_order` that they are exchanged for, once it was asked for."""

    lines: list[GoodsLine]
    status: ReturnStatus = ReturnStatus.REQUESTED
    received: list[ReceivedUnits] = []
    refund: str | None = None
    new_order: str | None = None

    def check_next(self, to: ReturnStatus) -> None:
        """Raise Invalid where it cannot go there; it names where it can."""
        allowed = NEXT_OF[self.status]
        if to not in allowed:
            can = ", ".join(allowed) or "nothing"
            raise Invalid(
                f"the return is {self.status}: it can become {can}, not {to}.", field="status"
            )

    def units(self) -> dict[int, int]:
        """Return how many units of each line it has, or had when they came."""
        if self.status is ReturnStatus.CANCELLED:
            return {}
        found: dict[int, int] = {}
        for each in self.lines if self.status is ReturnStatus.REQUESTED else self.received:
            found[each.line] = found.get(each.line, 0) + each.units
        return found

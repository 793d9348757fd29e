"""The base of an order's returns, which their facts are written against: what they remember."""

from __future__ import annotations

from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import name_of
from ledger.returns.order_return import OrderReturn


class ReturnsBase(LedgerAggregate):
    """The returns of one order, without a word of what can be decided."""

    def __init__(self) -> None:
        self.returns: dict[str, OrderReturn] = {}

    @property
    def order(self) -> str:
        """The id of the order."""
        return name_of(self.id)


class ReturnsFact(LedgerAggregate.Event):
    """Something that happened to goods of an order that come back."""

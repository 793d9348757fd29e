"""Facts of order returns: one is requested, received, refunded, exchanged or given up."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from ledger.fulfilment.goods import GoodsLine
from ledger.kernel.aggregate import FirstFact, Reasoned
from ledger.kernel.ids import name_of
from ledger.returns.order_return import OrderReturn, ReceivedUnits, RestockedUnits, ReturnStatus
from ledger.returns.returns_base import ReturnsBase, ReturnsFact


class ReturnsOpened(ReturnsFact, FirstFact):
    """Something of an order is to come back for the first time."""

    TOPIC: ClassVar[str] = "returns.ReturnsOpened"


class ReturnRequested(Reasoned, ReturnsFact):
    """Units are to come back. `user`: whose order it is; none: a guest's. `reason`: the digest of
    an erasable text."""

    TOPIC: ClassVar[str] = "returns.ReturnRequested"
    fingerprint: str
    order_return: str
    lines: list[GoodsLine]
    user: str | None = None
    reason: str | None = None

    def apply(self, aggregate: ReturnsBase) -> None:
        aggregate.returns = {**aggregate.returns, self.order_return: OrderReturn(self.lines)}

    def person(self, subject: str) -> str:
        return self.user or name_of(self.originator_id)


class ReturnReceived(ReturnsFact):
    """Units have come, and no others of it will. `restocked`: what stock has again; of what no
    stock is kept there is none."""

    TOPIC: ClassVar[str] = "returns.ReturnReceived"
    fingerprint: str
    order_return: str
    received: list[ReceivedUnits]
    restocked: list[RestockedUnits]

    def apply(self, aggregate: ReturnsBase) -> None:
        moves(aggregate, self.order_return, status=ReturnStatus.RECEIVED, received=self.received)


class ReturnRefunded(ReturnsFact):
    """Their money is asked to go back, by that refund of the order."""

    TOPIC: ClassVar[str] = "returns.ReturnRefunded"
    fingerprint: str
    order_return: str
    refund: str

    def apply(self, aggregate: ReturnsBase) -> None:
        moves(aggregate, self.order_return, status=ReturnStatus.REFUNDED, refund=self.refund)


class ReturnExchanged(ReturnsFact):
    """What they come to pays a new order, by that exchange of the order; what they are worth more
    is asked to go back, by `refund`."""

    TOPIC: ClassVar[str] = "returns.ReturnExchanged"
    fingerprint: str
    order_return: str
    exchange: str
    new_order: str
    refund: str | None = None

    def apply(self, aggregate: ReturnsBase) -> None:
        moves(
            aggregate,
            self.order_return,
            status=ReturnStatus.EXCHANGED,
            refund=self.refund,
            new_order=self.new_order,
        )


class ReturnReopened(ReturnsFact):
    """The new order was given up unpaid: they can be refunded, or exchanged for something else."""

    TOPIC: ClassVar[str] = "returns.ReturnReopened"
    order_return: str

    def apply(self, aggregate: ReturnsBase) -> None:
        moves(aggregate, self.order_return, status=ReturnStatus.RECEIVED, new_order=None)


class ReturnCancelled(ReturnsFact):
    """The units do not come back, by this return."""

    TOPIC: ClassVar[str] = "returns.ReturnCancelled"
    fingerprint: str
    order_return: str

    def apply(self, aggregate: ReturnsBase) -> None:
        moves(aggregate, self.order_return, status=ReturnStatus.CANCELLED)


def moves(returns: ReturnsBase, order_return: str, **changed: object) -> None:
    """Take in that a return is further."""
    there = msgspec.structs.replace(returns.returns[order_return], **changed)
    returns.returns = {**returns.returns, order_return: there}

"""The returns of an order: all goods of it that come back. Their table of contents: what they can
decide.

All returns of an order are decided here, so that of any number at once each unit is in one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from ledger.fulfilment.goods import GoodsLine, LineUnits
from ledger.inventory.condition import Condition
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.ids import stream_id
from ledger.kernel.limits import RETURNS_PER_ORDER_MAX
from ledger.returns import return_facts
from ledger.returns.order_return import OrderReturn, ReceivedUnits, RestockedUnits, ReturnStatus
from ledger.returns.returns_base import ReturnsBase, ReturnsFact

RETURNS_STREAM = "returns"


class AskedReturn(NamedTuple):
    """What is to come back of a line: so many units; without: all that were sent."""

    line: int
    units: int | None = None


class CameBack(NamedTuple):
    """What has come back of a line, in one condition: to a location, or to where it had left."""

    line: int
    units: int
    condition: Condition = Condition.SELLABLE
    location: str | None = None


class Returns(ReturnsBase):
    """The returns of one order."""

    TOPIC: ClassVar[str] = "returns.Returns"
    STREAM: ClassVar[str] = f"{RETURNS_STREAM}/"

    def __init__(self) -> None:
        super().__init__()  # the library makes a dataclass of a class without one

    # -- facts -------------------------------------------------------------------------------

    Event = ReturnsFact
    ReturnsOpened = return_facts.ReturnsOpened
    ReturnRequested = return_facts.ReturnRequested
    ReturnReceived = return_facts.ReturnReceived
    ReturnRefunded = return_facts.ReturnRefunded
    ReturnExchanged = return_facts.ReturnExchanged
    ReturnReopened = return_facts.ReturnReopened
    ReturnCancelled = return_facts.ReturnCancelled

    # -- decisions ---------------------------------------------------------------------------

    @classmethod
    def open(cls, org: str, order: str, at: datetime) -> Returns:
        """Begin with the returns of an order."""
        return cls._create(cls.ReturnsOpened, id=returns_id(org, order), timestamp=at)

    def request(
        self,
        order_return: str,
        asked: Sequence[AskedReturn],
        lines: Iterable[LineUnits],
        at: datetime,
        *,
        user: str | None,
        reason: str | None,
        fingerprint: str,
    ) -> None:
        """Ask for units to come back that were sent and are in no return: all of them without
        `asked`. Raises Invalid and Conflict."""
        if len(self.returns) >= RETURNS_PER_ORDER_MAX:
            raise Conflict(f"an order has at most {RETURNS_PER_ORDER_MAX} returns.", field="id")
        claimed = self.units()
        there = {
            each.goods.line: GoodsLine(
                each.goods.line, each.goods.sku, each.shipped - claimed[each.goods.line]
            )
            for each in lines
        }
        self.trigger_event(
            self.ReturnRequested,
            timestamp=at,
            fingerprint=fingerprint,
            order_return=order_return,
            lines=_named(asked, there) if asked else _all(there.values()),
            user=user,
            reason=reason,
        )

    def check_receive(self, order_return: str, came: Sequence[CameBack]) -> list[ReceivedUnits]:
        """Return what has come of a return, of all of it without `came`: no more than is to come.
        Raises NotFound and Invalid."""
        found = self.find(order_return)
        found.check_next(ReturnStatus.RECEIVED)
        wanted = {each.line: each for each in found.lines}
        came = came or [CameBack(each.line, each.units) for each in found.lines]
        sums: Counter[int] = Counter()
        for place, each in enumerate(came):
            sums[each.line] += each.units
            has = wanted[each.line].units if each.line in wanted else 0
            if sums[each.line] > has:
                raise Invalid(
                    f"lines.{place} is more than comes back: the return has {has} units of line "
                    f"{each.line}.",
                    field=f"lines.{place}.units",
                )
        return [
            ReceivedUnits(
                each.line, wanted[each.line].sku, each.units, each.condition, each.location
            )
            for each in came
        ]

    def receive(
        self,
        order_return: str,
        received: list[ReceivedUnits],
        restocked: list[RestockedUnits],
        at: datetime,
        *,
        fingerprint: str,
    ) -> None:
        """Record that checked units have come."""
        self.trigger_event(
            self.ReturnReceived,
            timestamp=at,
            fingerprint=fingerprint,
            order_return=order_return,
            received=received,
            restocked=restocked,
        )

    def check_refund(self, order_return: str, *, has_failed: bool) -> OrderReturn:
        """Return a return whose money can go back: it was received and not refunded, or its refund
        has failed. Raises NotFound and Invalid."""
        found = self.find(order_return)
        if not (found.status is ReturnStatus.REFUNDED and has_failed):
            found.check_next(ReturnStatus.REFUNDED)
        return found

    def refund(self, order_return: str, refund: str, at: datetime, *, fingerprint: str) -> None:
        """Record by which refund the money of a checked return goes back."""
        self.trigger_event(
            self.ReturnRefunded,
            timestamp=at,
            fingerprint=fingerprint,
            order_return=order_return,
            refund=refund,
        )

    def check_exchange(self, order_return: str) -> OrderReturn:
        """Return a return that can be exchanged: it was received and not refunded. Raises NotFound
        and Invalid."""
        found = self.find(order_return)
        found.check_next(ReturnStatus.EXCHANGED)
        return found

    def exchange(
        self,
        order_return: str,
        exchange: str,
        new_order: str,
        refund: str | None,
        at: datetime,
        *,
        fingerprint: str,
    ) -> None:
        """Record for which new order a checked return is exchanged, and by which refund the rest
        of its money goes back."""
        self.trigger_event(
            self.ReturnExchanged,
            timestamp=at,
            fingerprint=fingerprint,
            order_return=order_return,
            exchange=exchange,
            new_order=new_order,
            refund=refund,
        )

    def reopen(self, order_return: str, at: datetime) -> None:
        """Have a return be as it was before its exchange."""
        self.trigger_event(self.ReturnReopened, timestamp=at, order_return=order_return)

    def cancel(self, order_return: str, at: datetime, *, fingerprint: str) -> None:
        """Give a return up of which nothing has come. Raises NotFound and Invalid."""
        self.find(order_return).check_next(ReturnStatus.CANCELLED)
        self.trigger_event(
            self.ReturnCancelled, timestamp=at, fingerprint=fingerprint, order_return=order_return
        )

    def find(self, order_return: str) -> OrderReturn:
        """Return a return. Raises NotFound."""
        if order_return not in self.returns:
            raise no_return()
        return self.returns[order_return]

    def units(self) -> Counter[int]:
        """Return how many units of each line have come back, or are to."""
        found: Counter[int] = Counter()
        for each in self.returns.values():
            found.update(each.units())
        return found


def returns_id(org: str, order: str) -> str:
    """Return the stream of the returns of an order."""
    return stream_id(org, RETURNS_STREAM, order)


def no_return() -> NotFound:
    """Return why nothing is found."""
    return NotFound("the order has no return of that id.", field="return")


def _named(asked: Sequence[AskedReturn], there: Mapping[int, GoodsLine]) -> list[GoodsLine]:
    if len({each.line for each in asked}) < len(asked):
        raise Invalid("lines names a line twice: name it once, with all its units.", field="lines")
    found = []
    for place, each in enumerate(asked):
        field = f"lines.{place}"
        if each.line not in there:
            raise Invalid(f"{field}.line must be a line of goods of the order.", field=field)
        line = there[each.line]
        if line.units <= 0 or (each.units or 0) > line.units:
            raise Conflict(
                f"of line {each.line} only {max(0, line.units)} units can come back: no more were "
                "sent, or the rest is in another return.",
                field=f"{field}.units",
            )
        found.append(GoodsLine(each.line, line.sku, each.units or line.units))
    return found


def _all(there: Iterable[GoodsLine]) -> list[GoodsLine]:
    found = [each for each in there if each.units > 0]
    if not found:
        raise Conflict(
            "nothing of the order can come back: nothing was sent, or all of it is in returns.",
            field="lines",
        )
    return found

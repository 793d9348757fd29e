"""Checks of returns: no unit comes back that was not sent, none twice, and what stock has again and
what is refunded or exchanged is what has come."""

from __future__ import annotations

from collections import Counter

import msgspec

from ledger.fulfilment.goods import GoodsLine
from ledger.fulfilment.shipment_facts import ShipmentCreated, ShipmentShipped
from ledger.inspection import Folded, Has, Inspection, pair
from ledger.inventory.condition import Condition
from ledger.inventory.stock_base import names_of
from ledger.inventory.stock_facts import StockReturned
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ordering.order_exchanges import OrderExchangeBegun
from ledger.ordering.order_facts import OrderPlaced
from ledger.ordering.order_refunds import OrderRefundRequested
from ledger.ordering.value_returns import OrderValueReturned
from ledger.ports import RecordedEvent
from ledger.returns.order_return import NEXT_OF, OrderReturn, ReturnStatus
from ledger.returns.return_facts import (
    ReturnCancelled,
    ReturnExchanged,
    ReturnReceived,
    ReturnRefunded,
    ReturnReopened,
    ReturnRequested,
)
from ledger.returns.returns_base import ReturnsFact

CHECK = "returns"

_Restocked = tuple[str, str, str, str, Condition]
"""An org, an order of it, a location, a SKU and in which condition it came."""


class ReturnsInspection(Inspection):
    """Follows each return, and pairs it with shipments, stock and refunds."""

    KINDS = WHOLE = (CHECK,)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._orders: set[tuple[str, str]] = set()
        self._shipments: dict[tuple[str, str, str], list[GoodsLine]] = {}
        """What stands in each shipment, by org, order and its id."""
        self._shipped: Counter[tuple[str, str, int]] = Counter()
        self._returns: dict[tuple[str, str, str], OrderReturn] = {}
        self._back: Counter[tuple[str, str, int]] = Counter()
        """How many units of each line have come back, or are to."""
        self._alone: Counter[_Restocked] = Counter()
        """What stock says has come back for an order, less what its returns say."""
        self._refunds: dict[tuple[str, str, str], tuple[str, dict[int, int]]] = {}
        """Refunds and exchanges that say of which return they are, with their units, until that
        says so."""
        self._exchanges: set[tuple[str, str, str]] = set()

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        of = event.org, name_of(fact.originator_id)
        match fact:
            case OrderPlaced():
                self._orders.add(of)
            case ShipmentCreated():
                self._shipments[*of, fact.shipment] = fact.lines
            case ShipmentShipped():
                for each in self._shipments.get((*of, fact.shipment), ()):
                    self._shipped[*of, each.line] += each.units
            case StockReturned() if (event.org, fact.reservation.owner) in self._orders:
                org, location, sku = names_of(fact.originator_id)
                back = (org, fact.reservation.owner, location, sku, fact.condition)
                pair(self._alone, back, fact.quantity)
            case OrderRefundRequested() | OrderValueReturned() | OrderExchangeBegun():
                self._hear(fact, of)
            case ReturnsFact():
                self.report[CHECK].checked += 1
                self._follow(event, fact, of)

    def _follow(self, event: RecordedEvent, fact: ReturnsFact, of: tuple[str, str]) -> None:
        match fact:
            case ReturnRequested():
                is_new = (*of, fact.order_return) not in self._returns
                self._expect(event, is_new, "a return is requested twice")
                self._put(event, of, fact.order_return, OrderReturn(fact.lines))
            case ReturnReceived():
                self._receive(event, fact, of)
            case ReturnRefunded():
                self._refund(event, fact, of)
            case ReturnExchanged():
                self._exchange(event, fact, of)
            case ReturnReopened():
                self._reopen(event, fact, of)
            case ReturnCancelled():
                self._move(event, of, fact.order_return, ReturnStatus.CANCELLED)

    def _receive(self, event: RecordedEvent, fact: ReturnReceived, of: tuple[str, str]) -> None:
        before = self._returns.get((*of, fact.order_return))
        wanted = before.units() if before is not None else {}
        self._move(event, of, fact.order_return, ReturnStatus.RECEIVED, received=fact.received)
        after = self._returns[*of, fact.order_return].units() if before is not None else {}
        is_asked = all(units <= wanted.get(line, 0) for line, units in after.items())
        self._expect(event, is_asked, "more has come than was to come back")
        came: Counter[tuple[str, Condition]] = Counter()
        for each in fact.received:
            came[each.sku, each.condition] += each.units
        restocked: Counter[tuple[str, Condition]] = Counter()
        for part in fact.restocked:
            restocked[part.sku, part.condition] += part.units
            pair(self._alone, (*of, part.location, part.sku, part.condition), -part.units)
        is_what_came = all(came[what] == units for what, units in restocked.items())
        self._expect(event, is_what_came, "other stock is back than has come")

    def _refund(self, event: RecordedEvent, fact: ReturnRefunded, of: tuple[str, str]) -> None:
        refund = self._refunds.pop((*of, fact.refund), None)
        found = self._returns.get((*of, fact.order_return))
        is_its = found is not None and refund == (fact.order_return, found.units())
        self._expect(event, is_its, "other units are refunded than have come back")
        if found is not None and found.status is not ReturnStatus.REFUNDED:  # the first had failed
            self._move(event, of, fact.order_return, ReturnStatus.REFUNDED)

    def _exchange(self, event: RecordedEvent, fact: ReturnExchanged, of: tuple[str, str]) -> None:
        parts = [self._refunds.pop((*of, fact.exchange), None)]
        if fact.refund is not None:
            parts.append(self._refunds.pop((*of, fact.refund), None))
        units: Counter[int] = Counter()
        for part in parts:
            units.update(part[1] if part is not None else {})
        found = self._returns.get((*of, fact.order_return))
        is_of_it = all(each is not None and each[0] == fact.order_return for each in parts)
        is_its = is_of_it and found is not None and units == Counter(found.units())
        self._expect(event, is_its, "other units are exchanged than have come back")
        self._move(event, of, fact.order_return, ReturnStatus.EXCHANGED)

    def _reopen(self, event: RecordedEvent, fact: ReturnReopened, of: tuple[str, str]) -> None:
        found = self._returns.get((*of, fact.order_return))
        if found is None or found.status is not ReturnStatus.EXCHANGED:
            self._find(event, "a return is open again that was not exchanged")
        else:
            again = msgspec.structs.replace(found, status=ReturnStatus.RECEIVED)
            self._put(event, of, fact.order_return, again)

    def _hear(
        self,
        fact: OrderRefundRequested | OrderValueReturned | OrderExchangeBegun,
        of: tuple[str, str],
    ) -> None:
        """Take in of which return a refund or an exchange says it is, and of which units: those of
        an exchange are known from when it is begun."""
        name = (*of, fact.exchange if isinstance(fact, OrderExchangeBegun) else fact.refund)
        if fact.of_return is None or name in self._exchanges:
            return
        _, units = self._refunds.get(name, ("", {}))
        for line in fact.lines:
            units[line.line] = units.get(line.line, 0) + line.units
        self._refunds[name] = fact.of_return, units
        if isinstance(fact, OrderExchangeBegun):
            self._exchanges.add(name)

    def _move(
        self,
        event: RecordedEvent,
        of: tuple[str, str],
        name: str,
        to: ReturnStatus,
        **changed: object,
    ) -> None:
        found = self._returns.get((*of, name))
        if found is None or to not in NEXT_OF[found.status]:
            self._find(event, f"a return becomes {to} that cannot")
        if found is not None:
            self._put(event, of, name, msgspec.structs.replace(found, status=to, **changed))

    def _put(
        self, event: RecordedEvent, of: tuple[str, str], name: str, found: OrderReturn
    ) -> None:
        """Take in how a return is now, and count what comes back by it."""
        before = self._returns.get((*of, name))
        for line, units in (before.units() if before is not None else {}).items():
            self._back[*of, line] -= units
        self._returns[*of, name] = found
        for line, units in found.units().items():
            self._back[*of, line] += units
            if self._back[*of, line] > self._shipped[*of, line]:
                self._find(event, f"more of line {line} comes back than was sent")

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare what stock has again, and refunds, with what returns say."""
        if not self.whole:
            return
        for org, order, location, sku, condition in sorted(self._alone):
            detail = f"what is back of {sku}, {condition}, at {location} is not what returns say"
            self.report[CHECK].find(Place(org, row=f"order {order}"), detail)
        for org, order, refund in sorted(self._refunds):
            detail = f"the refund {refund} is of a return that does not say so"
            self.report[CHECK].find(Place(org, row=f"order {order}"), detail)

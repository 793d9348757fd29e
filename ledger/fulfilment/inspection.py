"""Checks of fulfilment: no more of a line is sent than was ordered and not paid back, a shipment
leaves once and not before its money came, and the stock that has left for an order is that of its
shipments."""

from __future__ import annotations

from collections import Counter

from ledger.fulfilment.fulfilment_base import FulfilmentFact
from ledger.fulfilment.goods import LineUnits, goods_of, moved_of, progress_of, units_by_sku
from ledger.fulfilment.shipment import NEXT_OF, Shipment, ShipmentStatus, lines_of
from ledger.fulfilment.shipment_facts import (
    FulfilmentOpened,
    GoodsWithdrawn,
    ShipmentCancelled,
    ShipmentCreated,
    ShipmentDelivered,
    ShipmentShipped,
)
from ledger.inspection import Folded, Has, Inspection, pair
from ledger.internal_transfers.internal_transfer import InternalTransfer, line_of
from ledger.inventory.reservation import Part
from ledger.inventory.reservation_facts import StockShipped
from ledger.inventory.stock_base import names_of
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ordering.order_captures import OrderLessened, OrderPaymentAuthorised
from ledger.ordering.order_facts import OrderPlaced, OrderProgressed
from ledger.ordering.order_payments import OrderPaid
from ledger.ordering.order_terms import OrderTerms
from ledger.ports import RecordedEvent

CHECK = "fulfilment"


class _Seen:
    """What one order was seen to have of goods, and to move, and what became of both."""

    __slots__ = ("goods", "moved", "owed", "sent", "shipments", "withdrawn")

    def __init__(self, terms: OrderTerms) -> None:
        self.goods = goods_of(terms)
        self.moved = moved_of(terms)
        self.shipments: dict[str, Shipment] = {}
        self.withdrawn: Counter[int] = Counter()
        self.owed = 0
        """What a bank keeps for it, and is not captured yet."""
        self.sent: Counter[int] = Counter()
        """Of what is moved how many units of each line."""

    def lines(self) -> list[LineUnits]:
        """Return what became of each line."""
        moved = [
            LineUnits(each, withdrawn=self.withdrawn[each.line], shipped=self.sent[each.line])
            for each in self.moved
        ]
        return lines_of(self.goods, self.withdrawn, self.shipments.values()) + moved


class FulfilmentInspection(Inspection):
    """Follows each unit of each order into shipments, and pairs those with the stock."""

    KINDS = WHOLE = (CHECK,)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._orders: dict[tuple[str, str], _Seen] = {}
        self._alone: Counter[tuple[str, str, str, str]] = Counter()
        """What stock says has left for an order, less what its shipments say, by org, order,
        location and SKU."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        order = event.org, name_of(fact.originator_id)
        match fact:
            case OrderPlaced():
                self._orders[order] = _Seen(fact.terms)
            case OrderProgressed() if (seen := self._orders.get(order)) is not None:
                self.report[CHECK].checked += 1
                is_so = fact.status is progress_of(seen.lines())
                self._expect(event, is_so, "the order is not as far as it says")
            case StockShipped() if (event.org, fact.reservation.owner) in self._orders:
                _, location, sku = names_of(fact.originator_id)
                part = Part(location, sku, fact.quantity)
                self._pair(event.org, fact.reservation.owner, part, fact.quantity)
            case OrderPaymentAuthorised() if (seen := self._orders.get(order)) is not None:
                seen.owed = fact.money.amount
            case OrderLessened() if (seen := self._orders.get(order)) is not None:
                seen.owed -= fact.money.amount
            case OrderPaid() if (seen := self._orders.get(order)) is not None:
                seen.owed = 0
            case InternalTransfer.Event():
                self._see_moved(event, fact)
            case FulfilmentFact():
                self.report[CHECK].checked += 1
                self._follow(event, fact, self._orders.get(order))

    def _see_moved(self, event: RecordedEvent, fact: InternalTransfer.Event) -> None:
        order, line = line_of(name_of(fact.originator_id))
        if (seen := self._orders.get((event.org, order))) is None:
            return
        match fact:
            case InternalTransfer.InternalTransferSent():
                seen.sent[line] += fact.units
            case InternalTransfer.InternalTransferWithdrawn():
                seen.withdrawn[line] += fact.units

    def _follow(self, event: RecordedEvent, fact: FulfilmentFact, seen: _Seen | None) -> None:
        if seen is None:
            self._find(event, "something is sent of an order that was not placed")
            return
        match fact:
            case FulfilmentOpened():
                self._expect(event, fact.goods == seen.goods, "the goods are not the order's")
            case ShipmentCreated():
                self._create(event, fact, seen)
            case ShipmentShipped():
                self._ship(event, fact, seen)
            case ShipmentDelivered():
                self._move(event, seen, fact.shipment, ShipmentStatus.DELIVERED)
            case ShipmentCancelled():
                self._move(event, seen, fact.shipment, ShipmentStatus.CANCELLED)
            case GoodsWithdrawn():
                for each in fact.lines:
                    seen.withdrawn[each.line] += each.units
                self._count(event, seen)

    def _create(self, event: RecordedEvent, fact: ShipmentCreated, seen: _Seen) -> None:
        skus = {each.line: each.sku for each in seen.goods}
        is_of_it = all(skus.get(each.line) == each.sku and each.units > 0 for each in fact.lines)
        self._expect(event, is_of_it, "a shipment has what the order does not")
        self._expect(event, fact.shipment not in seen.shipments, "a shipment is made twice")
        seen.shipments[fact.shipment] = Shipment(fact.lines, fact.location)
        named = {each.line for each in fact.lines}
        for each in seen.lines():
            if each.goods.line in named and each.allotted > each.to_ship:
                self._find(event, f"more of line {each.goods.line} is in shipments than there is")

    def _ship(self, event: RecordedEvent, fact: ShipmentShipped, seen: _Seen) -> None:
        shipment = self._move(event, seen, fact.shipment, ShipmentStatus.SHIPPED)
        taken: Counter[str] = Counter()
        for part in fact.parts:
            taken[part.sku] += part.quantity
            self._pair(event.org, name_of(fact.originator_id), part, -part.quantity)
        sent = units_by_sku(shipment.lines if shipment is not None else ())
        is_its = all(sent.get(sku) == units for sku, units in taken.items())
        self._expect(event, is_its, "other stock has left than the shipment has")
        self._expect(event, not seen.owed, "goods have left whose money was not captured")
        self._count(event, seen)

    def _move(
        self, event: RecordedEvent, seen: _Seen, name: str, to: ShipmentStatus
    ) -> Shipment | None:
        shipment = seen.shipments.get(name)
        if shipment is None or to not in NEXT_OF[shipment.status]:
            self._find(event, f"a shipment becomes {to} that cannot")
        if shipment is not None:
            seen.shipments[name] = Shipment(shipment.lines, shipment.location, status=to)
        return shipment

    def _count(self, event: RecordedEvent, seen: _Seen) -> None:
        for each in seen.lines():
            if each.shipped + each.withdrawn > each.goods.units:
                self._find(event, f"more of line {each.goods.line} is sent than was ordered")

    def _pair(self, org: str, order: str, part: Part, quantity: int) -> None:
        pair(self._alone, (org, order, part.location, part.sku), quantity)

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare the stock that has left with what shipments say."""
        for org, order, location, sku in sorted(self._alone) if self.whole else ():
            detail = f"what has left of {sku} at {location} is not what its shipments say"
            self.report[CHECK].find(Place(org, row=f"order {order}"), detail)

"""Returns: `RequestReturn`, `ReceiveReturn`, `RefundReturn`, `ExchangeReturn` and
`CancelReturn`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from api.commands.by import By
from api.commands.command import KeyedCommand
from api.commands.fulfilment.lookup import fulfilment_refs
from api.commands.inventory import reserving
from api.commands.inventory.lookup import require_location
from api.commands.ordering import exchanging
from api.commands.ordering.holdings import found_of
from api.commands.ordering.lookup import find_order
from api.commands.ordering.placing import PlaceOrder
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.fulfilment.fulfilment import Fulfilment, fulfilment_id
from ledger.inventory.condition import Condition
from ledger.inventory.reservation import StockLine
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.money import format_amount
from ledger.kernel.texts import Text
from ledger.ordering.order import Order
from ledger.ordering.refund_shares import AskedLine
from ledger.ordering.value_payment import ValuePayment, sum_of
from ledger.returns.order_return import OrderReturn, ReceivedUnits, RestockedUnits
from ledger.returns.returns import AskedReturn, CameBack, Returns, no_return, returns_id
from ledger.stored_value.value_source import of_exchange


@dataclass(frozen=True)
class _OfReturn(KeyedCommand):
    """A command on one return of an order."""

    order: str
    order_return: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        returns = [(Returns, returns_id(self.org, self.order))]
        return [*fulfilment_refs(unit, self.org, self.order), *returns]

    def found(self, unit: UnitOfWork) -> Returns:
        """Return the returns of the order. Refused where there is none."""
        find_order(unit, self.org, self.order)
        found = unit.get(Returns, returns_id(self.org, self.order))
        if found is None:
            raise no_return()
        return found


@dataclass(frozen=True)
class RequestReturn(_OfReturn):
    """Ask for units of an order to come back that were sent: all of them without lines."""

    lines: tuple[AskedReturn, ...] = ()
    reason: Text | None = None

    operation: ClassVar[str] = "orders/returns"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def person_of_text(self, unit: UnitOfWork) -> str:
        return find_order(unit, self.org, self.order).person

    def effect(self, unit: UnitOfWork) -> PendingFact:
        order, at = find_order(unit, self.org, self.order), unit.now(self.org)
        fulfilment = unit.get(Fulfilment, fulfilment_id(self.org, self.order))
        found = unit.get(Returns, returns_id(self.org, self.order))
        returns = found or Returns.open(self.org, self.order, at)
        returns.request(
            self.order_return,
            self.lines,
            fulfilment.lines() if fulfilment is not None else (),
            at,
            user=order.user,
            reason=self.reason.digest if self.reason else None,
            fingerprint=self.fingerprint,
        )
        return unit.record(returns, self.actor, self.key)


@dataclass(frozen=True)
class ReceiveReturn(_OfReturn):
    """Say what has come of a return, each unit sellable or damaged: all of it, sellable, without
    `came`. Stock has again what it had."""

    came: tuple[CameBack, ...] = ()

    operation: ClassVar[str] = "orders/returns/receive"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        returns, order = self.found(unit), find_order(unit, self.org, self.order)
        received = returns.check_receive(self.order_return, self.came)
        for location in {each.location for each in received if each.location is not None}:
            require_location(unit, self.org, location, "lines")
        restocked = self._restock(unit, order, received)
        at = unit.now(self.org)
        returns.receive(self.order_return, received, restocked, at, fingerprint=self.fingerprint)
        return unit.record(returns, self.actor, self.key)

    def _restock(
        self, unit: UnitOfWork, order: Order, received: list[ReceivedUnits]
    ) -> list[RestockedUnits]:
        """Have stock have again what was reserved for the order; of what no stock is kept, none."""
        tracked = {each.sku for each in order.parts}
        groups: dict[tuple[Condition, str | None], Counter[str]] = {}
        for each in received:
            if each.sku in tracked:
                group = groups.setdefault((each.condition, each.location), Counter())
                group[each.sku] += each.units
        coming = [
            reserving.Coming([StockLine(*each) for each in units.items()], condition, location)
            for (condition, location), units in groups.items()
        ]
        if not coming:
            return []
        taken = reserving.take_back_found(unit, self.org, found_of(order), coming, By(self.actor))
        return [
            RestockedUnits(location, sku, units, condition)
            for (location, sku, condition), units in taken.units.items()
        ]


@dataclass(frozen=True)
class RefundReturn(_OfReturn):
    """Ask for the money of what has come to go back: the exact shares of its units. `refund` is the
    id of the order's refund."""

    refund: str

    operation: ClassVar[str] = "orders/returns/refund"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        returns, order = self.found(unit), find_order(unit, self.org, self.order)
        before = order.refunds.get(returns.find(self.order_return).refund or "")
        has_failed = before is not None and not before.lives
        found, at = (
            returns.check_refund(self.order_return, has_failed=has_failed),
            unit.now(self.org),
        )
        asked = _lines_of(found)
        order.request_refund(self.refund, asked, None, at, of_return=self.order_return)
        unit.record(order, self.actor)
        returns.refund(self.order_return, self.refund, at, fingerprint=self.fingerprint)
        return unit.record(returns, self.actor, self.key)


@dataclass(frozen=True)
class ExchangeReturn(_OfReturn):
    """Exchange what has come for a `new` order: its units, worth what a refund of them is, pay
    that first, and what they are worth more goes back by `refund`. All of it, or nothing."""

    exchange: str
    refund: str
    expected_value: int
    new: PlaceOrder

    operation: ClassVar[str] = "orders/returns/exchange"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [*super().needs(unit), *self.new.needs(unit)]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        returns, order = self.found(unit), find_order(unit, self.org, self.order)
        asked = _lines_of(returns.check_exchange(self.order_return))
        value = order.check_exchange(asked)
        self._check_told(value, order.terms.currency)
        exchanging.check_in_a_row(unit, self.org, order)
        gives = ValuePayment(of_exchange(self.order).path, value)
        new = replace(self.new, known_contact=order.contact, exchange=gives)
        prepared, at = new.prepare(unit), unit.now(self.org)
        amount = sum_of(each for each in prepared.wanted.paid_from if each.is_exchange)
        if not amount:
            raise Invalid(
                "lines cost nothing: refund the return, and order them by themselves.",
                field="lines",
            )
        rest = order.begin_exchange(
            self.exchange, new.order, asked, amount, self.refund, at, of_return=self.order_return
        )
        unit.record(order, self.actor)
        returns.exchange(
            self.order_return,
            self.exchange,
            new.order,
            self.refund if rest else None,
            at,
            fingerprint=self.fingerprint,
        )
        exchanged = unit.record(returns, self.actor, self.key)
        new.place(unit, prepared)
        return exchanged

    def _check_told(self, value: int, currency: str) -> None:
        if value != self.expected_value:
            now = format_amount(value, currency)
            raise Conflict(
                f"what has come is worth {now} {currency} now: show the buyer, and send that as "
                "expected_value.",
                field="expected_value",
            )


@dataclass(frozen=True)
class CancelReturn(_OfReturn):
    """Give a return up of which nothing has come."""

    operation: ClassVar[str] = "orders/returns/cancel"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        returns = self.found(unit)
        returns.cancel(self.order_return, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(returns, self.actor, self.key)


def _lines_of(found: OrderReturn) -> list[AskedLine]:
    return [AskedLine(line, units) for line, units in found.units().items()]

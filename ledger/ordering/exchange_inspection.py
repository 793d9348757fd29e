"""Checks of exchanges: what one order says that it gives for another is what that says that it has,
and nobody is sent more than a new order has given back."""

from __future__ import annotations

from collections import Counter

from ledger.inspection import Folded, Has, Inspection, pair
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ordering.order_base import OrderFact
from ledger.ordering.order_exchanges import (
    OrderExchangeBegun,
    OrderExchangeEnded,
    OrderExchangeReturned,
)
from ledger.ordering.order_facts import OrderCancelled, OrderConfirmed, OrderPlaced
from ledger.ordering.order_payments import OrderPaymentExpired, OrderPaymentFailed
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundRequested
from ledger.ordering.value_payment import ValuePayment
from ledger.ordering.value_returns import OrderValueReturned
from ledger.ports import RecordedEvent

CHECK = "exchanges"
_RESERVED, _PAID, _BACK = "reserved", "paid", "given back"

_Of = tuple[str, str]
"""An org, and an order of it."""

_HasOf = tuple[str, str, int, str]
"""What a new order has of another: that, the currency, how much, and whether it is reserved, paid
or neither any more."""


class ExchangeInspection(Inspection):
    """Pairs what two orders say of each other, and follows what goes on to buyers."""

    KINDS = WHOLE = (CHECK,)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._new: dict[_Of, _HasOf] = {}
        """The new orders, and what each has of another."""
        self._begun: dict[tuple[str, str, str], tuple[str, int]] = {}
        """What is to be paid by an order to a new one, in which currency."""
        self._alone: Counter[tuple[str, str, str, str]] = Counter()
        """What new orders say less what the others do, by org, both and what."""
        self._owed: Counter[_Of] = Counter()
        """What new orders have given back to an order, less what that has sent on."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole or not isinstance(fact, OrderFact):
            return
        order = name_of(fact.originator_id)
        if isinstance(fact, OrderExchangeBegun | OrderExchangeEnded | OrderExchangeReturned):
            self._see_exchange(event, fact, order)
            return
        match fact:
            case OrderPlaced():
                self._place(event, fact, order)
            case OrderPaymentFailed() | OrderPaymentExpired() | OrderCancelled():
                self._become(event, order, "", _RESERVED, -1)
            case OrderConfirmed():
                self._become(event, order, _PAID, _PAID, 1)
            case OrderValueReturned():
                self._return(event, fact, order)
            case OrderRefundRequested() if fact.of_exchange:
                self._send(event, order, fact.money.amount)
            case OrderRefundFailed() if fact.of_exchange:
                self._send(event, order, -fact.money.amount)

    def _see_exchange(
        self,
        event: RecordedEvent,
        fact: OrderExchangeBegun | OrderExchangeEnded | OrderExchangeReturned,
        order: str,
    ) -> None:
        self.report[CHECK].checked += 1
        match fact:
            case OrderExchangeBegun():
                self._begun[event.org, order, fact.new_order] = fact.currency, fact.amount
                self._say(event, order, fact.new_order, _RESERVED, -fact.amount)
                self._expect(event, fact.amount > 0, "nothing is exchanged")
            case OrderExchangeEnded():
                _, amount = self._begun.get((event.org, order, fact.new_order), ("", 0))
                self._say(event, order, fact.new_order, _RESERVED, amount)
            case OrderExchangeReturned():
                self._say(event, order, fact.new_order, _BACK, -fact.amount)
                self._owed[event.org, order] += fact.amount

    def _place(self, event: RecordedEvent, fact: OrderPlaced, order: str) -> None:
        had = [each for each in fact.paid_from if each.is_exchange]
        self._expect(event, len(had) < 2, "it is exchanged for several orders")
        for each in had:
            of, currency = each.of.name, fact.terms.currency
            self._new[event.org, order] = of, currency, each.amount, _RESERVED
            self._say(event, of, order, _RESERVED, each.amount)
            begun = self._begun.get((event.org, of, order))
            is_agreed = begun == (currency, each.amount)
            self._expect(event, is_agreed, "it is paid by an exchange that was not begun")

    def _become(self, event: RecordedEvent, order: str, to: str, what: str, sign: int) -> None:
        """Follow a new order that gives up, or takes, what is reserved for it."""
        of, currency, amount, now = self._new.get((event.org, order), ("", "", 0, ""))
        if now == _RESERVED:
            self._say(event, of, order, what, sign * amount)
            self._new[event.org, order] = of, currency, amount, to
        elif of and to:
            self._find(event, "a new order takes what it has let go of")

    def _return(self, event: RecordedEvent, fact: OrderValueReturned, order: str) -> None:
        """Follow what pays a new order, or comes back from one, and what goes on from here."""
        for each in fact.values:
            if each.is_exchange:
                self._exchange(event, fact, order, each)
        if fact.of_exchange:
            self._send(event, order, fact.amount)

    def _exchange(
        self, event: RecordedEvent, fact: OrderValueReturned, order: str, part: ValuePayment
    ) -> None:
        has = self._new.get((event.org, order))
        if has is not None and has[0] == part.of.name:
            self._say(event, part.of.name, order, _BACK, part.amount)
            return
        begun = self._begun.get((event.org, order, part.of.name))
        self._expect(event, begun == (fact.currency, part.amount), "other is paid than was begun")
        self._say(event, order, part.of.name, _PAID, -part.amount)

    def _send(self, event: RecordedEvent, order: str, amount: int) -> None:
        """Follow what a new order has given back to its buyer."""
        self._owed[event.org, order] -= amount
        is_less = self._owed[event.org, order] >= 0
        self._expect(event, is_less, "more goes on than a new order has given back")

    def _say(self, event: RecordedEvent, order: str, new: str, what: str, amount: int) -> None:
        pair(self._alone, (event.org, order, new, what), amount)

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Find what only one of both says."""
        for org, order, new, what in sorted(self._alone):
            detail = f"what is {what} for {new} is not the same there"
            self.report[CHECK].find(Place(org, row=f"order {order}"), detail)

"""Checks of the values that orders are paid from: what gift cards and store credit say of an order
is what it says itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ledger.inspection import Folded, Has, Inspection, pair
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ordering.order_base import OrderFact
from ledger.ordering.order_facts import OrderCancelled, OrderConfirmed, OrderPlaced
from ledger.ordering.order_payments import OrderPaymentExpired, OrderPaymentFailed
from ledger.ordering.value_payment import ValuePayment, sum_of
from ledger.ordering.value_returns import OrderValueReturned
from ledger.ports import RecordedEvent
from ledger.stored_value.value_base import ClaimFact
from ledger.stored_value.value_facts import (
    ClaimExpired,
    ClaimReleased,
    ClaimSettled,
    ValueClaimed,
    ValueGivenBack,
)

CHECK = "order_values"
_CLAIMED, _SPENT, _GIVEN_BACK = "claimed", "spent", "given back"


class _Seen:
    """What one order was seen to be paid from, whether it has that, and has spent it."""

    __slots__ = ("has", "is_spent", "left", "paid_from")

    def __init__(self, paid_from: list[ValuePayment]) -> None:
        self.paid_from = paid_from
        self.has = True
        self.is_spent = False
        self.left = Counter({each.source: each.amount for each in paid_from})
        """What of each has not gone back."""


class OrderValueInspection(Inspection):
    """Pairs what orders and stored values say of each other."""

    KINDS = WHOLE = (CHECK,)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._orders: dict[tuple[str, str], _Seen] = {}
        self._alone: Counter[tuple[str, str, str, str]] = Counter()
        """What orders say less what stored values do, by org, order, source and what."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        if isinstance(fact, OrderPlaced):
            self._place(event, fact)
        elif isinstance(fact, OrderFact):
            self._follow(event, fact)
        elif isinstance(fact, ClaimFact):
            self._take_back(event, fact)

    def _place(self, event: RecordedEvent, fact: OrderPlaced) -> None:
        order, paid_from = name_of(fact.originator_id), fact.paid_from
        self.report[CHECK].checked += 1
        self._orders[event.org, order] = _Seen(paid_from)
        self._say(event, order, _CLAIMED, paid_from)
        is_some = all(each.amount > 0 for each in paid_from)
        is_each_once = len({each.source for each in paid_from}) == len(paid_from)
        if not (is_some and is_each_once and sum_of(paid_from) <= fact.terms.to_pay):
            self._find(event, "what it is paid from does not add up")

    def _follow(self, event: RecordedEvent, fact: OrderFact) -> None:
        order = name_of(fact.originator_id)
        seen = self._orders.get((event.org, order))
        if seen is None:
            return
        match fact:
            case OrderPaymentFailed() | OrderPaymentExpired() | OrderCancelled():
                if seen.has and not seen.is_spent:
                    self._say(event, order, _CLAIMED, seen.paid_from, -1)
                    seen.has = False
            case OrderConfirmed():
                if not seen.has:
                    self._say(event, order, _CLAIMED, seen.paid_from)
                self._say(event, order, _SPENT, seen.paid_from)
                seen.has = seen.is_spent = True
                if fact.spent != sum_of(seen.paid_from):
                    self._find(event, "it has spent other than what it is paid from")
            case OrderValueReturned():
                self._say(event, order, _GIVEN_BACK, fact.values)
                self._give_back(event, fact, seen)

    def _give_back(self, event: RecordedEvent, fact: OrderValueReturned, seen: _Seen) -> None:
        for each in fact.values:
            if each.is_exchange and each.source not in seen.left:
                continue  # it pays a new order: the check of exchanges looks at that
            seen.left[each.source] -= each.amount
            if not seen.is_spent or each.amount <= 0 or seen.left[each.source] < 0:
                self._find(event, "more goes back than was spent")
        if not fact.of_exchange and sum(line.amount for line in fact.lines) != fact.amount:
            self._find(event, "what goes back is not that of the lines")

    def _take_back(self, event: RecordedEvent, fact: ClaimFact) -> None:
        """Have what a stored value says of one of our orders meet what that says."""
        if (event.org, fact.order) not in self._orders:
            return
        payments = [ValuePayment(fact.path, fact.amount)]
        match fact:
            case ValueClaimed():
                self._say(event, fact.order, _CLAIMED, payments, -1)
            case ClaimReleased() | ClaimExpired():
                self._say(event, fact.order, _CLAIMED, payments)
            case ClaimSettled():
                self._say(event, fact.order, _SPENT, payments, -1)
            case ValueGivenBack():
                self._say(event, fact.order, _GIVEN_BACK, payments, -1)

    def _say(
        self,
        event: RecordedEvent,
        order: str,
        what: str,
        payments: Iterable[ValuePayment],
        sign: int = 1,
    ) -> None:
        for each in payments:
            if each.is_exchange:
                continue
            pair(self._alone, (event.org, order, each.source, what), sign * each.amount)

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Find what only one of both says."""
        for org, order, source, what in sorted(self._alone):
            detail = f"what it has {what} of {source} is not the same there"
            self.report[CHECK].find(Place(org, row=f"order {order}"), detail)

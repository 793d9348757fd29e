"""Checks of orders: sums are those of their lines, no more goes back than came in, a cart has one
living order, and what an order holds is what it says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container

from ledger.inspection import Folded, Has, Inspection
from ledger.invoices.inspection import Numbered, numbered_by
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ordering.cart_checkout import CartCheckout
from ledger.ordering.order_base import OrderFact, RefundedLine
from ledger.ordering.order_captures import (
    OrderCaptureRequested,
    OrderLessened,
    OrderPaymentAuthorised,
    OrderPaymentVoided,
)
from ledger.ordering.order_facts import OrderCancelled, OrderConfirmed, OrderPlaced
from ledger.ordering.order_fees import OrderFeeRecorded
from ledger.ordering.order_payments import (
    OrderPaid,
    OrderPaymentBegun,
    OrderPaymentExpired,
    OrderPaymentFailed,
    StrayMoneyCame,
)
from ledger.ordering.order_refunds import (
    OrderRefundFailed,
    OrderRefundFound,
    OrderRefundPaid,
    OrderRefundRequested,
)
from ledger.ordering.order_terms import OrderTerms, PlacedLine, PlacedShipping
from ledger.ordering.past_order_facts import OrderImported
from ledger.ordering.past_order_id import past_order_id
from ledger.ordering.refund_shares import paid_lines
from ledger.ordering.value_payment import sum_of
from ledger.ordering.value_returns import OrderValueReturned
from ledger.ports import RecordedEvent
from ledger.purchases.movement_inspection import BookMovement, is_payment, movement_of
from ledger.purchases.notice import Money


@movement_of.register
def _kept(fact: OrderFeeRecorded) -> BookMovement:
    return BookMovement(fact.provider, fact.booking.movement, is_of_payment=True)


@is_payment.register
def _paid(fact: OrderPaid) -> bool:
    return True


@is_payment.register
def _strayed(fact: StrayMoneyCame) -> bool:
    return True


@numbered_by.register
def _confirmed(fact: OrderConfirmed) -> Numbered:
    return Numbered(fact.number, name_of(fact.originator_id))


class _Seen:
    """What one order was seen to come to, to be paid and to give back."""

    __slots__ = (
        *("authorised", "captured", "less", "lines", "money", "pending", "refunds", "returned"),
        "taken",
    )

    def __init__(self, placed: OrderPlaced) -> None:
        terms = placed.terms
        self.money = Money(terms.to_pay - sum_of(placed.paid_from), terms.currency)
        """What has to come in: what gift cards and store credit leave."""
        self.lines = [(line.units, line.to_pay) for line in paid_lines(terms)]
        self.authorised: str | None = None
        """The payment whose money a bank keeps, or kept."""
        self.less = 0
        """What of the money is captured no more."""
        self.captured: dict[str, Money] = {}
        self.taken: str | None = None
        self.refunds: dict[str, tuple[str, int, list[RefundedLine]]] = {}
        """Those that are on their way or back, by what they are of."""
        self.pending: set[str] = set()
        """Those that were asked for, and may fail."""
        self.returned: list[RefundedLine] = []
        """What has gone back to gift cards and store credit, or is captured no more."""

    @property
    def left(self) -> Money:
        """What has to come in of what is still bought."""
        return Money(self.money.amount - self.less, self.money.currency)

    def gone(self, payment: str, but: Container[str] = ()) -> int:
        """Return what of a payment has gone back, or is on its way, `but` by some refunds."""
        return sum(
            amount
            for refund, (of, amount, _) in self.refunds.items()
            if of == payment and refund not in but
        )


class OrderInspection(Inspection):
    """Adds up what each order says of itself, and pairs it with the carts."""

    KINDS = WHOLE = ("orders",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._orders: dict[str, _Seen] = {}
        self._carts: dict[tuple[str, str], tuple[str, bool]] = {}
        """Of each cart the order that lives, and whether that has bought it."""
        self._living: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        """Of each cart the orders that live, as they say themselves."""
        self._cart_of: dict[str, tuple[str, str]] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        if isinstance(fact, CartCheckout.Event):
            self._see_cart(event, fact)
        elif isinstance(fact, OrderImported):
            self._see_past(event, fact)
        elif isinstance(fact, OrderFact):
            self.report["orders"].checked += 1
            self._see_order(event, fact)
            self._see_living(event, fact)

    def _see_past(self, event: RecordedEvent, fact: OrderImported) -> None:
        self.report["orders"].checked += 1
        for wrong in wrong_in(fact.terms):
            self._find(event, wrong)
        is_its = name_of(fact.originator_id) == past_order_id(fact.source, fact.number)
        self._expect(event, is_its, "a past order has the id of another")
        is_less = 0 <= fact.refunded <= fact.terms.to_pay
        self._expect(event, is_less, "more of a past order went back than it came to")

    def _see_order(self, event: RecordedEvent, fact: OrderFact) -> None:
        if isinstance(fact, OrderPlaced):
            self._orders[fact.originator_id] = _Seen(fact)
            for wrong in wrong_in(fact.terms):
                self._find(event, wrong)
        elif (seen := self._orders.get(fact.originator_id)) is not None:
            self._see_capture(event, fact, seen)
            self._see_money(event, fact, seen)
        else:
            self._find(event, "something happens to an order that was not placed")

    def _see_money(self, event: RecordedEvent, fact: OrderFact, seen: _Seen) -> None:
        match fact:
            case OrderPaymentBegun() | OrderPaid():
                self._expect(event, fact.money == seen.left, "it is paid with other money")
                if isinstance(fact, OrderPaid):
                    self._expect(event, seen.taken is None, "it is paid twice")
                    seen.taken, seen.captured[fact.payment] = fact.payment, fact.money
            case StrayMoneyCame():
                seen.captured[fact.payment] = fact.money
                seen.pending.add(fact.refund)
                self._give_back(event, seen, fact.refund, fact.payment, fact.money, [])
            case OrderRefundRequested():
                seen.pending.add(fact.refund)
                self._give_back(event, seen, fact.refund, fact.payment, fact.money, fact.lines)
            case OrderRefundFound():  # what was asked for fails if its money is gone
                back = fact.refund, fact.payment, fact.money, fact.lines
                self._give_back(event, seen, *back, but=seen.pending)
            case OrderRefundPaid():
                self._expect(event, fact.refund in seen.refunds, "a refund is paid that has ended")
                seen.pending.discard(fact.refund)
                came = seen.captured.get(fact.payment)
                is_less = came is None or seen.gone(fact.payment, seen.pending) <= came.amount
                self._expect(event, is_less, "more is back than came in")
            case OrderRefundFailed():
                seen.refunds.pop(fact.refund, None)
                seen.pending.discard(fact.refund)
            case OrderValueReturned():
                seen.returned += fact.lines
                self._check_lines(event, seen, seen.taken or "")
            case OrderConfirmed():
                is_paid = seen.taken or seen.authorised or not seen.money.amount
                self._expect(event, bool(is_paid), "it is confirmed and not paid")

    def _see_capture(self, event: RecordedEvent, fact: OrderFact, seen: _Seen) -> None:
        """Follow money that a bank keeps: no more of it is captured than what is still bought."""
        match fact:
            case OrderPaymentAuthorised():
                is_its = seen.taken is None and fact.money == seen.left
                self._expect(event, is_its, "it is authorised with other money")
                seen.authorised = fact.payment
            case OrderCaptureRequested():
                is_kept = fact.payment == seen.authorised and fact.money == seen.left
                self._expect(event, is_kept, "other money is captured than a bank keeps")
            case OrderPaymentVoided():
                is_not_here = fact.payment not in seen.captured
                self._expect(event, is_not_here, "money that came is let go")
            case OrderLessened():
                seen.less += fact.money.amount
                seen.returned += fact.lines
                of_lines = sum(each.amount for each in fact.lines)
                is_left = seen.taken is None and fact.money.amount > 0 and seen.left.amount >= 0
                is_so = is_left and of_lines == fact.money.amount
                self._expect(event, is_so, "more is captured no more than was to be")
                self._check_lines(event, seen, "")

    def _give_back(
        self,
        event: RecordedEvent,
        seen: _Seen,
        refund: str,
        payment: str,
        money: Money,
        lines: list[RefundedLine],
        but: Container[str] = (),
    ) -> None:
        seen.refunds[refund] = payment, money.amount, lines
        came = seen.captured.get(payment)
        gone = seen.gone(payment, but)
        if came is None or came.currency != money.currency or gone > came.amount:
            self._find(event, "more goes back than came in")
        self._check_lines(event, seen, payment)

    def _check_lines(self, event: RecordedEvent, seen: _Seen, payment: str) -> None:
        """Find lines of which more goes back than they came to."""
        back: Counter[int] = Counter()
        units: Counter[int] = Counter()
        gone = [part for of, _, parts in seen.refunds.values() if of == payment for part in parts]
        for part in (*gone, *seen.returned):
            back[part.line] += part.amount
            units[part.line] += part.units
        for line, (has, came_to) in enumerate(seen.lines, start=1):
            if back[line] > came_to or units[line] > has:
                self._find(event, f"more of line {line} goes back than it came to")

    def _see_cart(self, event: RecordedEvent, fact: CartCheckout.Event) -> None:
        self.report["orders"].checked += 1
        cart = event.org, name_of(fact.originator_id)
        order, is_bought = self._carts.get(cart, ("", False))
        match fact:
            case CartCheckout.CartClaimed():
                self._expect(event, not order, "a cart is claimed that another order has")
                self._carts[cart] = fact.order, False
            case CartCheckout.CartFreed():
                is_free = order == fact.order and not is_bought
                self._expect(event, is_free, "a cart is freed that the order does not have")
                self._carts[cart] = "", False
            case CartCheckout.CartBought():
                self._expect(event, order == fact.order, "a cart is bought by another order")
                self._carts[cart] = order, True

    def _see_living(self, event: RecordedEvent, fact: OrderFact) -> None:
        """Follow which orders of a cart live: one at most."""
        seen = self._orders.get(fact.originator_id)
        if isinstance(fact, OrderPlaced) and fact.cart is not None:
            self._cart_of[fact.originator_id] = event.org, fact.cart.id
        cart = self._cart_of.get(fact.originator_id)
        if seen is None or cart is None:
            return
        match fact:
            case OrderPlaced() | OrderConfirmed():
                self._living[cart].add(fact.originator_id)
                self._expect(event, len(self._living[cart]) == 1, "a cart has two living orders")
            case OrderPaymentFailed() | OrderPaymentExpired():
                self._living[cart].discard(fact.originator_id)
            case OrderCancelled() if seen.money.amount and not (seen.taken or seen.authorised):
                self._living[cart].discard(fact.originator_id)

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare what carts say of their orders with what those say."""
        for cart, living in self._living.items() if self.whole else ():
            order, _ = self._carts.get(cart, ("", False))
            if {name_of(each) for each in living} != ({order} if order else set()):
                place = Place(cart[0], row=f"checkout {cart[1]}")
                self.report["orders"].find(place, "the cart does not have the order that has it")


def wrong_in(terms: OrderTerms) -> list[str]:
    """Return what does not add up in terms."""
    lines = terms.lines
    wrong = [f"line {line.id} does not add up" for line in lines if not _adds_up(line)]
    sums = (
        sum(line.subtotal for line in lines),
        sum(line.discount for line in lines),
        sum(line.total for line in lines),
    )
    sent = terms.shipping
    is_to_pay = terms.to_pay == sum(line.to_pay for line in paid_lines(terms))
    is_taxed = terms.tax == sum(line.tax for line in lines) + (sent.tax if sent else 0)
    if sent is not None and sent.to_pay != sent.amount + _on_top(sent):
        wrong.append("what it costs to send it does not add up")
    if not is_taxed:
        wrong.append("the tax is not that of the lines")
    if sums != (terms.subtotal, terms.discount, terms.total) or not is_to_pay:
        wrong.append("the sums are not those of the lines")
    for each in terms.promotions:
        taken = -sum(
            step.delta
            for line in lines
            for step in line.steps
            if step.kind.is_promotion and step.of == each.promotion
        )
        if taken != each.amount:
            wrong.append(f"the shares of {each.promotion} are not what it takes off")
    return wrong


def _on_top(line: PlacedLine | PlacedShipping) -> int:
    """Return the tax that is not within the price."""
    is_within = line.taxed_by is not None and line.taxed_by.is_included
    return 0 if is_within else line.tax


def _adds_up(line: PlacedLine) -> bool:
    amount, discount = 0, 0
    for step in line.steps:
        amount += step.delta
        discount -= step.delta if step.kind.is_promotion else 0
        if step.amount_after != amount:
            return False
    return (
        amount == line.total
        and discount == line.discount
        and line.subtotal - line.discount == line.total
        and line.to_pay == line.total + _on_top(line)
        and line.total >= 0
    )

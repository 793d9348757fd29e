"""Checks of the invoices of orders: each asks for what its order was agreed at, and what went back
is what credit notes have taken."""

from __future__ import annotations

from collections import Counter

from ledger.inspection import Folded, Has, Inspection
from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.invoice_base import Method
from ledger.invoices.issuing import InvoiceIssued
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ordering.order_bill import invoice_name, order_bill, order_of_invoice
from ledger.ordering.order_captures import OrderLessened
from ledger.ordering.order_facts import OrderPlaced
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid
from ledger.ordering.value_returns import OrderValueReturned
from ledger.ports import RecordedEvent

_Line = tuple[str | None, int, int]
"""What made a line, its total and its tax."""


class _Billed:
    """What one order was seen to be billed, and what of it went back, came again and was taken
    back: with refunds, and by hand."""

    __slots__ = ("again", "back", "billed", "by_hand", "credited", "to_pay")

    def __init__(self) -> None:
        self.to_pay = self.billed = self.back = self.again = self.credited = self.by_hand = 0

    def wrong(self) -> str | None:
        """Return what does not add up, at the end."""
        if self.credited + self.by_hand > self.billed:
            return "more of it was taken back than billed"
        if self.by_hand:
            return None
        if self.credited != self.back:
            return f"{self.back} went back, and {self.credited} were taken back"
        if self.billed != self.to_pay + self.again:
            return f"{self.to_pay} and again {self.again} were to be billed, not {self.billed}"
        return None


class OrderInvoiceInspection(Inspection):
    """Adds up the invoices of each order that has one."""

    KINDS = WHOLE = ("billed_orders",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._agreed: dict[tuple[str, str], list[_Line]] = {}
        """Of each order that has no invoice, the lines of the one that it would have."""
        self._gone: Counter[tuple[str, str]] = Counter()
        """Of each order that has no invoice, what has gone before."""
        self._billed: dict[tuple[str, str], _Billed] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        name = name_of(fact.originator_id)
        match fact:
            case OrderPlaced():
                lines = order_bill(name, fact.terms).lines
                self._agreed[event.org, name] = [(e.item.of, e.total, e.tax) for e in lines]
            case OrderRefundPaid() | OrderRefundFailed() | OrderValueReturned() | OrderLessened():
                self._see_refund(event, fact, name)
            case InvoiceIssued() if (order := order_of_invoice(name)) is not None:
                self._see_invoice(event, fact, name, order)
            case CreditNoteIssued() if (order := order_of_invoice(name)) is not None:
                self._see_note(event, fact, order)

    def _see_invoice(
        self, event: RecordedEvent, fact: InvoiceIssued, name: str, order: str
    ) -> None:
        self.report["billed_orders"].checked += 1
        place = event.org, order
        if name == invoice_name(order):
            lines = [(e.item.of, e.total, e.tax) for e in fact.bill.lines]
            if lines != self._agreed.pop(place, None):
                self._find_order(event.org, order, "its invoice is not what was agreed")
            self._billed[place] = _Billed()
            self._billed[place].to_pay = sum(total for _, total, _ in lines)
            self._billed[place].back = self._gone.pop(place, 0)
        if (billed := self._billed.get(place)) is None:
            self._find_order(event.org, order, "it is billed again, and was not before")
        else:
            billed.billed += fact.bill.total

    def _see_refund(
        self,
        event: RecordedEvent,
        fact: OrderRefundPaid | OrderRefundFailed | OrderValueReturned | OrderLessened,
        order: str,
    ) -> None:
        billed = self._billed.get((event.org, order))
        amount = sum(each.amount for each in fact.lines)
        if billed is None:
            if isinstance(fact, OrderLessened | OrderValueReturned):
                self._gone[event.org, order] += amount
            return
        if isinstance(fact, OrderRefundPaid | OrderValueReturned):
            billed.back += amount
        elif isinstance(fact, OrderRefundFailed) and fact.was_paid:
            billed.again += amount

    def _see_note(self, event: RecordedEvent, fact: CreditNoteIssued, order: str) -> None:
        self.report["billed_orders"].checked += 1
        billed, refund = self._billed.get((event.org, order)), fact.note.refund
        if billed is None:
            return
        if refund is not None and refund.method is Method.ORDER:
            billed.credited += fact.note.total
        else:
            billed.by_hand += fact.note.total

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Report what does not add up."""
        for (org, order), billed in self._billed.items():
            wrong = billed.wrong()
            if wrong is not None:
                self._find_order(org, order, wrong)

    def _find_order(self, org: str, order: str, what: str) -> None:
        self.report["billed_orders"].find(Place(org, row=f"order {order}"), what)

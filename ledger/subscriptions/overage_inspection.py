"""Checks of overage: the debt that left a wallet is what its invoice asks for, and comes back once,
where that is void."""

from __future__ import annotations

from collections import Counter

from ledger.credits.invoiced_debt import DebtInvoiced, DebtRestored
from ledger.inspection import Folded, Has, Inspection
from ledger.invoices.endings import InvoiceVoided
from ledger.invoices.issuing import InvoiceIssued
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent
from ledger.subscriptions.overage import overage_in


class OverageInspection(Inspection):
    """Adds up the credits that invoices ask for, and the debt that wallets say is theirs."""

    KINDS = WHOLE = ("overage",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._asked: Counter[tuple[str, str]] = Counter()
        """Of each invoice that is not void, the credits of overage."""
        self._moved: Counter[tuple[str, str]] = Counter()
        """Of each invoice, the debt that wallets have given it."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Add up what a fact says."""
        if not self.whole:
            return
        match fact:
            case InvoiceIssued():
                self._ask(event, fact, 1)
            case InvoiceVoided() if fact.bill is not None:
                self._ask(event, fact, -1)
            case DebtInvoiced():
                self._moved[event.org, fact.invoice] += fact.amount
            case DebtRestored():
                self._moved[event.org, fact.invoice] -= fact.amount

    def _ask(self, event: RecordedEvent, fact: InvoiceIssued | InvoiceVoided, sign: int) -> None:
        lines = fact.bill.lines if fact.bill else []
        credits = overage_in([line.item for line in lines])
        if credits:
            self._asked[event.org, name_of(fact.originator_id)] += sign * credits

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare what invoices ask for and what wallets have given."""
        if not self.whole:
            return
        check = self.report["overage"]
        for org, invoice in sorted(self._asked.keys() | self._moved.keys()):
            check.checked += 1
            asked, moved = self._asked[org, invoice], self._moved[org, invoice]
            if asked != moved:
                detail = f"the invoice asks for {asked} microcredits, wallets gave it {moved}"
                check.find(Place(org, row=f"invoice {invoice}"), detail)

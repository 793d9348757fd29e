"""Checks of overage: the debt that left a wallet is what its invoice asks for, and comes back once,
where that is void; half of the limit is told once a period."""

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
from ledger.subscriptions.mirror_facts import OverageDrafted, OverageLeft
from ledger.subscriptions.overage import overage_in
from ledger.subscriptions.overage_facts import HalfOfLimitReached, InterimOver
from ledger.subscriptions.subscription_facts import PeriodOpened, SubscriptionStarted


class OverageInspection(Inspection):
    """Adds up the credits that invoices ask for, and the debt that wallets say is theirs."""

    KINDS = WHOLE = ("overage",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._asked: Counter[tuple[str, str]] = Counter()
        """Of each invoice that is not void, the credits of overage."""
        self._moved: Counter[tuple[str, str]] = Counter()
        """Of each invoice, the debt that wallets have given it."""
        self._told: set[str] = set()
        """The subscriptions that have reached half of their limit in the period."""
        self._drafted: Counter[tuple[str, str]] = Counter()
        """Of each invoice that is a provider's draft, the credits of overage that are on it."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Add up what a fact says."""
        if not self.whole:
            return
        match fact:
            case InvoiceIssued():
                self._take_off(event.org, name_of(fact.originator_id))
                self._ask(event, fact, 1)
            case OverageDrafted():
                self._asked[event.org, fact.invoice] += fact.credits
                self._drafted[event.org, fact.invoice] += fact.credits
            case OverageLeft():
                self._take_off(event.org, fact.invoice)
            case InvoiceVoided() if fact.bill is not None:
                self._ask(event, fact, -1)
            case DebtInvoiced():
                self._moved[event.org, fact.invoice] += fact.amount
            case DebtRestored():
                self._moved[event.org, fact.invoice] -= fact.amount
            case HalfOfLimitReached():
                self._tell(event, fact)
            case SubscriptionStarted() | PeriodOpened() | InterimOver(invoice=str()):
                self._told.discard(fact.originator_id)

    def _take_off(self, org: str, invoice: str) -> None:
        """Expect no more of a draft: the invoice says what it asks for, or will never be."""
        drafted = self._drafted.pop((org, invoice), 0)
        if drafted:
            self._asked[org, invoice] -= drafted

    def _ask(self, event: RecordedEvent, fact: InvoiceIssued | InvoiceVoided, sign: int) -> None:
        lines = fact.bill.lines if fact.bill else []
        credits = overage_in([line.item for line in lines])
        if credits:
            self._asked[event.org, name_of(fact.originator_id)] += sign * credits

    def _tell(self, event: RecordedEvent, fact: HalfOfLimitReached) -> None:
        check = self.report["overage"]
        place = Place(event.org, event.sequence, position=event.position)
        check.checked += 1
        if fact.originator_id in self._told:
            check.find(place, "half of the limit was told before in this period")
        if 2 * fact.debt < fact.limit:
            check.find(place, "the debt is less than half of the limit")
        self._told.add(fact.originator_id)

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

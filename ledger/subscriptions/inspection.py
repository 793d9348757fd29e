"""Checks of subscriptions: periods neither overlap nor miss, each is paid once, and what wallets
were granted for them is what subscriptions say."""

from __future__ import annotations

from collections import Counter

from ledger.credits.deposits import CreditsGranted
from ledger.inspection import Folded, Has, Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import wallet_names
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent
from ledger.subscriptions.subscription_base import SubscriptionFact
from ledger.subscriptions.subscription_facts import (
    ChangePaid,
    PaymentDue,
    PeriodOpened,
    PeriodPaid,
    PlanChanged,
    SubscriptionStarted,
)


class SubscriptionInspection(Inspection):
    """Follows the periods of each payer, and adds up the credits that came with them."""

    KINDS = WHOLE = ("periods", "included")

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._ends: dict[tuple[str, str], int] = {}
        """When the last period of each payer ends."""
        self._begun: set[tuple[str, str, int]] = set()
        self._paid: set[tuple[str, str, int]] = set()
        self._says: Counter[tuple[str, str]] = Counter()
        """Of each payer, the credits that were granted, by the subscription."""
        self._granted: Counter[tuple[str, str]] = Counter()
        """The same by the wallet."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        if isinstance(fact, CreditsGranted) and fact.is_of_plan:
            owner, _ = wallet_names(fact.originator_id)
            self._granted[event.org, owner] += fact.lot.amount
        elif isinstance(fact, SubscriptionFact):
            self._follow(event, fact)

    def _follow(self, event: RecordedEvent, fact: SubscriptionFact) -> None:
        payer = event.org, fact.user
        match fact:
            case SubscriptionStarted():
                self._begin(event, payer, fact.start_us, fact.ends_us)
                self._says[payer] += fact.credits
            case PeriodOpened():
                if self._ends.get(payer) != fact.start_us:
                    self._find(event, "the period does not begin where the one before ends")
                self._begin(event, payer, fact.start_us, fact.end_us)
            case PeriodPaid():
                period = (*payer, fact.start_us)
                if period not in self._begun:
                    self._find(event, "a period is paid that was not begun")
                if period in self._paid:
                    self._find(event, "the period was paid before")
                self._paid.add(period)
                self._says[payer] += fact.credits
            case PlanChanged() | ChangePaid() | PaymentDue():
                self._says[payer] += fact.credits

    def _begin(
        self, event: RecordedEvent, payer: tuple[str, str], start_us: int, end_us: int
    ) -> None:
        self.report["periods"].checked += 1
        if end_us <= start_us:
            self._find(event, "the period ends before it begins")
        self._ends[payer] = end_us
        self._begun.add((*payer, start_us))

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare what subscriptions and wallets say of credits."""
        if not self.whole:
            return
        check = self.report["included"]
        for org, user in sorted(self._says.keys() | self._granted.keys()):
            check.checked += 1
            says, granted = self._says[org, user], self._granted[org, user]
            if says != granted:
                detail = f"the subscription says {says} microcredits, the wallet {granted}"
                check.find(Place(org, row=f"subscription {user}"), detail)

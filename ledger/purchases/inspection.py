"""Checks of purchases: their money and the credits of their wallets agree, and what a provider has
told had its effect once."""

from __future__ import annotations

from collections import Counter

from ledger.credits.deposits import CreditsDeposited
from ledger.credits.lots import Lot
from ledger.credits.refunds import CreditsPutBack, CreditsRefunded, CreditsSetAside
from ledger.credits.take_backs import CreditsRestored, CreditsTakenBack
from ledger.inspection import Folded, Has, Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent
from ledger.purchases.disputes import DisputeOpened, DisputeWon
from ledger.purchases.payment import PurchasePaid, PurchaseStarted
from ledger.purchases.purchase_base import PurchaseFact
from ledger.purchases.refunds import RefundFailed, RefundFound, RefundPaid, RefundRequested
from ledger.purchases.reviews import ReviewClosed


class PurchaseInspection(Inspection):
    """Adds up, for each purchase or invoice, what its own facts say of credits that follow their
    money, and what its wallet's do."""

    KINDS = WHOLE = ("payments", "notices")

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._says: dict[tuple[str, str], Counter[str]] = {}
        """Of each purchase, the credits that went into and out of its wallet, by its own facts."""
        self._moved: dict[tuple[str, str], Counter[str]] = {}
        """The same by the wallet's."""
        self._parts: dict[tuple[str, str], dict[str, int]] = {}
        """Of each purchase, the credits of its refunds and disputes."""
        self._notices: set[tuple[str, str]] = set()

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Add a fact up."""
        if not self.whole:
            return
        if isinstance(fact, PurchaseFact):
            self._see_notice(event, fact)
            place = event.org, name_of(fact.originator_id)
            parts = self._parts.setdefault(place, {})
            self._says.setdefault(place, Counter()).update(told_by(fact, parts))
        elif (moved := moved_by(fact)) is not None:
            purchase, amounts = moved
            self._moved.setdefault((event.org, purchase), Counter()).update(amounts)
        elif (returned := returned_by(fact)) is not None:
            place = event.org, name_of(fact.originator_id)
            self._says.setdefault(place, Counter()).update(returned)

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare what the two have said."""
        if not self.whole:
            return
        check = self.report["payments"]
        for org, purchase in sorted(self._says.keys() | self._moved.keys()):
            check.checked += 1
            says = _without_zeros(self._says.get((org, purchase), Counter()))
            moved = _without_zeros(self._moved.get((org, purchase), Counter()))
            if says != moved:
                detail = f"the purchase says {says}, its wallet {moved}"
                check.find(Place(org, row=f"purchase {purchase}"), detail)

    def _see_notice(self, event: RecordedEvent, fact: PurchaseFact) -> None:
        if fact.notice is None:
            return
        check = self.report["notices"]
        check.checked += 1
        if (event.org, fact.notice) in self._notices:
            place = Place(event.org, event.sequence, position=event.position)
            check.find(place, f"the notice {fact.notice} had an effect before")
        self._notices.add((event.org, fact.notice))


def told_by(fact: PurchaseFact, parts: dict[str, int]) -> dict[str, int]:
    """Return what a purchase's fact says of credits, by the kind of movement; `parts` are those of
    its refunds and disputes so far."""
    match fact:
        case PurchaseStarted():
            parts["whole"] = fact.credits + fact.bonus
            parts["paid"] = fact.money.amount
        case PurchasePaid(lot=Lot() as lot) | ReviewClosed(lot=Lot() as lot):
            return _granted(lot, parts)
        case RefundRequested():
            parts[fact.refund] = fact.credits
            return {"set aside": fact.credits}
        case RefundFound():
            parts[f"{fact.refund} found"] = fact.credits
            return {"taken": fact.credits}
        case RefundPaid() if fact.refund in parts:
            return {"set aside": -parts[fact.refund], "refunded": parts[fact.refund]}
        case RefundFailed():
            return _failed(fact, parts)
        case DisputeOpened():
            parts[f"{fact.dispute} disputed"] = fact.credits
            return {"taken": fact.credits}
        case DisputeWon() if fact.was_open:
            return {"restored": parts.get(f"{fact.dispute} disputed", 0)}
    return {}


def _granted(lot: Lot, parts: dict[str, int]) -> dict[str, int]:
    paid = lot.paid.amount if lot.paid else 0
    wrong = abs(lot.amount - parts.get("whole", 0)) + abs(paid - parts.get("paid", 0))
    return {"granted": lot.amount, "not as it was begun": wrong}


def _failed(fact: RefundFailed, parts: dict[str, int]) -> dict[str, int]:
    ours, found = parts.get(fact.refund), parts.get(f"{fact.refund} found", 0)
    if ours is None or fact.was_paid:
        return {"restored": found if ours is None else ours}
    return {"set aside": -ours}


@ByType
def returned_by(fact: Fact) -> dict[str, int] | None:
    """Return what a fact that is of no purchase says of credits that followed their money, by the
    kind of movement; most kinds of facts say nothing."""
    return None


Moved = tuple[str, dict[str, int]]
"""A purchase, and what a wallet's fact has moved of its credits."""


@ByType
def moved_by(fact: Fact) -> Moved | None:
    """Return what a wallet's fact moves of a purchase's credits; most are of none."""
    return None


@moved_by.register
def _deposited(fact: CreditsDeposited) -> Moved | None:
    return None if fact.purchase is None else (fact.purchase, {"granted": fact.lot.amount})


@moved_by.register
def _set_aside(fact: CreditsSetAside) -> Moved:
    return fact.purchase, {"set aside": fact.part.amount}


@moved_by.register
def _refunded(fact: CreditsRefunded) -> Moved:
    return fact.purchase, {"set aside": -fact.part.amount, "refunded": fact.part.amount}


@moved_by.register
def _put_back(fact: CreditsPutBack) -> Moved:
    return fact.purchase, {"set aside": -sum(each.amount for each in fact.returned.lots)}


@moved_by.register
def _taken(fact: CreditsTakenBack) -> Moved:
    return fact.purchase, {"taken": fact.amount}


@moved_by.register
def _restored(fact: CreditsRestored) -> Moved:
    return fact.purchase, {"restored": fact.amount}


def _without_zeros(amounts: Counter[str]) -> dict[str, int]:
    return {kind: amount for kind, amount in sorted(amounts.items()) if amount}

"""Checks of movements: each of a provider's book is recorded once, and a fee is kept of what was
paid."""

from __future__ import annotations

from typing import NamedTuple

from ledger.inspection import Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.kernel.report import Report
from ledger.ports import RecordedEvent
from ledger.purchases.fees import ProcessingFeeRecorded
from ledger.purchases.payment import PurchasePaid
from ledger.purchases.provider_account import ProviderAccount


class BookMovement(NamedTuple):
    """A movement of a provider's book that is recorded; `is_of_payment`: of what its aggregate was
    paid."""

    provider: str
    movement: str
    is_payout: bool = False
    is_of_payment: bool = False


@ByType
def movement_of(fact: Fact) -> BookMovement | None:
    """Return the movement that a fact records; most kinds of facts record none."""
    return None


@movement_of.register
def _kept(fact: ProcessingFeeRecorded) -> BookMovement:
    return BookMovement(fact.provider, fact.booking.movement, is_of_payment=True)


@movement_of.register
def _kept_of_the_account(fact: ProviderAccount.AccountFeeRecorded) -> BookMovement:
    return BookMovement(fact.provider, fact.booking.movement)


@movement_of.register
def _paid_out(fact: ProviderAccount.PayoutRecorded) -> BookMovement:
    return BookMovement(fact.provider, fact.booking.movement, is_payout=True)


@ByType
def is_payment(fact: Fact) -> bool:
    """Tell whether money came by a fact, of which a fee can be kept."""
    return False


@is_payment.register
def _paid(fact: PurchasePaid) -> bool:
    return True


class MovementInspection(Inspection):
    """Remembers what was paid, and the movements that were recorded."""

    KINDS = WHOLE = ("movements",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._paid: set[tuple[str, str]] = set()
        self._recorded: set[tuple[str, str, str, bool]] = set()

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Remember a payment, and check a movement."""
        if not self.whole:
            return
        if is_payment(fact):
            self._paid.add((event.org, name_of(fact.originator_id)))
        found = movement_of(fact)
        if found is not None:
            self._check(event, fact, found)

    def _check(self, event: RecordedEvent, fact: Fact, found: BookMovement) -> None:
        self.report["movements"].checked += 1
        place = event.org, found.provider, found.movement, found.is_payout
        if place in self._recorded:
            self._find(event, f"the movement {found.movement} was recorded before")
        self._recorded.add(place)
        if found.is_of_payment and (event.org, name_of(fact.originator_id)) not in self._paid:
            self._find(event, "a fee is kept of what was not paid")

"""Checks of movements: each of a provider's book is recorded once, and a fee is kept of what was
paid."""

from __future__ import annotations

from ledger.inspection import Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent
from ledger.purchases.fees import ProcessingFeeRecorded
from ledger.purchases.payment import PurchasePaid
from ledger.purchases.provider_account import ProviderAccount


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
        match fact:
            case PurchasePaid():
                self._paid.add((event.org, name_of(fact.originator_id)))
            case ProcessingFeeRecorded():
                self._check(event, fact.provider, fact.booking.movement)
                if (event.org, name_of(fact.originator_id)) not in self._paid:
                    self._find(event, "a fee is kept of what was not paid")
            case ProviderAccount.PayoutRecorded():
                self._check(event, fact.provider, fact.booking.movement, is_payout=True)
            case ProviderAccount.AccountFeeRecorded():
                self._check(event, fact.provider, fact.booking.movement)

    def _check(
        self, event: RecordedEvent, provider: str, movement: str, *, is_payout: bool = False
    ) -> None:
        self.report["movements"].checked += 1
        place = event.org, provider, movement, is_payout
        if place in self._recorded:
            self._find(event, f"the movement {movement} was recorded before")
        self._recorded.add(place)

    def _find(self, event: RecordedEvent, why: str) -> None:
        place = Place(event.org, event.sequence, position=event.position)
        self.report["movements"].find(place, why)

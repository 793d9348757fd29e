"""Disputes: `SendEvidence`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.purchases.lookup import find_purchase
from api.commands.purchases.on_purchase import OnPurchase
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.texts import Text


@dataclass(frozen=True)
class SendEvidence(OnPurchase):
    """Hand in what speaks against a dispute: `evidence` has its texts, by their names, as JSON."""

    dispute: str
    evidence: Text | None = None

    operation: ClassVar[str] = "disputes/evidence"

    @property
    def sealed(self) -> Text | None:
        return self.evidence

    def effect(self, unit: UnitOfWork) -> PendingFact:
        purchase, _ = find_purchase(unit, self.org, self.purchase)
        purchase.send_evidence(
            self.dispute,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reason=self.evidence.digest if self.evidence else None,
        )
        return unit.record(purchase, self.actor, self.key)

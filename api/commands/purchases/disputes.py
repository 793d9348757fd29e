"""Disputes: `SendEvidence`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.purchases.lookup import buyers_text, find_purchase
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.texts import Text
from ledger.purchases.purchase import Purchase, purchase_id


@dataclass(frozen=True)
class SendEvidence(KeyedCommand):
    """Hand in what speaks against a dispute: `evidence` has its texts, by their names, as JSON."""

    purchase: str
    dispute: str
    evidence: Text | None = None

    operation: ClassVar[str] = "disputes/evidence"

    @property
    def sealed(self) -> Text | None:
        return self.evidence

    def kept(self, unit: UnitOfWork) -> Text | None:
        return buyers_text(unit, self.org, self.purchase, self.evidence)

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Purchase, purchase_id(self.org, self.purchase))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        purchase, _ = find_purchase(unit, self.org, self.purchase)
        purchase.send_evidence(
            self.dispute,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reason=self.evidence.digest if self.evidence else None,
        )
        return unit.record(purchase, self.actor, self.key)

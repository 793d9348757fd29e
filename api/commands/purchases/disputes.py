"""Disputes: `SendEvidence`, and `RecordEvidenceTaken`, which no caller asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import Command
from api.commands.purchases.lookup import find_purchase
from api.commands.purchases.on_purchase import OnPurchase
from api.commands.result import CommandResult, PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.keys import Key
from ledger.kernel.texts import Text
from ledger.purchases.purchase import Purchase, purchase_id
from ledger.purchases.purchase_base import NOTICES


@dataclass(frozen=True)
class SendEvidence(OnPurchase):
    """Hand in what speaks against a dispute: `evidence` has its texts, by their names, as JSON;
    none: what is recorded here."""

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


@dataclass(frozen=True)
class RecordEvidenceTaken(Command[bool]):
    """Record that the provider has taken what speaks against a dispute, and what it was; once for
    each `number` of the event that wanted it."""

    purchase: str
    dispute: str
    evidence: Text
    number: str

    @property
    def _key(self) -> Key:
        return Key(self.org, NOTICES, f"evidence/{self.number}")

    def idempotency_keys(self) -> Iterable[Key]:
        return [self._key]

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Purchase, purchase_id(self.org, self.purchase))]

    def decide(self, unit: UnitOfWork) -> bool:
        if unit.keys.find(self._key) is not None:
            return False
        purchase, _ = find_purchase(unit, self.org, self.purchase)
        purchase.evidence_taken(
            self.dispute, unit.now(self.org), reason=self.evidence.digest, notice=self._key.key
        )
        taken = unit.record(purchase, self.actor)
        unit.claim(self._key, CommandResult(taken, 0), "", self.evidence)
        return True

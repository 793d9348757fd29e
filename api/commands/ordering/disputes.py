"""Disputes of orders: `SendOrderEvidence`, and `RecordOrderEvidenceTaken`, which no caller asks
for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import Command, KeyedCommand
from api.commands.ordering.lookup import find_order, order_refs
from api.commands.purchases.lookup import policy_of
from api.commands.result import CommandResult, PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.keys import Key
from ledger.kernel.texts import Text
from ledger.ordering.order import Order
from ledger.purchases.notice import DisputeChanged, DisputeState
from ledger.purchases.purchase_base import NOTICES


@dataclass(frozen=True)
class SendOrderEvidence(KeyedCommand):
    """Hand in what speaks against a dispute: `evidence` has its texts, by their names, as JSON;
    none: what is recorded here."""

    order: str
    dispute: str
    evidence: Text | None = None

    operation: ClassVar[str] = "orders/disputes/evidence"

    @property
    def sealed(self) -> Text | None:
        return self.evidence

    def person_of_text(self, unit: UnitOfWork) -> str:
        return find_order(unit, self.org, self.order).person

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return order_refs(self.org, self.order)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        order = find_order(unit, self.org, self.order)
        order.send_evidence(
            self.dispute,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reason=self.evidence.digest if self.evidence else None,
        )
        return unit.record(order, self.actor, self.key)


@dataclass(frozen=True)
class RecordOrderEvidenceTaken(Command[bool]):
    """Record that the provider has taken what speaks against a dispute, and what it was; once for
    each `number` of the event that wanted it."""

    order: str
    dispute: str
    evidence: Text
    number: str

    @property
    def _key(self) -> Key:
        return Key(self.org, NOTICES, f"evidence/{self.number}")

    def idempotency_keys(self) -> Iterable[Key]:
        return [self._key]

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return order_refs(self.org, self.order)

    def decide(self, unit: UnitOfWork) -> bool:
        if unit.keys.find(self._key) is not None:
            return False
        order = find_order(unit, self.org, self.order)
        order.evidence_taken(
            self.dispute, unit.now(self.org), reason=self.evidence.digest, notice=self._key.key
        )
        taken = unit.record(order, self.actor)
        unit.claim(self._key, CommandResult(taken, 0), "", self.evidence)
        return True


def hear_dispute(unit: UnitOfWork, org: str, order: Order, told: DisputeChanged) -> None:
    """Take in what a bank says of a dispute, and have what is recorded here be handed in against
    one that it has just opened, where the org wants that."""
    is_new = told.dispute not in order.disputes
    order.hear_dispute(told, unit.now(org))
    is_open = order.disputes.get(told.dispute) is DisputeState.OPEN
    if is_new and is_open and policy_of(unit, org).sends_evidence:
        order.send_evidence(told.dispute, unit.now(org), fingerprint="", reason=None)

"""The disputes of an order: what speaks against one is handed in while the buyer's bank decides."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.keys import Key, KeyRow
from ledger.ordering.order_base import OrderBase, OrderFact, person_of
from ledger.purchases.notice import DisputeState
from ledger.purchases.purchase_base import NOTICES


class _EvidenceFact(Reasoned, OrderFact):
    """What speaks against a dispute, about the buyer."""

    dispute: str
    user: str | None = None
    reason: str | None = None

    def person(self, subject: str) -> str:
        return self.user or person_of(self.originator_id)


class OrderEvidenceSent(_EvidenceFact):
    """What speaks against a dispute is to be handed in: `reason` is the salted digest of its texts;
    none: what is compiled of what is recorded here."""

    TOPIC: ClassVar[str] = "ordering.OrderEvidenceSent"
    provider: str = field(kw_only=True)
    fingerprint: str = ""


class OrderEvidenceTaken(_EvidenceFact):
    """The provider has taken it: `reason` is the salted digest of the texts that it was given,
    `notice` which time it was."""

    TOPIC: ClassVar[str] = "ordering.OrderEvidenceTaken"
    notice: str = ""

    def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
        own = KeyRow(Key(org, NOTICES, self.notice), sequence, 0, "")
        return [*super().keys(org, command, sequence), own]


def send_evidence(
    order: OrderBase, dispute: str, at: datetime, *, fingerprint: str, reason: str | None
) -> None:
    """Record what is handed in against a dispute that is open. Raises NotFound and Conflict."""
    known = order.disputes.get(dispute)
    if known is None:
        raise NotFound("there is no dispute of that id.", field="dispute")
    if known is not DisputeState.OPEN:
        raise Conflict(f"the dispute is {known}: nothing can be handed in.", field="dispute")
    assert order.begun is not None  # what is disputed was paid
    order.trigger_event(
        OrderEvidenceSent,
        timestamp=at,
        provider=order.begun.provider,
        fingerprint=fingerprint,
        dispute=dispute,
        user=order.user,
        reason=reason,
    )


def evidence_taken(
    order: OrderBase, dispute: str, at: datetime, *, reason: str, notice: str
) -> None:
    """Record that the provider has what speaks against a dispute."""
    order.trigger_event(
        OrderEvidenceTaken,
        timestamp=at,
        dispute=dispute,
        user=order.user,
        reason=reason,
        notice=notice,
    )

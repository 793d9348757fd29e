"""The summary `order_disputes`: each dispute of an order with its end, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.ordering.order_disputes import OrderEvidenceSent, OrderEvidenceTaken
from ledger.ordering.order_payments import OrderDisputed
from ledger.purchases.notice import DisputeState
from projections.changes import Change, summary_of


class OrderDisputeRow(NamedTuple):
    """A dispute. `amount` in the currency's smallest unit; `status`: open, won or lost; `reason`:
    the provider's word."""

    org: str
    order_id: str
    dispute: str
    payment: str | None
    amount: int | None
    currency: str | None
    reason: str | None
    status: str | None
    opened_us: int | None
    evidence_due_us: int | None
    evidence_us: int | None
    evidence_taken_us: int | None
    ended_us: int | None
    sequence: int


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of a dispute; most kinds of facts say nothing."""
    return []


@changes_of.register
def _disputed(fact: OrderDisputed) -> list[Change]:
    when = "opened_us" if fact.state is DisputeState.OPEN else "ended_us"
    values = {
        "payment": fact.payment,
        "amount": fact.money.amount,
        "currency": fact.money.currency,
        "reason": fact.reason_code,
        "status": fact.state.value,
        "evidence_due_us": fact.evidence_due_us,
        when: fact.recorded_us,
    }
    return _of(fact, fact.dispute, values)


@changes_of.register
def _sent(fact: OrderEvidenceSent) -> list[Change]:
    return _of(fact, fact.dispute, {"evidence_us": fact.recorded_us})


@changes_of.register
def _taken(fact: OrderEvidenceTaken) -> list[Change]:
    return _of(fact, fact.dispute, {"evidence_taken_us": fact.recorded_us})


def _of(fact: Fact, dispute: str, values: dict[str, object]) -> list[Change]:
    return [Change((name_of(fact.originator_id), dispute), values)]


FIRSTS = frozenset({"payment", "reason", "opened_us", "evidence_due_us"})

READ_MODEL = summary_of("order_disputes", OrderDisputeRow, changes_of, 3, FIRSTS)

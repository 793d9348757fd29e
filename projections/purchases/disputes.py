"""The summary `disputes`: each dispute of a purchase with its end, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.purchases.disputes import (
    DisputeEvidenceSent,
    DisputeEvidenceTaken,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
)
from projections.changes import Change, summary_of


class DisputeRow(NamedTuple):
    """A dispute. `amount` in the currency's smallest unit; `credits`: microcredits it has taken.

    `status`: open, won or lost. `reason`: the provider's word.
    """

    org: str
    purchase: str
    dispute: str
    owner: str | None
    amount: int | None
    currency: str | None
    credits: int | None
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
def _opened(fact: DisputeOpened) -> list[Change]:
    values = {
        "owner": fact.user,
        "amount": fact.money.amount,
        "currency": fact.money.currency,
        "credits": fact.credits,
        "reason": fact.reason_code,
        "status": "open",
        "opened_us": fact.recorded_us,
        "evidence_due_us": fact.evidence_due_us,
    }
    return [Change((name_of(fact.originator_id), fact.dispute), values)]


@changes_of.register
def _answered(fact: DisputeEvidenceSent) -> list[Change]:
    return [Change((name_of(fact.originator_id), fact.dispute), {"evidence_us": fact.recorded_us})]


@changes_of.register
def _taken(fact: DisputeEvidenceTaken) -> list[Change]:
    values = {"evidence_taken_us": fact.recorded_us}
    return [Change((name_of(fact.originator_id), fact.dispute), values)]


@changes_of.register
def _won(fact: DisputeWon) -> list[Change]:
    return _ended(fact, "won")


@changes_of.register
def _lost(fact: DisputeLost) -> list[Change]:
    return _ended(fact, "lost")


def _ended(fact: DisputeWon | DisputeLost, status: str) -> list[Change]:
    values = {
        "amount": fact.money.amount,
        "currency": fact.money.currency,
        "status": status,
        "ended_us": fact.recorded_us,
    }
    return [Change((name_of(fact.originator_id), fact.dispute), values)]


FIRSTS = frozenset({"owner", "amount", "currency", "credits", "reason", "opened_us"})

READ_MODEL = summary_of("disputes", DisputeRow, changes_of, 3, FIRSTS)

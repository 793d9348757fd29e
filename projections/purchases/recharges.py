"""The summary `recharges`: each purchase that a rule has begun, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.purchases.recharge_facts import RechargeDeclined, RechargePaid, RechargeTriggered
from projections.changes import Change, summary_of


class RechargeRow(NamedTuple):
    """A recharge. `amount` in the currency's smallest unit; it is the `in_month`-th of its `month`.

    `status`: triggered, paid or declined, then not tried again before `retry_us`; never: the rule
    has ended.
    """

    org: str
    purchase: str
    owner: str | None
    amount: int | None
    currency: str | None
    month: str | None
    in_month: int | None
    status: str | None
    triggered_us: int | None
    ended_us: int | None
    retry_us: int | None
    sequence: int


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of a recharge; most kinds of facts say nothing."""
    return []


@changes_of.register
def _triggered(fact: RechargeTriggered) -> list[Change]:
    values = {
        "owner": fact.user,
        "amount": fact.money.amount,
        "currency": fact.money.currency,
        "month": fact.month,
        "in_month": fact.in_month,
        "status": "triggered",
        "triggered_us": fact.recorded_us,
    }
    return [Change((fact.purchase,), values)]


@changes_of.register
def _paid(fact: RechargePaid) -> list[Change]:
    return [Change((fact.purchase,), {"status": "paid", "ended_us": fact.recorded_us})]


@changes_of.register
def _declined(fact: RechargeDeclined) -> list[Change]:
    values = {"status": "declined", "ended_us": fact.recorded_us, "retry_us": fact.retry_us}
    return [Change((fact.purchase,), values)]


FIRSTS = frozenset({"owner", "amount", "currency", "month", "in_month", "triggered_us"})

READ_MODEL = summary_of("recharges", RechargeRow, changes_of, 2, FIRSTS)

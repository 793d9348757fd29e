"""The summary `refunds`: each refund of a purchase with its end, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.purchases.refunds import RefundFailed, RefundFound, RefundPaid, RefundRequested
from projections.changes import Change, summary_of


class RefundRow(NamedTuple):
    """A refund. `amount` in the currency's smallest unit; `credits`: microcredits that go with it.

    `origin`: asked (for here) or found (at the provider's, whose id of it is `number`). `status`:
    pending, paid or failed, then with the provider's `code`.
    """

    org: str
    purchase: str
    refund: str
    amount: int | None
    currency: str | None
    credits: int | None
    origin: str | None
    status: str | None
    number: str | None
    code: str | None
    asked_us: int | None
    ended_us: int | None
    sequence: int


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of a refund; most kinds of facts say nothing."""
    return []


@changes_of.register
def _requested(fact: RefundRequested) -> list[Change]:
    return [_begun(fact, "asked")]


@changes_of.register
def _found(fact: RefundFound) -> list[Change]:
    return [_begun(fact, "found")]


@changes_of.register
def _paid(fact: RefundPaid) -> list[Change]:
    return [_ended(fact, "paid", None)]


@changes_of.register
def _failed(fact: RefundFailed) -> list[Change]:
    return [_ended(fact, "failed", fact.code)]


def _begun(fact: RefundRequested | RefundFound, origin: str) -> Change:
    values = {
        "amount": fact.money.amount,
        "currency": fact.money.currency,
        "credits": fact.credits,
        "origin": origin,
        "status": "pending",
        "asked_us": fact.recorded_us,
    }
    return Change((name_of(fact.originator_id), fact.refund), values)


def _ended(fact: RefundPaid | RefundFailed, status: str, code: str | None) -> Change:
    values = {
        "amount": fact.money.amount,
        "currency": fact.money.currency,
        "status": status,
        "number": fact.number,
        "code": code,
        "ended_us": fact.recorded_us,
    }
    return Change((name_of(fact.originator_id), fact.refund), values)


FIRSTS = frozenset({"amount", "currency", "credits", "origin", "asked_us"})

READ_MODEL = summary_of("refunds", RefundRow, changes_of, 3, FIRSTS)

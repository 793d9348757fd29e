"""The summary `purchases`: each purchase, how far its payment has come, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.purchases.payment import (
    CheckoutOpened,
    PurchaseExpired,
    PurchaseFailed,
    PurchasePaid,
    PurchaseStarted,
)
from ledger.purchases.reviews import PurchaseFlagged, ReviewClosed
from projections.changes import Change, summary_of


class PurchaseRow(NamedTuple):
    """A purchase. `amount` in the currency's smallest unit; `credits` and `bonus`: microcredits.

    `begun_by`: person or rule. `status`: started, open, failed, expired or paid; what went back, or
    is asked back, has rows of its own. `review`: open or closed, of what a person had to look at.
    """

    org: str
    purchase: str
    owner: str | None
    provider: str | None
    amount: int | None
    currency: str | None
    credits: int | None
    bonus: int | None
    begun_by: str | None
    status: str | None
    session: str | None
    payment: str | None
    lot: str | None
    code: str | None
    review: str | None
    started_us: int | None
    paid_us: int | None
    sequence: int


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of a purchase; most kinds of facts say nothing."""
    return []


@changes_of.register
def _started(fact: PurchaseStarted) -> list[Change]:
    return _of(
        fact,
        owner=fact.user,
        provider=fact.provider,
        amount=fact.money.amount,
        currency=fact.money.currency,
        credits=fact.credits,
        bonus=fact.bonus,
        begun_by="rule" if fact.charge else "person",
        status="started",
        started_us=fact.recorded_us,
    )


@changes_of.register
def _opened(fact: CheckoutOpened) -> list[Change]:
    return _of(fact, status=fact.stage.value, session=fact.session)


@changes_of.register
def _paid(fact: PurchasePaid) -> list[Change]:
    return _of(
        fact,
        status="paid",
        payment=fact.payment,
        lot=fact.lot.id if fact.lot else None,
        paid_us=fact.recorded_us if fact.paid_us is None else fact.paid_us,
    )


@changes_of.register
def _failed(fact: PurchaseFailed) -> list[Change]:
    return _of(fact, status="failed", code=fact.code)


@changes_of.register
def _expired(fact: PurchaseExpired) -> list[Change]:
    return _of(fact, status="expired")


@changes_of.register
def _flagged(fact: PurchaseFlagged) -> list[Change]:
    return _of(fact, review="open")


@changes_of.register
def _closed(fact: ReviewClosed) -> list[Change]:
    return _of(fact, review="closed", lot=fact.lot.id if fact.lot else None)


def _of(fact: Fact, **values: object) -> list[Change]:
    return [Change((name_of(fact.originator_id),), values)]


FIRSTS = frozenset(
    {"owner", "provider", "amount", "currency", "credits", "bonus", "begun_by", "started_us"}
)

READ_MODEL = summary_of("purchases", PurchaseRow, changes_of, 2, FIRSTS)

"""Value movements: what a fact changes of a stored value: the only writer of its balance."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.stored_value.value_base import ClaimFact, ValueFact
from ledger.stored_value.value_facts import (
    ClaimExpired,
    ClaimReleased,
    ClaimSettled,
    GiftCardIssued,
    ValueAdjusted,
    ValueClaimed,
    ValueExpired,
    ValueGivenBack,
)


class ValueMovementKind(StrEnum):
    """Why a balance, or what is claimed of it, has changed."""

    ISSUE = "issue"
    ADJUSTMENT = "adjustment"
    CLAIM = "claim"
    SETTLEMENT = "settlement"
    RELEASE = "release"
    EXPIRY = "expiry"
    GIVE_BACK = "give_back"
    BREAKAGE = "breakage"


class ValueMovement(NamedTuple):
    """A change: by how much the balance, and what is claimed of it, is more, or below zero less.
    `source`: the path of the value source; `reason`: the digest of an erasable text."""

    source: str
    kind: str
    currency: str
    balance: int = 0
    claimed: int = 0
    order_id: str | None = None
    reason: str | None = None


@ByType
def value_movements_of(fact: Fact) -> list[ValueMovement]:
    """Return the movement that a fact is; most kinds of facts are none."""
    return []


@value_movements_of.register
def _issued(fact: GiftCardIssued) -> list[ValueMovement]:
    moved = _moved(fact, ValueMovementKind.ISSUE, fact.card.amount)
    return [moved._replace(order_id=fact.card.order, reason=fact.card.note)]


@value_movements_of.register
def _adjusted(fact: ValueAdjusted) -> list[ValueMovement]:
    moved = _moved(fact, ValueMovementKind.ADJUSTMENT, fact.amount)
    return [moved._replace(order_id=fact.order, reason=fact.reason)]


@value_movements_of.register
def _claimed(fact: ValueClaimed) -> list[ValueMovement]:
    return _of(fact, ValueMovementKind.CLAIM, 0, fact.amount)


@value_movements_of.register
def _settled(fact: ClaimSettled) -> list[ValueMovement]:
    return _of(fact, ValueMovementKind.SETTLEMENT, -fact.amount, -fact.amount)


@value_movements_of.register
def _released(fact: ClaimReleased) -> list[ValueMovement]:
    return _of(fact, ValueMovementKind.RELEASE, 0, -fact.amount)


@value_movements_of.register
def _ended(fact: ClaimExpired) -> list[ValueMovement]:
    return _of(fact, ValueMovementKind.EXPIRY, 0, -fact.amount)


@value_movements_of.register
def _given_back(fact: ValueGivenBack) -> list[ValueMovement]:
    return _of(fact, ValueMovementKind.GIVE_BACK, fact.amount)


@value_movements_of.register
def _expired(fact: ValueExpired) -> list[ValueMovement]:
    return [_moved(fact, ValueMovementKind.BREAKAGE, -fact.amount)]


def _moved(
    fact: ValueFact, kind: ValueMovementKind, balance: int, claimed: int = 0
) -> ValueMovement:
    return ValueMovement(fact.path, kind.value, fact.currency, balance, claimed)


def _of(
    fact: ClaimFact, kind: ValueMovementKind, balance: int, claimed: int = 0
) -> list[ValueMovement]:
    return [_moved(fact, kind, balance, claimed)._replace(order_id=fact.order)]

"""What a statement lists: one pure function from a fact to its transactions.

Answers, replays of answers, lists, the analysts' rows and exports all come from here.
"""

from __future__ import annotations

import functools
from enum import StrEnum

import msgspec

from ledger.credits.lots import Lot, Slice, slice_of
from ledger.credits.usage import Line
from ledger.credits.wallet import Wallet
from ledger.kernel.events import Fact


class Category(StrEnum):
    """What kind of movement a transaction is."""

    DEPOSIT = "deposit"
    GRANT = "grant"
    USAGE = "usage"
    TRANSFER = "transfer"
    REVERSAL = "reversal"
    EXPIRY = "expiry"
    ADJUSTMENT = "adjustment"


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of a wallet: `amount` is signed, in the asset's smallest unit.

    `line` is its place in its fact, `user` whose it is (the member, even when the pool pays),
    `owner` whose wallet moved. `metadata` and `reason` are digests of erasable texts.
    """

    line: int
    owner: str
    user: str
    asset: str
    category: Category
    amount: int
    balance_after: int
    lots: list[Slice]
    occurred_us: int
    recorded_us: int
    reference: str | None = None
    metadata: str | None = None
    reason: str | None = None
    usage: Line | None = None


def wallet_of(fact: Fact) -> tuple[str, str]:
    """Owner and asset of the wallet a fact belongs to."""
    _, _, asset, owner = fact.originator_id.split("/", 3)
    return owner, asset


@functools.singledispatch
def transactions_of(fact: Fact) -> list[Transaction]:
    """The transactions a fact holds, in order; most kinds of facts hold none."""
    return []


@transactions_of.register
def _deposited(fact: Wallet.CreditsDeposited) -> list[Transaction]:
    return [_received(fact, Category.DEPOSIT, fact.lot, fact.balance_after, fact.reference, None)]


@transactions_of.register
def _granted(fact: Wallet.CreditsGranted) -> list[Transaction]:
    return [_received(fact, Category.GRANT, fact.lot, fact.balance_after, None, fact.reason)]


def _received(
    fact: Fact,
    category: Category,
    lot: Lot,
    balance_after: int,
    reference: str | None,
    reason: str | None,
) -> Transaction:
    owner, asset = wallet_of(fact)
    return Transaction(
        line=0,
        owner=owner,
        user=owner,
        asset=asset,
        category=category,
        amount=lot.amount,
        balance_after=balance_after,
        lots=[slice_of(lot, lot.amount)],
        occurred_us=fact.recorded_us,
        recorded_us=fact.recorded_us,
        reference=reference,
        reason=reason,
    )


@transactions_of.register
def _used(fact: Wallet.UsageRecorded) -> list[Transaction]:
    owner, asset = wallet_of(fact)
    recorded_us = fact.recorded_us
    return [
        Transaction(
            line=place,
            owner=owner,
            user=line.user,
            asset=asset,
            category=Category.USAGE,
            amount=-line.amount,
            balance_after=line.balance_after,
            lots=line.lots,
            occurred_us=line.occurred_us,
            recorded_us=recorded_us,
            reference=line.id,
            metadata=line.metadata,
            usage=line,
        )
        for place, line in enumerate(fact.lines)
    ]


@transactions_of.register
def _expired(fact: Wallet.LotsExpired) -> list[Transaction]:
    owner, asset = wallet_of(fact)
    balance = fact.balance_after + sum(part.amount for part in fact.lots)
    movements = []
    for place, part in enumerate(fact.lots):
        balance -= part.amount
        movements.append(
            Transaction(
                line=place,
                owner=owner,
                user=owner,
                asset=asset,
                category=Category.EXPIRY,
                amount=-part.amount,
                balance_after=balance,
                lots=[part],
                occurred_us=fact.recorded_us if part.expires_us is None else part.expires_us,
                recorded_us=fact.recorded_us,
            )
        )
    return movements

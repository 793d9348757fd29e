"""Transactions: one pure function from a fact to what a statement lists of it.

Answers, replays of answers, lists, the analysts' rows and exports all come from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec import UNSET, UnsetType

from ledger.credits.adjustments import CreditsAdjusted, CreditsWithdrawn
from ledger.credits.conversions import CreditsConverted, MoneyConverted
from ledger.credits.debits import UsageRecorded
from ledger.credits.deposits import CreditsDeposited, CreditsGranted
from ledger.credits.facts import WalletFact
from ledger.credits.hold_expiry import HoldExpired
from ledger.credits.holds import HoldCaptured, HoldReleased, LapsedHoldCaptured
from ledger.credits.invoiced_debt import DebtInvoiced, DebtRestored
from ledger.credits.lot_expiry import LotsExpired
from ledger.credits.lots import Lot, Slice, slice_at, slice_of, total
from ledger.credits.refunds import CreditsRefunded
from ledger.credits.reversals import CreditReversed, UsageReversed
from ledger.credits.take_backs import CreditsRestored, CreditsTakenBack
from ledger.credits.transfers import CreditsReceived, CreditsSent
from ledger.credits.usage import UsageLine
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import wallet_names


class Category(StrEnum):
    """What kind of movement a transaction is."""

    DEPOSIT = "deposit"
    GRANT = "grant"
    USAGE = "usage"
    TRANSFER = "transfer"
    REVERSAL = "reversal"
    EXPIRY = "expiry"
    ADJUSTMENT = "adjustment"
    CONVERSION = "conversion"
    REFUND = "refund"
    DISPUTE = "dispute"
    OVERAGE = "overage"


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of a wallet: `amount` is signed, in the asset's smallest unit.

    `line` is its place in its fact, `user` whose it is (the member, even when the pool pays),
    `owner` whose wallet moved. Of `balance_after`, `pending_after` is not in effect yet; it is left
    out when there is none, as in rows of before. `metadata` and `reason` are digests of erasable
    texts.
    """

    line: int
    owner: str
    user: str
    asset: str
    category: Category
    amount: int
    balance_after: int
    pending_after: int | UnsetType = UNSET
    lots: list[Slice]
    occurred_us: int
    recorded_us: int
    reference: str | None = None
    metadata: str | None = None
    reason: str | None = None
    usage: UsageLine | None = None


def wallet_of(fact: Fact) -> tuple[str, str]:
    """Return the owner and the asset of the wallet a fact belongs to."""
    return wallet_names(fact.originator_id)


@ByType
def transactions_of(fact: Fact) -> list[Transaction]:
    """Return the transactions a fact holds, in order; most kinds of facts hold none."""
    return []


@transactions_of.register
def _deposited(fact: CreditsDeposited) -> list[Transaction]:
    return [_in(fact, Category.DEPOSIT, fact.lot, fact.balance_after, reference=fact.reference)]


@transactions_of.register
def _refunded(fact: CreditsRefunded) -> list[Transaction]:
    return [
        _movement(
            fact,
            Category.REFUND,
            -fact.part.amount,
            fact.balance_after,
            [fact.part],
            reference=fact.purchase,
        )
    ]


@transactions_of.register
def _taken_back(fact: CreditsTakenBack) -> list[Transaction]:
    return [
        _movement(
            fact,
            Category(fact.cause),
            -fact.amount,
            fact.balance_after,
            fact.lots,
            reference=fact.purchase,
        )
    ]


@transactions_of.register
def _restored(fact: CreditsRestored) -> list[Transaction]:
    back = _movement(
        fact,
        Category(fact.cause),
        fact.amount,
        fact.balance_after,
        [slice_of(each.lot, each.amount) for each in fact.restored],
        reference=fact.purchase,
    )
    after = fact.balance_after - total(fact.expired)
    return [back, *_expiries(fact, fact.expired, after, 1)]


@transactions_of.register
def _debt_invoiced(fact: DebtInvoiced) -> list[Transaction]:
    after, invoice = fact.balance_after, fact.invoice
    return [_movement(fact, Category.OVERAGE, fact.amount, after, [], reference=invoice)]


@transactions_of.register
def _debt_restored(fact: DebtRestored) -> list[Transaction]:
    after, invoice = fact.balance_after, fact.invoice
    return [_movement(fact, Category.OVERAGE, -fact.amount, after, [], reference=invoice)]


@transactions_of.register
def _granted(fact: CreditsGranted) -> list[Transaction]:
    return [_in(fact, Category.GRANT, fact.lot, fact.balance_after, reason=fact.reason)]


@transactions_of.register
def _adjusted(fact: CreditsAdjusted) -> list[Transaction]:
    return [_in(fact, Category.ADJUSTMENT, fact.lot, fact.balance_after, reason=fact.reason)]


@transactions_of.register
def _converted(fact: CreditsConverted) -> list[Transaction]:
    return [_in(fact, Category.CONVERSION, fact.lot, fact.balance_after)]


@transactions_of.register
def _money_converted(fact: MoneyConverted) -> list[Transaction]:
    return [_movement(fact, Category.CONVERSION, -total(fact.lots), fact.balance_after, fact.lots)]


@transactions_of.register
def _withdrawn(fact: CreditsWithdrawn) -> list[Transaction]:
    amount = fact.forgiven - total(fact.lots)
    return [
        _movement(
            fact,
            Category.ADJUSTMENT,
            amount,
            fact.balance_after,
            fact.lots,
            reason=fact.reason,
        )
    ]


@transactions_of.register
def _sent(fact: CreditsSent) -> list[Transaction]:
    amount = -total(fact.lots)
    return [
        _movement(fact, Category.TRANSFER, amount, fact.balance_after, fact.lots, reference=fact.to)
    ]


@transactions_of.register
def _received(fact: CreditsReceived) -> list[Transaction]:
    lots = [slice_of(lot, lot.amount) for lot in fact.lots]
    return [
        _movement(
            fact,
            Category.TRANSFER,
            total(lots),
            fact.balance_after,
            lots,
            reference=fact.sender,
        )
    ]


@transactions_of.register
def _used(fact: UsageRecorded) -> list[Transaction]:
    return [_usage(fact, place, line) for place, line in enumerate(fact.lines)]


@transactions_of.register
def _captured(fact: HoldCaptured) -> list[Transaction]:
    expired = fact.returned.expired
    return [_usage(fact, 0, fact.line), *_expiries(fact, expired, fact.balance_after, 1)]


@transactions_of.register
def _lapsed_captured(fact: LapsedHoldCaptured) -> list[Transaction]:
    return [_usage(fact, 0, fact.line)]


@transactions_of.register
def _released(fact: HoldReleased) -> list[Transaction]:
    return _expiries(fact, fact.returned.expired, fact.balance_after)


@transactions_of.register
def _hold_expired(fact: HoldExpired) -> list[Transaction]:
    return _expiries(fact, fact.returned.expired, fact.balance_after)


@transactions_of.register
def _expired(fact: LotsExpired) -> list[Transaction]:
    return _expiries(fact, fact.lots, fact.balance_after)


@transactions_of.register
def _usage_reversed(fact: UsageReversed) -> list[Transaction]:
    back = _movement(
        fact,
        Category.REVERSAL,
        fact.amount,
        fact.balance_after,
        fact.lots,
        reference=fact.original,
        reason=fact.reason,
        user=fact.user,
    )
    after = fact.balance_after - total(fact.expired)
    return [back, *_expiries(fact, fact.expired, after, 1)]


@transactions_of.register
def _credit_reversed(fact: CreditReversed) -> list[Transaction]:
    return [
        _movement(
            fact,
            Category.REVERSAL,
            -fact.amount,
            fact.balance_after,
            fact.withdrawn,
            reference=fact.original,
            reason=fact.reason,
        )
    ]


def _in(
    fact: Fact,
    category: Category,
    lot: Lot,
    balance_after: int,
    *,
    reference: str | None = None,
    reason: str | None = None,
) -> Transaction:
    lots = [slice_at(lot, lot.amount, fact.recorded_us)]
    return _movement(
        fact, category, lot.amount, balance_after, lots, reference=reference, reason=reason
    )


def _movement(
    fact: Fact,
    category: Category,
    amount: int,
    balance_after: int,
    lots: list[Slice],
    *,
    line: int = 0,
    user: str | None = None,
    occurred_us: int | None = None,
    reference: str | None = None,
    reason: str | None = None,
) -> Transaction:
    owner, asset = wallet_of(fact)
    recorded_us = fact.recorded_us
    return Transaction(
        line=line,
        owner=owner,
        user=owner if user is None else user,
        asset=asset,
        category=category,
        amount=amount,
        balance_after=balance_after,
        pending_after=_pending_after(fact) or UNSET,
        lots=lots,
        occurred_us=recorded_us if occurred_us is None else occurred_us,
        recorded_us=recorded_us,
        reference=reference,
        reason=reason,
    )


def _usage(fact: Fact, place: int, line: UsageLine) -> Transaction:
    owner, asset = wallet_of(fact)
    return Transaction(
        line=place,
        owner=owner,
        user=line.user,
        asset=asset,
        category=Category.USAGE,
        amount=-line.amount,
        balance_after=line.balance_after,
        pending_after=_pending_after(fact) or UNSET,
        lots=line.lots,
        occurred_us=line.occurred_us,
        recorded_us=fact.recorded_us,
        reference=line.id,
        metadata=line.metadata,
        usage=line,
    )


def _expiries(
    fact: Fact, lots: Sequence[Slice], balance_after: int, first_line: int = 0
) -> list[Transaction]:
    """Occurred when they ended; a free lot that gives way to new free credit ends before that."""
    balance = balance_after + total(lots)
    recorded_us = fact.recorded_us
    movements = []
    for place, part in enumerate(lots, first_line):
        balance -= part.amount
        movements.append(
            _movement(
                fact,
                Category.EXPIRY,
                -part.amount,
                balance,
                [part],
                line=place,
                occurred_us=min(part.expires_us or recorded_us, recorded_us),
            )
        )
    return movements


def _pending_after(fact: Fact) -> int:
    return fact.pending_after if isinstance(fact, WalletFact) else 0

"""Transactions: how one looks, and the usage and the rate in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import UNSET

from api.http.answers import Amount, Answer, Hash, Time, one_of, time_or_null
from ledger.credits.lots import Kind, Slice
from ledger.credits.transactions import Category, Transaction
from ledger.credits.usage import Rate, UsageLine
from ledger.kernel.money import format_amount, format_decimal
from ledger.kernel.times import format_time

LotKind = Annotated[str, one_of(Kind)]
CategoryName = Annotated[str, one_of(Category)]


class SliceAnswer(Answer):
    """A part of a lot."""

    lot: str
    kind: LotKind
    amount: Amount
    expires_at: Time | None


class RateAnswer(Answer):
    """The prices a line was rated with: meter to exact dollars for one unit, the last one.

    `used_before`: where a price counts over a month, what it had counted before the line.
    """

    card: str
    version: int
    unit_prices_usd: dict[str, Amount]
    used_before: dict[str, int] | None


class UsageAnswer(Answer):
    """The metered work of a usage line."""

    id: str
    credential: str
    service: str | None
    project: str | None
    provider: str | None
    model: str | None
    quantities: dict[str, int]
    debt: Amount
    late: bool
    rate: RateAnswer | None


class TransactionAnswer(Answer):
    """One movement of a wallet. `metadata` and `reason` are erasable texts: an erased one is null,
    and `erased` tells it from one that never was. `balance_after` and `pending_after` are null for
    a member whom the pool has paid for: what it holds is not theirs to see."""

    id: str
    sequence: int
    hash: Hash
    user: str
    owner: str
    asset: str
    category: CategoryName
    amount: Amount
    balance_after: Amount | None
    pending_after: Amount | None
    lots: list[SliceAnswer]
    occurred_at: Time
    recorded_at: Time
    reference: str | None
    reason: str | None
    metadata: dict[str, str] | None
    erased: bool
    usage: UsageAnswer | None

    def with_texts(
        self, metadata: str | None, reason: str | None, texts: Mapping[str, str]
    ) -> TransactionAnswer:
        """Return a transaction with its erasable texts, found by their digests."""
        if metadata is not None:
            text = texts.get(metadata)
            self.metadata = None if text is None else msgspec.json.decode(text)
        if reason is not None:
            self.reason = texts.get(reason)
        self.erased = any(each is not None and each not in texts for each in (metadata, reason))
        return self


class ConversionAnswer(TransactionAnswer):
    """The transaction of dollars that were converted, and the credits that they became."""

    credits: Amount


def transaction_answer(
    transaction: Transaction,
    sequence: int,
    digest: bytes,
    texts: Mapping[str, str],
    *,
    own: bool = False,
) -> TransactionAnswer:
    """Return a transaction with its place in the chain. `texts` are the erasable texts by digest;
    `own`: for who may only see what is theirs."""
    hidden = own and transaction.owner != transaction.user
    asset, usage = transaction.asset, transaction.usage
    pending = 0 if transaction.pending_after is UNSET else transaction.pending_after
    rate = None if usage is None or usage.rate is None else rate_answer(usage.rate)
    return TransactionAnswer(
        f"{sequence}-{transaction.line}",
        sequence,
        digest.hex(),
        transaction.user,
        transaction.owner,
        asset,
        transaction.category,
        format_amount(transaction.amount, asset),
        None if hidden else format_amount(transaction.balance_after, asset),
        None if hidden else format_amount(pending, asset),
        slice_answers(transaction.lots, asset),
        format_time(transaction.occurred_us),
        format_time(transaction.recorded_us),
        transaction.reference,
        None,
        None,
        False,
        None if usage is None else usage_answer(usage, asset, rate),
    ).with_texts(transaction.metadata, transaction.reason, texts)


def slice_answers(slices: Sequence[Slice], asset: str) -> list[SliceAnswer]:
    """Return parts of lots, in burn order."""
    return [
        SliceAnswer(
            part.lot, part.kind, format_amount(part.amount, asset), time_or_null(part.expires_us)
        )
        for part in slices
    ]


def rate_answer(rate: Rate) -> RateAnswer:
    """Return unit prices as exact dollars for one unit."""
    prices = {meter: exact_usd(price) for meter, price in rate.unit_prices.items()}
    return RateAnswer(rate.card, rate.version, prices, rate.used_before or None)


@lru_cache(maxsize=4096)
def exact_usd(attodollars: int) -> str:
    """Return attodollars as exact dollars, without trailing zeros."""
    return format_decimal(attodollars, 18)


def usage_answer(line: UsageLine, asset: str, rate: RateAnswer | None) -> UsageAnswer:
    """Return the metered work of a usage line, and the prices it was rated with."""
    return UsageAnswer(
        line.id,
        line.credential,
        line.service,
        line.project,
        line.provider,
        line.model,
        line.quantities,
        format_amount(line.debt, asset),
        line.late,
        rate,
    )

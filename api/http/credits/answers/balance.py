"""Balances: how a wallet looks now or then."""

from __future__ import annotations

from typing import NamedTuple

from api.http.answers import Amount, Answer, Time, time_or_null
from api.http.credits.answers.transactions import LotKind
from ledger.credits.balance import Balance
from ledger.credits.credit_line import UNLIMITED
from ledger.credits.lots import OpenLot
from ledger.kernel.money import CREDIT, format_amount, format_credits, format_usd, scale_of
from ledger.kernel.times import format_time
from ledger.subscriptions.subscription_base import SubscriptionState


class LotAnswer(Answer):
    """A lot with what is left of it; `held` is the part that holds have set aside."""

    lot: str
    kind: LotKind
    amount: Amount
    held: Amount
    granted: Amount
    effective_at: Time
    expires_at: Time | None
    priority: int


class CreditLineAnswer(Answer):
    """How far beyond the credit work may begin, and what of that is left. Null: without a limit."""

    limit: Amount | None
    left: Amount | None


class BalanceAnswer(Answer):
    """A wallet. `balance` is whole, rounded down. `tier`: the plan that its owner subscribes to,
    with the credits of the period: how many came with it, and how many of those are left, and the
    `credit_line` of a plan whose overage is paid. Null: there is no subscription, or what the
    standard has and this ledger does not know yet."""

    user: str
    asset: str
    balance: int
    balance_usd: Amount | None
    available: Amount
    held: Amount
    debt: Amount
    pending: Amount
    suspended: bool
    lots: list[LotAnswer]
    as_of_sequence: int
    tier: str | None
    credits_included: Amount | None
    credits_used: Amount | None
    credits_remaining: Amount | None
    period_start: Time | None
    period_end: Time | None
    auto_recharge: None
    credit_line: CreditLineAnswer | None


class BalancesAnswer(Answer):
    """A user's wallets, one for each asset."""

    data: list[BalanceAnswer]
    as_of_sequence: int
    next_cursor: None


def balance_answer(
    user: str,
    asset: str,
    balance: Balance,
    as_of_sequence: int,
    *,
    suspended: bool,
    subscription: SubscriptionState | None = None,
) -> BalanceAnswer:
    """Return a wallet with its lots, and what its owner holds of a plan now."""
    period = _period(subscription, balance)
    return BalanceAnswer(
        user=user,
        asset=asset,
        balance=balance.total // 10 ** scale_of(asset),
        balance_usd=_usd(balance.total, asset),
        available=format_amount(balance.available, asset),
        held=format_amount(balance.held, asset),
        debt=format_amount(balance.debt, asset),
        pending=format_amount(balance.pending, asset),
        suspended=suspended,
        lots=[_lot(lot, asset) for lot in balance.lots],
        as_of_sequence=as_of_sequence,
        tier=period.tier,
        credits_included=period.included,
        credits_used=period.used,
        credits_remaining=period.remaining,
        period_start=period.start,
        period_end=period.end,
        auto_recharge=None,
        credit_line=_line(balance, asset),
    )


class _Period(NamedTuple):
    """The plan of a period, its credits, and when it is."""

    tier: str | None = None
    included: str | None = None
    used: str | None = None
    remaining: str | None = None
    start: str | None = None
    end: str | None = None


def _period(subscription: SubscriptionState | None, balance: Balance) -> _Period:
    allowed = subscription.allows if subscription else None
    if subscription is None or allowed is None:
        return _Period()
    included = sum(subscription.lots.values())
    open_lots = (each for each in balance.lots if each.terms.id in subscription.lots)
    remaining = sum(each.left for each in open_lots)
    return _Period(
        allowed.plan.id,
        format_credits(included),
        format_credits(included - remaining),
        format_credits(remaining),
        format_time(subscription.start_us),
        format_time(subscription.end_us),
    )


def _line(balance: Balance, asset: str) -> CreditLineAnswer | None:
    if not balance.credit_line:
        return None
    if balance.credit_line == UNLIMITED:
        return CreditLineAnswer(None, None)
    limit, left = (format_amount(n, asset) for n in (balance.credit_line, balance.line_left))
    return CreditLineAnswer(limit, left)


def _usd(amount: int, asset: str) -> str | None:
    if asset == CREDIT:
        return format_usd(amount)
    return format_amount(amount, asset) if asset == "usd" else None


def _lot(lot: OpenLot, asset: str) -> LotAnswer:
    return LotAnswer(
        lot=lot.terms.id,
        kind=lot.terms.kind,
        amount=format_amount(lot.left, asset),
        held=format_amount(lot.held, asset),
        granted=format_amount(lot.terms.amount, asset),
        effective_at=format_time(lot.terms.effective_us),
        expires_at=time_or_null(lot.terms.expires_us),
        priority=lot.terms.priority,
    )

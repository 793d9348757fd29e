"""Balances: how a wallet looks now or then."""

from __future__ import annotations

from api.http.answers import Amount, Answer, Time, time_or_null
from api.http.credits.answers.transactions import LotKind
from ledger.credits.balance import Balance
from ledger.credits.lots import OpenLot
from ledger.kernel.money import CREDIT, format_amount, format_usd, scale_of
from ledger.kernel.times import format_time


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


class BalanceAnswer(Answer):
    """A wallet. `balance` is whole, rounded down; null is what the standard has and this ledger
    does not know yet."""

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
    tier: None
    credits_included: None
    credits_used: None
    credits_remaining: None
    period_start: None
    period_end: None
    auto_recharge: None


class BalancesAnswer(Answer):
    """A user's wallets, one for each asset."""

    data: list[BalanceAnswer]
    as_of_sequence: int
    next_cursor: None


def balance_answer(
    user: str, asset: str, balance: Balance, as_of_sequence: int, *, suspended: bool
) -> BalanceAnswer:
    """Return a wallet with its lots."""
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
        tier=None,
        credits_included=None,
        credits_used=None,
        credits_remaining=None,
        period_start=None,
        period_end=None,
        auto_recharge=None,
    )


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

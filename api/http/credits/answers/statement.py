"""The statement of a wallet's month, which adds up."""

from __future__ import annotations

from typing import Annotated

import msgspec

from api.http.answers import Amount, Answer, Time
from api.queries.credits.statement import Period, Side, Statement, Wallet
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time

Month = Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-[0-9]{2}$")]


class SideAnswer(Answer):
    """What came in, or went out, in all and by category."""

    total: Amount
    categories: dict[str, Amount]


class StatementAnswer(Answer, rename={"from_": "from", "in_": "in"}):
    """opening + in - out = closing = balance + pending, exactly."""

    user: str
    asset: str
    period: Month
    from_: Time
    to: Time
    opening: Amount
    opening_pending: Amount
    in_: SideAnswer
    out: SideAnswer
    closing: Amount
    pending: Amount
    balance: Amount
    transactions: int
    as_of_sequence: int


def statement_answer(
    found: Statement, wallet: Wallet, period: str, month: Period, as_of_sequence: int
) -> StatementAnswer:
    """Return a wallet's statement of a month; `period` is its name."""
    asset = wallet.asset
    return StatementAnswer(
        user=wallet.owner,
        asset=asset,
        period=period,
        from_=format_time(month.from_us),
        to=format_time(month.to_us),
        opening=format_amount(found.opening, asset),
        opening_pending=format_amount(found.opening_pending, asset),
        in_=_side(found.came_in, asset),
        out=_side(found.went_out, asset),
        closing=format_amount(found.closing, asset),
        pending=format_amount(found.closing_pending, asset),
        balance=format_amount(found.closing - found.closing_pending, asset),
        transactions=found.transactions,
        as_of_sequence=as_of_sequence,
    )


def _side(side: Side, asset: str) -> SideAnswer:
    categories = {name: format_amount(each, asset) for name, each in side.categories.items()}
    return SideAnswer(format_amount(side.total, asset), categories)

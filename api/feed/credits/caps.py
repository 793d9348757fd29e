"""Caps and allowances: what their events say. An alert is an event as any other."""

from __future__ import annotations

from typing import Any

from api.feed.content import Content, Contents
from api.http.answers import Amount, Time
from api.http.credits.answers.caps import CapAnswer, cap_answer
from api.queries.credits.caps import values_of
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import format_time
from ledger.ports import RecordedEvent


class CapsContent(Content):
    """The caps that are in force from now on."""

    caps: list[CapAnswer]


class AlertContent(Content):
    """A part of a limit was reached, once in a period."""

    cap: str
    values: list[str]
    percent: int
    spent: Amount
    limit: Amount
    period_from: Time


class AllowanceContent(Content):
    """What each user gets a month from now on; null: nothing. `verified_only`: those alone who were
    welcomed with an identity."""

    free_monthly: Amount | None
    verified_only: bool


class MonthContent(Content):
    """The month of which every user has the allowance now."""

    month: str


def caps(event: RecordedEvent, fact: Any) -> CapsContent:
    """Return the caps that were set."""
    return CapsContent([cap_answer(cap) for cap in fact.caps])


def alert(event: RecordedEvent, fact: Any) -> AlertContent:
    """Return the threshold that was crossed."""
    return AlertContent(
        cap=fact.cap,
        values=values_of(fact.subject),
        percent=fact.percent,
        spent=format_amount(fact.spent, CREDIT),
        limit=format_amount(fact.limit, CREDIT),
        period_from=format_time(fact.period_from_us),
    )


def allowance(event: RecordedEvent, fact: Any) -> AllowanceContent:
    """Return the allowance that was set."""
    monthly = fact.free_monthly
    amount = None if monthly is None else format_amount(monthly, CREDIT)
    return AllowanceContent(amount, fact.verified_only)


def month(event: RecordedEvent, fact: Any) -> MonthContent:
    """Return the month that was granted."""
    return MonthContent(fact.month)


CONTENTS: Contents = {
    "credits.CapsSet": caps,
    "credits.AlertRaised": alert,
    "credits.AllowanceSet": allowance,
    "credits.AllowancesGranted": month,
}

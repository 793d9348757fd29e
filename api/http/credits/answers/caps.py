"""Caps: as they were set, as they count, and the alerts that they raised."""

from __future__ import annotations

from typing import Annotated

from api.commands.result import CommandResult
from api.http.answers import Amount, Answer, Hash, Time, one_of
from api.queries.credits.caps import CapRead, CounterRead, Raised, values_of
from ledger.credits.cap_book import CapBook
from ledger.credits.caps import Cap, Period
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import format_time


class CapAnswer(Answer):
    """A limit on what is spent in a period; `days`: of a rolling one."""

    id: str
    limit: Amount
    period: Annotated[str, one_of(Period)]
    days: int | None
    hard: bool
    scope: dict[str, str]
    thresholds: list[int]


class CapsSetAnswer(Answer):
    """The caps that are in force from now on."""

    caps: list[CapAnswer]
    sequence: int
    hash: Hash
    recorded_at: Time


class CounterAnswer(Answer):
    """What a cap has counted in its window; `values`: what each `*` of its scope stands for."""

    values: list[str]
    spent: Amount
    held: Amount
    available: Amount


class CapReadAnswer(CapAnswer):
    """A cap in force with its highest counters; `more_counters`: whether it has others."""

    window_from: Time
    counters: list[CounterAnswer]
    more_counters: bool


class AlertAnswer(Answer):
    """A part of a limit was reached, once in a period."""

    cap: str
    values: list[str]
    percent: int
    spent: Amount
    limit: Amount
    period_from: Time
    sequence: int
    hash: Hash
    raised_at: Time


def caps_set_answer(result: CommandResult) -> CapsSetAnswer:
    """Return the caps that a command has set."""
    stored_fact = result.stored_fact
    fact = stored_fact.fact
    assert isinstance(fact, CapBook.CapsSet)
    return CapsSetAnswer(
        caps=[cap_answer(cap) for cap in fact.caps],
        sequence=stored_fact.sequence,
        hash=stored_fact.hash.hex(),
        recorded_at=format_time(fact.recorded_us),
    )


def cap_answer(cap: Cap) -> CapAnswer:
    """Return a cap as it was set."""
    return CapAnswer(*_terms(cap))


def cap_read_answer(found: CapRead) -> CapReadAnswer:
    """Return a cap with what it has counted."""
    return CapReadAnswer(
        *_terms(found.cap),
        window_from=format_time(found.since_us),
        counters=[_counter(each, found.cap) for each in found.counters],
        more_counters=found.more,
    )


def alert_answer(found: Raised) -> AlertAnswer:
    """Return an alert with its place in the chain."""
    alert = found.alert
    return AlertAnswer(
        cap=alert.cap,
        values=values_of(alert.subject),
        percent=alert.percent,
        spent=format_amount(alert.spent, CREDIT),
        limit=format_amount(alert.limit, CREDIT),
        period_from=format_time(alert.period_from_us),
        sequence=found.sequence,
        hash=found.hash.hex(),
        raised_at=format_time(found.recorded_us),
    )


def _terms(cap: Cap) -> tuple[str, str, str, int | None, bool, dict[str, str], list[int]]:
    limit = format_amount(cap.limit, CREDIT)
    return cap.id, limit, cap.period, cap.days, cap.hard, cap.scope, cap.thresholds


def _counter(found: CounterRead, cap: Cap) -> CounterAnswer:
    available = max(0, cap.limit - found.spent - found.held)
    return CounterAnswer(
        values=found.subject,
        spent=format_amount(found.spent, CREDIT),
        held=format_amount(found.held, CREDIT),
        available=format_amount(available, CREDIT),
    )

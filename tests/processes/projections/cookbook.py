"""Cookbook: the answers to the questions of docs/analysts.md, computed from the facts alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from statistics import median_low
from typing import Any, NamedTuple

from ledger.credits.cap_book import CapBook
from ledger.credits.transactions import Transaction, transactions_of
from ledger.invoices.bill import Bill
from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.endings import InvoiceVoided
from ledger.invoices.issuing import InvoiceIssued
from ledger.invoices.payments import PaymentApplied
from ledger.kernel.times import microseconds, moment
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from ledger.subscriptions.subscription_base import Holding
from ledger.subscriptions.subscription_facts import (
    PlanChanged,
    SubscriptionEnded,
    SubscriptionStarted,
)

MARGIN_BPS = 2_500
MODELS = (("m1", "acme-ai"), ("m2", "globex-ai"))

TODAY = datetime.now(UTC)
MONTH = TODAY.date().replace(day=1)
BEFORE = (MONTH - timedelta(days=1)).replace(day=1)


class Line(NamedTuple):
    """A usage line of the facts, and when it was recorded."""

    at: datetime
    recorded: datetime
    owner: str
    line: Any


class Events:
    """What the events of an org say."""

    def __init__(self, events: Iterable[RecordedEvent], org: str) -> None:
        self.facts = [(each, fact_of(each)) for each in events if each.org == org]
        self.movements: list[Transaction] = [
            movement for _, fact in self.facts for movement in transactions_of(fact)
        ]
        self.lines = [
            Line(moment(each.occurred_us), moment(each.recorded_us), each.owner, each.usage)
            for each in self.movements
            if each.usage is not None
        ]
        self.of_month = [each for each in self.lines if each.at.date().replace(day=1) == MONTH]


Rows = list[tuple[Any, ...]]
ANSWERS: dict[str, Callable[[Events], Rows]] = {}


def answers(title: str) -> Callable[[Callable[[Events], Rows]], Callable[[Events], Rows]]:
    """Say that a function computes the answer of a question."""

    def keep(function: Callable[[Events], Rows]) -> Callable[[Events], Rows]:
        ANSWERS[title] = function
        return function

    return keep


def sums(lines: Iterable[Line], key: Callable[[Line], Any], *values: Callable[[Any], int]) -> Rows:
    """Add up values of lines by a key, in its order."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0] * len(values))
    for each in lines:
        for place, value in enumerate(values):
            found[key(each)][place] += value(each.line)
    return [
        (*(name if isinstance(name, tuple) else (name,)), *found[name]) for name in sorted(found)
    ]


def spent(line: Any) -> int:
    return int(line.amount)


def one(_: Any) -> int:
    return 1


def month_of(at: datetime) -> date:
    return at.date().replace(day=1)


def p(values: Iterable[int], level: float) -> int:
    """The exact quantile as ClickHouse has it: the value at that place of the sorted ones."""
    ordered = sorted(values)
    return ordered[min(int(level * len(ordered)), len(ordered) - 1)]


@answers("Spend by model and day")
def _(events: Events) -> Rows:
    return sums(events.of_month, lambda each: (each.at.date(), each.line.model), spent)


@answers("Cost per project")
def _(events: Events) -> Rows:
    rows = sums(events.of_month, lambda each: each.line.project or "", one, spent)
    return sorted(rows, key=lambda row: (-row[2], row[0]))


@answers("Top members")
def _(events: Events) -> Rows:
    rows = sums(events.of_month, lambda each: each.line.user, one, spent)
    return sorted(rows, key=lambda row: (-row[2], row[0]))


@answers("Margin by provider")
def _(events: Events) -> Rows:
    priced = [each for each in events.of_month if each.line.rate]
    of = 10_000 + MARGIN_BPS
    margin = lambda line: line.amount - line.amount * 10_000 // of  # noqa: E731
    return sums(priced, lambda each: each.line.provider, spent, margin)


@answers("Cache savings")
def _(events: Events) -> Rows:
    priced = [each for each in events.of_month if each.line.rate]

    def saved(line: Any) -> int:
        prices = line.rate.unit_prices
        less = prices["input_tokens"] - prices["cached_tokens"]
        return int(line.quantities["cached_tokens"] * less)

    cached = lambda line: int(line.quantities["cached_tokens"])  # noqa: E731
    rows = sums(priced, lambda each: each.line.model, cached, saved)
    return [(model, tokens, saved // 10**9) for model, tokens, saved in rows]


@answers("p95 cost of a request")
def _(events: Events) -> Rows:
    found: dict[str, list[int]] = defaultdict(list)
    for each in events.of_month:
        found[each.line.model].append(each.line.amount)
    return [(name, p(found[name], 0.5), p(found[name], 0.95)) for name in sorted(found)]


@answers("Forecast of a month")
def _(events: Events) -> Rows:
    whole = sum(each.line.amount for each in events.of_month if each.at.date() <= TODAY.date())
    days = ((MONTH + timedelta(days=31)).replace(day=1) - MONTH).days
    return [(whole, whole * days // TODAY.day)]


@answers("Anomalies")
def _(events: Events) -> Rows:
    by_day = sums(events.lines, lambda each: (each.line.model, each.at.date()), spent)
    found = []
    for model in sorted({row[0] for row in by_day}):
        days = [row for row in by_day if row[0] == model]
        for place, (_, day, amount) in enumerate(days):
            before = [row[2] for row in days[max(0, place - 28) : place]]
            if len(before) >= 3 and amount > 3 * (usual := median_low(before)):
                found.append((day, model, amount, usual))
    assert found
    return sorted(found)


@answers("Cohorts by first purchase")
def _(events: Events) -> Rows:
    firsts: dict[str, date] = {}
    for each in events.movements:
        if each.category.value == "deposit":
            firsts.setdefault(each.owner, month_of(moment(each.recorded_us)))
    return [
        (
            cohort,
            len(owners := {owner for owner, first in firsts.items() if first == cohort}),
            sum(each.line.amount for each in events.lines if each.owner in owners),
        )
        for cohort in sorted(set(firsts.values()))
    ]


@answers("Breakage")
def _(events: Events) -> Rows:
    found: dict[str, int] = defaultdict(int)
    for each in events.movements:
        if each.category.value == "expiry":
            for part in each.lots:
                found[part.kind.value] += part.amount
    assert found
    return sorted(found.items())


@answers("Late usage")
def _(events: Events) -> Rows:
    def hours(each: Line) -> int:
        return microseconds(each.recorded) // 3_600_000_000 - microseconds(each.at) // 3_600_000_000

    late = [each for each in events.lines if each.line.late]
    assert late
    return sums(late, lambda each: hours(each) // 24, one, spent)


@answers("Caps that were hit")
def _(events: Events) -> Rows:
    found: dict[tuple[str, int], int] = defaultdict(int)
    for _, fact in events.facts:
        if isinstance(fact, CapBook.AlertRaised):
            found[fact.cap, fact.percent] += 1
    assert found
    return [(*key, found[key]) for key in sorted(found)]


@answers("Cost of a thousand output tokens")
def _(events: Events) -> Rows:
    tokens = lambda line: line.quantities.get("output_tokens", 0)  # noqa: E731
    rows = sums(events.of_month, lambda each: each.line.model, spent, tokens)
    return [(model, amount * 1000 // many) for model, amount, many in rows if many]


@answers("Hours of the day")
def _(events: Events) -> Rows:
    return sums(events.of_month, lambda each: each.at.hour, one, spent)


@answers("This month against the last")
def _(events: Events) -> Rows:
    both = [each for each in events.lines if month_of(each.at) in (MONTH, BEFORE)]
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in both:
        found[each.line.service or ""][month_of(each.at) == BEFORE] += each.line.amount
    return [(name, *found[name]) for name in sorted(found)]


@answers("Usage that nothing covered")
def _(events: Events) -> Rows:
    in_debt = [each for each in events.lines if each.line.debt]
    rows = sums(in_debt, lambda each: each.owner, lambda line: line.debt)
    last = {each.owner: each.recorded for each in in_debt}
    assert rows
    return sorted(((*row, last[row[0]]) for row in rows), key=lambda row: (-row[1], row[0]))


@answers("Balances")
def _(events: Events) -> Rows:
    last = {(each.owner, each.asset): each.balance_after for each in events.movements}
    return [(*key, last[key]) for key in sorted(last)]


@answers("Credit in and out")
def _(events: Events) -> Rows:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in events.movements:
        of = found[each.category.value]
        of[0] += 1
        of[1] += max(each.amount, 0)
        of[2] += max(-each.amount, 0)
    return [(name, *found[name]) for name in sorted(found)]


@answers("Members who are new")
def _(events: Events) -> Rows:
    firsts: dict[str, date] = {}
    for each in sorted(events.lines, key=lambda each: each.at):
        firsts.setdefault(each.line.user, month_of(each.at))
    active = {each.line.user for each in events.of_month}
    return [
        (first, len(of), len(of & active))
        for first in sorted(set(firsts.values()))
        if (of := {user for user, month in firsts.items() if month == first})
    ]


@answers("What was given back")
def _(events: Events) -> Rows:
    back = [each for each in events.movements if each.category.value == "reversal"]
    assert [each.user for each in back] == ["ada"]
    return [("ada", len(back), sum(each.amount for each in back))]


@answers("Invoices that are open")
def _(events: Events) -> Rows:
    open_: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for event, fact in events.facts:
        match fact:
            case InvoiceIssued():
                of = open_[event.stream.partition("/")[2], fact.currency]
                of[0] += fact.bill.total
                of[1] = fact.due_us
            case PaymentApplied():
                open_[event.stream.partition("/")[2], fact.currency][0] -= fact.payment.amount
            case CreditNoteIssued():
                open_[event.stream.partition("/")[2], fact.currency][0] -= fact.note.total
            case InvoiceVoided(bill=Bill() as bill):
                open_[event.stream.partition("/")[2], fact.currency][0] -= bill.total
    found = [(*key, amount, moment(due)) for key, (amount, due) in open_.items() if amount > 0]
    assert len(found) > 1
    return sorted(found, key=lambda row: (row[3], row[0]))


@answers("What was billed")
def _(events: Events) -> Rows:
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def add(key: tuple[str, str], sign: int, line: Any) -> None:
        for place, amount in enumerate((line.amount, line.discount, line.tax, line.total)):
            found[key][place] += sign * amount

    for _, fact in events.facts:
        match fact:
            case InvoiceIssued() | InvoiceVoided(bill=Bill()):
                for line in fact.bill.lines if fact.bill else ():
                    sign = 1 if isinstance(fact, InvoiceIssued) else -1
                    add((line.item.source.value, fact.currency), sign, line)
            case CreditNoteIssued():
                for line, part in zip(fact.lines, fact.note.lines, strict=True):
                    add((line.item.source.value, fact.currency), -1, part)
    assert len(found) > 1
    return [(*key, *found[key]) for key in sorted(found)]


@answers("Revenue and what is deferred")
def _(events: Events) -> Rows:
    """By fractions, worked from what the lines say: only whole periods of the month's end."""
    ends = (MONTH + timedelta(days=31)).replace(day=1)
    end_us = microseconds(datetime(ends.year, ends.month, 1, tzinfo=UTC))
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for _, fact in events.facts:
        lines: list[tuple[int, Any, int | None]] = []
        if isinstance(fact, InvoiceIssued):
            lines = [(each.net, each.item, each.item.from_us) for each in fact.bill.lines]
        elif isinstance(fact, InvoiceVoided) and fact.bill is not None:
            lines = [(-each.net, each.item, each.item.from_us) for each in fact.bill.lines]
        elif isinstance(fact, CreditNoteIssued):
            for line, part in zip(fact.lines, fact.note.lines, strict=True):
                begins = max(line.item.from_us or 0, fact.recorded_us)
                lines.append((-part.unearned, line.item, begins))
                lines.append((part.unearned - (part.total - part.tax), line.item, None))
        for net, item, from_us in lines:
            others = {"adjustment": "Other", "purchase": "Purchases", "order": "Orders"}
            earns = others.get(item.source.value, "Subscriptions")
            later = 0
            if earns == "Subscriptions" and from_us is not None and item.until_us > end_us:
                whole = (item.until_us - from_us) // 1_000_000
                rest = min((item.until_us - end_us) // 1_000_000, whole)
                later = round(Fraction(net * rest, whole))
            if earns != "Purchases":
                found["usd", earns][0] += net - later
                found["usd", earns][1] += later
    assert found["usd", "Subscriptions"][1] > 0
    return [(*key, *found[key]) for key in sorted(found)]


@answers("Recurring revenue")
def _(events: Events) -> Rows:
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for holding in _held(events).values():
        of = found["usd", holding.plan.plan.id]
        of[0] += 1
        of[1] += holding.price
    assert found
    return [(*key, *found[key]) for key in sorted(found)]


@answers("Churn")
def _(events: Events) -> Rows:
    """All of it began in this month: nothing was there before."""
    return [("usd", 0, sum(each.price for each in _held(events).values()), 0, 0, 0, 0)]


def _held(events: Events) -> dict[str, Holding]:
    """Who holds a plan by the month that costs something, and still does."""
    held: dict[str, Holding] = {}
    for _, fact in events.facts:
        if isinstance(fact, SubscriptionStarted | PlanChanged):
            held[fact.user] = fact.holding
        elif isinstance(fact, SubscriptionEnded):
            held.pop(fact.user)
    assert len(held) > 1
    return held

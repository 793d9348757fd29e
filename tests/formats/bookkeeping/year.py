"""A year of an org: the golden story, then things that happen around the ends of months."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from adapters.memory.event_store import MemoryEventStore
from api import container
from api.commands.command import Command
from api.writer.group_commit import GroupCommit
from ledger.credits.ports import BalanceRow
from ledger.credits.transactions import transactions_of
from ledger.kernel.ids import wallet_id
from ledger.kernel.times import microseconds
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from tests.formats import golden_invoices, golden_subscriptions
from tests.formats.golden import tell
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ORG, deposit, grant, usage, use
from tests.scenarios.wallet_commands import (
    DAY,
    adjust,
    capture,
    convert,
    extend,
    place,
    release,
    reverse,
    transfer,
    zap,
)

AWKWARD = '=1+1, wallet:bob "q\\" ; |☃ [2026-01-01] date:2026-01-01 %2C'
"""A key that means something in every format."""

MARCH = "2026-03-02"
"""When the story has nothing more that a year would not have later."""

DATED = "date:2019-01-01"
"""A user that hledger could take for a date."""


@functools.cache
def a_year() -> MemoryEventStore:
    """The journal in memory; nobody changes it."""
    clock = StandingClock()
    journal = MemoryEventStore(clock)
    tell(journal, clock, until=MARCH)
    process = GroupCommit(container.ledger(journal), clock)
    for at, commands in _groups():
        clock.move_to(at)
        for outcome in process.run(commands):
            each = outcome if isinstance(outcome, list) else [outcome]
            assert not any(isinstance(part, Exception) for part in each), each
    return journal


def events() -> list[RecordedEvent]:
    """The org's events."""
    return a_year().events_after(ORG, 0)


def _groups() -> list[tuple[str, list[Command[object]]]]:
    april = "2026-04-01T00:00:00Z"
    return [
        ("2026-02-28T23:59:59.999999Z", [deposit("10", key="last of February", user="zoe")]),
        ("2026-03-01T00:00:00Z", [deposit("5", key="first of March", user="zoe")]),
        (
            "2026-03-10T09:00:00Z",
            [grant("3", "promotional", key="spring", user="zoe", expires=april)],
        ),
        ("2026-03-10T10:00:00Z", [deposit("7", key=AWKWARD, user=DATED, reference=AWKWARD)]),
        ("2026-03-10T11:00:00Z", [deposit("1", key="'=quoted", user="@pool", reference="＝1")]),  # noqa: RUF001
        ("2026-03-11T00:00:00Z", [transfer("2", giver=DATED, receiver="zoe", key="t+")]),
        ("2026-03-31T23:00:00Z", [place("4", id="across", user="zoe", lasts_us=2 * DAY)]),
        ("2026-03-31T23:30:00Z", [place("1", id="back", user="zoe", lasts_us=2 * DAY)]),
        (april, [usage([use("0.000001", id="one unit", user="zoe")])]),
        ("2026-04-01T01:00:00Z", [extend(3 * DAY, "across", key="x"), release("back")]),
        ("2026-04-02T00:00:00Z", [capture("2.5", id="across", user="zoe")]),
        # Nothing in May.
        ("2026-06-15T12:00:00Z", [usage([use("0.25", id=f"u{n}", user="zoe") for n in range(99)])]),
        (
            "2026-06-16T12:00:00Z",
            [deposit("12.34", key="dollars of June", user="zoe", asset="usd")],
        ),
        ("2026-06-16T13:00:00Z", [deposit("1000", key="yen", user="zoe", asset="jpy")]),
        ("2026-06-30T23:00:00Z", [convert(123, key="credits of June", user="zoe")]),
        (
            "2026-07-01T00:00:00Z",
            [adjust("-3", key="less", user="zoe"), zap(key="cleared", user=DATED)],
        ),
        ("2026-12-31T23:59:59.999999Z", [deposit("9000000000", key="much", user="ada")]),
        ("2027-01-01T00:00:00Z", [reverse(_first_deposit(), key="undone")]),
        ("2027-01-01T01:00:00Z", [*golden_subscriptions.subscriptions()]),
        ("2027-01-01T02:00:00Z", [*golden_invoices.invoices()]),
        ("2027-02-01T01:00:00Z", [*golden_subscriptions.subscriptions_later()]),
    ]


def _first_deposit() -> int:
    """The sequence of the deposit of the last of February: the first event after the story."""
    clock = StandingClock()
    story = MemoryEventStore(clock)
    tell(story, clock, until=MARCH)
    return len(story.events_after(ORG, 0)) + 2  # its wallet opens first


def wallet_rows(journal: MemoryEventStore, org: str = ORG) -> list[BalanceRow]:
    """The balances rows of an org."""
    names = {
        wallet_id(org, owner, asset)
        for event in journal.events_after(org, 0)
        if event.stream.startswith("wallet/")
        for _, asset, owner in [event.stream.split("/", 2)]
    }
    return list(journal.balance_rows(names).values())


def closing_balances(events: Iterable[RecordedEvent], day: date) -> Counter[str]:
    """What all wallets' statements close with at the beginning of a day, by asset: the balance
    after each wallet's last transaction, which its own event states."""
    begins = microseconds(datetime.combine(day, time(), UTC))
    last = {
        (each.owner, each.asset): each.balance_after
        for event in events
        if event.recorded_us < begins
        for each in transactions_of(fact_of(event))
    }
    closing: Counter[str] = Counter()
    for (_, asset), balance in last.items():
        closing[asset] += balance
    return closing

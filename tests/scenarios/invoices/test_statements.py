"""Statements of months: one of each payer's month that is over, by whom it was asked for, and for
all whose org wants them."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import NamedTuple, TypeVar

import pytest

from api.commands.command import Command
from api.jobs.due import PAGE
from api.jobs.invoices import StatementJob
from ledger.invoices.activity import Activity
from ledger.invoices.month_statement import MonthStatement
from ledger.invoices.printing import printed_statement, time_of
from ledger.invoices.settings_book import SETTINGS_STREAM, SettingsBook, settings_id
from ledger.kernel.errors import Conflict, Invalid, LedgerError
from ledger.kernel.times import parse_time
from ledger.ports import DueRow
from tests.scenarios.commands import ORG, register
from tests.scenarios.invoice_commands import (
    ask_statement,
    keep_statement,
    payer,
    settings,
    statement_sent,
)
from tests.scenarios.invoices.folding import every
from tests.scenarios.world import World, at

A = TypeVar("A")
NOTHING = Activity(from_us=1, until_us=2, from_sequence=0, until_sequence=0, opening=0, closing=0)


class Payers(NamedTuple):
    """Whose credits have moved, by name."""

    names: list[str]

    def active(self, org: str, month: str, after: str, limit: int) -> list[str]:
        assert limit == PAGE
        return [each for each in self.names if each > after][:2]


class Commits(NamedTuple):
    """Has a world do what is asked."""

    world: World

    def run(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
        self.world.given(*commands)
        return self.world.outcomes[-len(commands) :]


def office(*, has_statements: bool = False) -> World:
    """An org that issues invoices, in February of 2026."""
    said = settings(has_statements=has_statements)
    return World().given(register(), at("2026-02-03T00:00:00Z"), said)


def statements(world: World) -> list[MonthStatement.StatementAsked]:
    """Those that were asked for, in order."""
    return [fact for _, fact in every(world) if isinstance(fact, MonthStatement.StatementAsked)]


def book_of(world: World) -> SettingsBook:
    """The settings, of all their facts."""
    found = None
    for _, fact in every(world):
        if fact.originator_id == settings_id(ORG):
            found = fact.mutate(found)
    assert isinstance(found, SettingsBook)
    return found


def sweep(world: World, *names: str) -> int:
    """Do what is due of statements; say how many are made."""
    due_us, made = book_of(world).due_us(), 0
    while due_us is not None and due_us <= world.clock():
        row = DueRow(ORG, SETTINGS_STREAM, due_us)
        made += StatementJob(Payers(sorted(names)), Commits(world))(row, Event())
        due_us = book_of(world).due_us()
    return made


@pytest.mark.parametrize(
    ("moment", "is_over"),
    [("2026-02-28T23:59:59.999999Z", False), ("2026-03-01T00:00:00Z", True)],
)
def test_a_month_has_a_statement_once_it_is_over(moment: str, *, is_over: bool) -> None:
    world = office().given(at(moment)).when(ask_statement())
    if is_over:
        world.then_recorded("StatementAsked")
    else:
        world.then_refused(Invalid, field="month")


def test_there_is_one_of_a_month() -> None:
    world = office().given(ask_statement("2026-01"))
    world.when(ask_statement("2026-01")).then_nothing_recorded()
    world.when(ask_statement("2026-01", key="again")).then_refused(Conflict, field="month")
    world.when(ask_statement("2025-12", key="other")).then_recorded("StatementAsked")


def test_who_has_not_said_who_sends_it_sends_none() -> None:
    World().given(register()).when(ask_statement("2026-01")).then_refused(Conflict)


def test_what_became_of_it_is_recorded_once() -> None:
    world = office().given(ask_statement("2026-01", mailed=True))
    world.when(keep_statement(NOTHING, "2026-01")).then_recorded("StatementKept")
    world.when(keep_statement(NOTHING, "2026-01")).then_nothing_recorded()
    world.when(statement_sent("2026-01", refused="550")).then_recorded("StatementSent")
    world.when(statement_sent("2026-01")).then_nothing_recorded()


def test_each_payer_has_one_after_the_month_where_the_org_wants_it() -> None:
    names = ("ada", "bo", "cy")
    world = office(has_statements=True).given(payer("DE", user="bo", language="de", key="bo"))
    world.given(at("2026-03-01T00:59:59.999999Z"))
    assert sweep(world, *names) == 0
    world.given(at("2026-03-01T01:00:00Z"))
    assert sweep(world, *names) == 3
    assert sweep(world, *names) == 0
    found = [(each.user, each.stated.month, each.stated.is_mailed) for each in statements(world)]
    assert found == [(name, "2026-02", True) for name in names]
    assert [each.stated.language for each in statements(world)] == ["en", "de", "en"]


def test_who_has_one_has_no_other_and_a_month_that_was_missed_is_made_up_for() -> None:
    world = office(has_statements=True)
    world.given(at("2026-04-02T00:00:00Z"), ask_statement(user="ada"))
    assert sweep(world, "ada", "bo") == 3
    found = [(each.user, each.stated.month) for each in statements(world)]
    assert found == [("ada", "2026-02"), ("bo", "2026-02"), ("ada", "2026-03"), ("bo", "2026-03")]


def test_by_default_none_is_made_by_itself_nor_after_that_was_taken_back() -> None:
    assert book_of(office()).due_us() is None
    world = office(has_statements=True).given(settings("less"))
    assert book_of(world).due_us() is None
    world.given(at("2026-05-05T00:00:00Z"), settings("again", has_statements=True))
    assert book_of(world).due_us() == parse_time("2026-06-01T01:00:00Z", "due")


def test_it_is_dated_when_its_month_was_over_and_asks_for_nothing() -> None:
    (asked,) = statements(office().given(ask_statement("2026-01")))
    time = time_of("2026-01")
    told = Activity(
        from_us=time.from_us,
        until_us=time.until_us,
        from_sequence=0,
        until_sequence=0,
        opening=0,
        closing=0,
    )
    document = printed_statement(ORG, asked.stated, told, None)
    assert document.issued_us == parse_time("2026-02-01T00:00:00Z", "issued")
    assert (document.number, document.total, document.amount_due) == ("2026-01", 0, 0)

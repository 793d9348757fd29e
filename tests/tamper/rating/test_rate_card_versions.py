"""A line that pins a version which was not in force when it occurred is named."""

from __future__ import annotations

import dataclasses
import random

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.snapshot import Tables
from api import container
from api.commands.command import Command
from api.commands.rating.rate_cards import PublishRateCard, WithdrawRateCardVersion
from api.writer.group_commit import GroupCommit
from ledger.kernel.report import Report
from ledger.proof.note import SignerKey
from ledger.rating.rate_card_prices import TWO_PARTS
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ACTOR, ORG, price, publish, register, usage, use
from tests.tamper import stories
from tests.tamper.stories import LEDGER, inspect, project, seal

CACHE = "cache_write_1h_tokens"


def card(dollars: str, key: str, org: str, since: str | None = None) -> PublishRateCard:
    return publish(
        [price("m", "input_tokens", dollars), price("m", CACHE, dollars)],
        key=key,
        org=org,
        since=since,
    )


def told(org: str) -> Tables:
    """An org's or the default card: versions 1, 2 planned and withdrawn, 3 planned, 4 at once."""
    clock = StandingClock()
    event_store = MemoryEventStore(clock)
    process = GroupCommit(container.ledger(event_store), clock)
    gone = WithdrawRateCardVersion(org=org, actor=ACTOR, key="w", sent={}, version=2)
    old = dataclasses.replace(card("1", "1", org), rule=TWO_PARTS)
    for commands in (
        [register(), old, _used("a")],
        [card("2", "2", org, "2026-03-01T00:00:00Z"), gone],
        [card("3", "3", org, "2026-03-01T00:00:00Z"), card("4", "4", org), _used("b")],
        [_used("c", "2026-01-01T00:00:00Z")],
    ):
        for outcome in process.run(commands):
            assert not isinstance(outcome, Exception), outcome
        clock.now_us += 1_000_000
    tables = Tables.of_journal(event_store)
    project(tables)
    return tables


def _used(id: str, occurred: str | None = None) -> Command[object]:
    tokens = {"input_tokens": 10, CACHE: 4}
    return usage([use(id=id, model="m", quantities=tokens, occurred=occurred)])


def found(tables: Tables) -> Report:
    sealed = seal(tables, SignerKey(LEDGER, random.Random(1).randbytes(32)))
    return inspect(tables, sealed.signatures, stories.testimony_of(sealed))


@pytest.mark.parametrize("org", [ORG, "platform"])
def test_lines_of_every_rule_and_version_verify(org: str) -> None:
    """14 by the first rule, which charged a part beside its whole; 10 by the second."""
    tables = told(org)
    report = found(tables)
    assert report["prices"].checked == 3
    assert [check.first for check in report.checks.values() if check.first] == []
    bodies = [event.body for event in tables.events if event.type == "credits.UsageRecorded"]
    amounts = [(b'"amount":14000,', b'"version":1,'), (b'"amount":40000,', b'"version":4,')]
    for body, parts in zip(bodies, [*amounts, amounts[0]], strict=True):
        assert all(part in body for part in parts), body


@pytest.mark.parametrize("org", [ORG, "platform"])
@pytest.mark.parametrize("pinned", [2, 3])
def test_a_line_that_pins_a_version_which_had_not_begun_is_named(org: str, pinned: int) -> None:
    report = found(_with_pin(told(org), 4, pinned))
    assert report["prices"].wrong
    assert report["prices"].first is not None
    assert "was not in force" in report["prices"].first.detail


def test_a_line_that_pins_a_version_which_another_had_replaced_is_named() -> None:
    report = found(_with_pin(told(ORG), 4, 1))
    assert report["prices"].first is not None
    assert "was not in force" in report["prices"].first.detail


def _with_pin(tables: Tables, was: int, now: int) -> Tables:
    change = f'"version":{was},'.encode(), f'"version":{now},'.encode()
    tables.events = [
        event._replace(body=event.body.replace(*change))
        if event.type == "credits.UsageRecorded"
        else event
        for event in tables.events
    ]
    return tables

"""Doubts on every store: after a surprise the store is asked first, about that org, for a while."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from api import container
from api.commands.result import CommandResult
from api.writer.doubts import Doubts
from api.writer.group_commit import GroupCommit
from ledger.kernel.ids import PLATFORM
from ledger.kernel.keys import Key
from tests.contracts.stores import Store, clock_us, process_on
from tests.scenarios.commands import ORG, deposit, register, usage, use


def test_what_surprises_in_one_org_has_only_that_org_asked_about(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_store = store.open()
    process = GroupCommit(container.ledger(event_store), clock_us)
    for org in (ORG, "other"):
        process.run([register(org)])
        process.run([deposit("10", key=f"d {org}", org=org)])
    process_on(store).run([usage([use("1", id="elsewhere")])])
    asked: list[list[str]] = []
    look_up = event_store.look_up

    def noted(orgs: Iterable[str], keys: Iterable[Key]) -> Any:
        asked.append([*orgs])
        return look_up(asked[-1], keys)

    monkeypatch.setattr(event_store, "look_up", noted)
    both = [usage([use("1", id="a")]), usage([use("1", id="b")], org="other")]
    assert all(isinstance(each, list) for each in process.run(both))
    assert asked.pop() == [ORG, "other", PLATFORM]  # in vain, and again
    assert process.run([usage([use("1", id="c")], org="other")])
    assert not asked
    assert process.run([usage([use("1", id="d")], org="other"), usage([use("1", id="e")])])
    assert asked == [[ORG]]


def test_a_key_that_comes_again_has_its_org_asked_about_for_a_while(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_store = store.open()
    ledger = container.ledger(event_store)
    process = GroupCommit(ledger, clock_us, doubts=Doubts(groups=2))
    process.run([register(), deposit("10", key="d")])
    process.run([usage([use("1", id="a")])])
    (again,) = process.run([usage([use("1", id="a")])])
    assert isinstance(again, list)
    assert [each.replayed for each in again if isinstance(each, CommandResult)] == [True]
    asked: list[str] = []
    look_up = event_store.look_up

    def noted(orgs: Iterable[str], keys: Iterable[Key]) -> Any:
        asked.extend(orgs := [*orgs])
        return look_up(orgs, keys)

    monkeypatch.setattr(event_store, "look_up", noted)
    for number in range(4):
        process.run([usage([use("1", id=f"new {number}")])])
    assert asked == [ORG, ORG]

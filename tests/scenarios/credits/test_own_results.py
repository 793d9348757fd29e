"""A context has a result of its own for a command with a key, without a word in the machinery."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from api.commands.command import Keyed
from api.commands.credits.hold_result import HoldResult
from api.commands.result import CommandResult, StoredFact
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import KeyReused
from ledger.tenancy.org import BillingMode, Org, org_id
from tests.scenarios.commands import ACTOR, ORG, deposit
from tests.scenarios.wallet_commands import capture, place
from tests.scenarios.world import World


class ModeChanged(NamedTuple):
    """What a change of the billing mode tells beside the fact: the mode until then."""

    stored_fact: StoredFact
    line: int
    mode_before: str | None
    replayed: bool = False
    erased: bool = False


@dataclass(frozen=True)
class ChangeMode(Keyed[ModeChanged]):
    """A command whose caller is told more than what was recorded."""

    mode: BillingMode

    operation: ClassVar[str] = "test/mode"

    def result(self, unit: UnitOfWork) -> ModeChanged:
        org = unit.get(Org, org_id(self.org))
        assert org is not None
        before = org.billing_mode.value
        org.change_billing_mode(self.mode, unit.now(self.org), fingerprint=self.fingerprint)
        return ModeChanged(unit.record(org, self.actor, self.key), 0, before)

    def again(self, replay: CommandResult) -> ModeChanged:
        return ModeChanged(replay.stored_fact, replay.line, None, replay.replayed, replay.erased)


def change(mode: str) -> ChangeMode:
    return ChangeMode(org=ORG, actor=ACTOR, key="m", sent={"mode": mode}, mode=BillingMode(mode))


def test_a_result_of_ones_own_comes_first_and_again(world: World) -> None:
    world.when(change("shared"), change("shared"))
    world.when_together(change("shared"), change("individual"))
    again, refused = world.outcomes
    assert isinstance(refused, KeyReused)
    world.when(change("shared"))
    assert isinstance(again, ModeChanged)
    assert world.outcomes == [again._replace(stored_fact=world.outcomes[0].stored_fact)]


def test_the_first_time_it_says_what_only_the_decision_knew(world: World) -> None:
    world.when_together(change("shared"), change("shared"))
    first, again = world.outcomes
    assert (first.mode_before, first.replayed) == ("individual", False)
    assert (again.mode_before, again.replayed) == (None, True)
    assert again.stored_fact is first.stored_fact


def test_a_hold_as_it_was_is_told_by_commands_on_holds_alone(world: World) -> None:
    world.given(deposit("10", key="d"), place("2"))
    world.when_together(capture("1"), capture("1"))
    first, again = world.outcomes
    assert isinstance(first, HoldResult)
    assert first.before is not None
    assert (again.before, again.replayed, again.line) == (None, True, 0)
    assert pickle.loads(pickle.dumps(again)).stored_fact.body == again.stored_fact.body
    assert "before" not in CommandResult._fields

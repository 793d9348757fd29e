"""A command that stumbles after it has decided something leaves nothing for the next to record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from api import container
from api.commands.command import Command
from api.commands.credits.allowances import GrantAllowance
from api.commands.credits.corrections import SuspendWallet
from api.commands.credits.lookup import find_wallet
from api.commands.result import CommandResult, PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from api.writer.group_commit import GroupCommit
from ledger.credits.deposits import CreditsDeposited
from ledger.kernel.actor import Actor
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.errors import Conflict, Failed, LedgerError
from ledger.kernel.keys import Key
from ledger.ports import RecordedEvent
from tests.formats.golden import tell
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ACTOR, ORG, USER, deposit, register

DEEPEST = 4
"""More aggregates than any command of the story records."""

Fault = Callable[[], Exception]


@dataclass(frozen=True)
class Stumbling(Command[Any]):
    """Another command, that meets a fault where it records what it decided, after some of it."""

    command: Command[Any]
    fault: Fault
    after: int

    def orgs(self) -> Iterable[str]:
        return self.command.orgs()

    def idempotency_keys(self) -> Iterable[Key]:
        return self.command.idempotency_keys()

    def must_ask(self, unit: UnitOfWork) -> bool:
        return self.command.must_ask(unit)

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return self.command.needs(unit)

    def decide(self, unit: UnitOfWork) -> Any:
        record, left = unit.record, self.after

        def stumble(aggregate: LedgerAggregate, actor: Actor, key: str = "") -> PendingFact:
            nonlocal left
            if not left:
                raise self.fault()
            left -= 1
            return record(aggregate, actor, key)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(unit, "record", stumble)
            return self.command.decide(unit)


def told(kind: type[GroupCommit]) -> list[RecordedEvent]:
    clock = StandingClock()
    event_store = MemoryEventStore(clock)
    tell(event_store, clock, kind)
    return event_store.select_positions(0, 1_000_000)


class OneByOne(GroupCommit):
    """Runs the commands of a group each alone."""

    def run(self, commands: Sequence[Command[Any]]) -> list[Any]:
        outcomes: list[Any] = []
        for each in commands:
            outcomes += super().run([each])
        return outcomes


def every_command(kind: type[Command[Any]]) -> set[type[Command[Any]]]:
    """Return the kinds of commands of the product that have none below them."""
    below = kind.__subclasses__()
    found = set().union(*map(every_command, below)) if below else {kind}
    return {each for each in found if each.__module__.startswith("api.")}


@pytest.mark.parametrize("ahead", [False, True], ids=["at once", "ahead"])
@pytest.mark.parametrize("fault", [ZeroDivisionError, lambda: Conflict("no")], ids=["fault", "no"])
def test_no_command_records_what_one_that_stumbled_has_decided(fault: Fault, ahead: bool) -> None:
    stumbled = set()

    class Stumbler(OneByOne):
        """Has each command stumble wherever it can, before it is run as it is."""

        def run(self, commands: Sequence[Command[Any]]) -> list[Any]:
            outcomes = []
            for each in commands:
                for after in range(DEEPEST):
                    outcome = self._stumbling(Stumbling(each.org, each.actor, each, fault, after))
                    if not isinstance(outcome, LedgerError):
                        outcomes.append(outcome)  # it was run: it has no more to stumble over
                        break
                    stumbled.add(type(each))
                else:
                    outcomes += super().run([each])
            return outcomes

        def _stumbling(self, command: Stumbling) -> Any:
            if ahead:
                self.decide_ahead([command])
                self.forget()
            (outcome,) = super().run([command])
            return outcome

    assert told(Stumbler) == told(OneByOne)
    assert every_command(Command) - stumbled == {GrantAllowance}


class Forgetful(SuspendWallet):
    """A command that decides, and records nothing."""

    def decide(self, unit: UnitOfWork) -> Any:
        self.correct(find_wallet(unit, self.org, self.user), unit)


def test_what_was_decided_and_not_recorded_is_a_fault_and_nobodys() -> None:
    event_store = MemoryEventStore(StandingClock())
    process = GroupCommit(container.ledger(event_store), StandingClock())
    process.run([register(), deposit("1", key="d")])
    forgetful = Forgetful(ORG, ACTOR, key="f", sent={}, reason=None, user=USER)
    outcomes: list[Any] = process.run([forgetful, deposit("1", key="e")])
    assert [type(each) for each in outcomes] == [Failed, CommandResult]
    topics = [each.type for each in event_store.select_positions(0, 100)]
    assert topics[-1] == topics[-2] == CreditsDeposited.TOPIC

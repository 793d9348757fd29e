"""Given, when, then: a ledger on a store in memory, driven as a service process drives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from adapters.memory.event_store import MemoryEventStore
from api import container
from api.commands.command import Command
from api.commands.credits.hold_result import HoldResult
from api.commands.result import CommandResult, pending_fact_of
from api.writer.group_commit import GroupCommit
from ledger.credits.balance import Balance, balance_at
from ledger.credits.balance_row import restore_wallet
from ledger.credits.facts import lines_of
from ledger.credits.transactions import Transaction, transactions_of
from ledger.credits.usage import UsageLine
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import LedgerError, Refusal
from ledger.kernel.ids import wallet_id
from ledger.kernel.money import CREDIT, format_amount
from ledger.ports import RecordedEvent
from tests.reached import meet
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ORG, USER

Step = Command[object] | Callable[["World"], None]


class World:
    """An org in which things happen one after another; `outcomes` are those of the last `when`."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.event_store = MemoryEventStore(self.clock)
        self.group_commit = self.another_process()
        self.outcomes: list[Any] = []
        self._before = 0

    def another_process(self) -> GroupCommit:
        """A second service process on the same event store."""
        return GroupCommit(container.ledger(self.event_store), self.clock)

    # -- given, when -------------------------------------------------------------------------

    def given(self, *steps: Step) -> Self:
        """Steps of the past; each must succeed."""
        self.when(*steps)
        assert not self.refusals, self.refusals
        return self

    def when(self, *steps: Step) -> Self:
        """Steps one after another, each a group of its own."""
        self._begin()
        for step in steps:
            if isinstance(step, Command):
                self._take(self.group_commit.run([step]))
            else:
                step(self)
        return self

    def when_together(self, *commands: Command[object]) -> Self:
        """Commands that arrive at once, in one group."""
        self._begin()
        self._take(self.group_commit.run(commands))
        return self

    def _begin(self) -> None:
        self.outcomes = []
        self._before = self.event_store.max_notification_id() or 0

    def _take(self, outcomes: list[Any]) -> None:
        for outcome in outcomes:
            self.outcomes += outcome if isinstance(outcome, list) else [outcome]

    # -- what happened -----------------------------------------------------------------------

    @property
    def refusals(self) -> list[LedgerError]:
        """The refusals of the last `when`."""
        return [each for each in self.outcomes if isinstance(each, LedgerError)]

    @property
    def command_results(self) -> list[CommandResult | HoldResult]:
        """The command results of the last `when`."""
        return [each for each in self.outcomes if isinstance(each, CommandResult | HoldResult)]

    @property
    def lines(self) -> list[UsageLine]:
        """The usage lines of the last `when`, replayed ones too."""
        facts = [(lines_of(each.stored_fact.fact), each.line) for each in self.command_results]
        return [lines[place] for lines, place in facts if lines]

    @property
    def events(self) -> list[RecordedEvent]:
        """The events of the last `when`, as they are stored."""
        return self.event_store.select_positions(self._before, 10_000)

    @property
    def facts(self) -> list[Fact]:
        """The facts of the last `when`, read back from the event store."""
        return [pending_fact_of(event).fact for event in self.events]

    def transactions(self, owner: str = USER) -> list[Transaction]:
        """The statement of a wallet."""
        facts = (
            pending_fact_of(event).fact for event in self.event_store.select_positions(0, 10_000)
        )
        every = (each for fact in facts for each in transactions_of(fact))
        return [each for each in every if (each.owner, each.asset) == (owner, CREDIT)]

    def balance(self, owner: str = USER) -> Balance:
        """The balance of a wallet now, in credits."""
        name = wallet_id(ORG, owner, CREDIT)
        row = self.event_store.balance_rows([name])[name]
        return balance_at(restore_wallet(name, row).funds, self.clock())

    # -- then --------------------------------------------------------------------------------

    def then_lots(self, *left: str, owner: str = USER) -> Self:
        """What is left, in burn order, each as `kind amount`."""
        found = [
            f"{lot.terms.kind} {format_amount(lot.left, CREDIT)}"
            for lot in self.balance(owner).lots
        ]
        assert found == list(left)
        return self

    def then_balance(
        self,
        available: str,
        *,
        held: str = "0",
        debt: str = "0",
        pending: str = "0",
        owner: str = USER,
    ) -> Self:
        """The balance now."""
        balance = self.balance(owner)
        found = [balance.available, balance.held, balance.debt, balance.pending]
        assert [format_amount(each, CREDIT) for each in found] == [available, held, debt, pending]
        return self

    def then_recorded(self, *names: str) -> Self:
        """The kinds of the facts recorded, in order."""
        assert [type(fact).__name__ for fact in self.facts] == list(names)
        return self

    def then_nothing_recorded(self) -> Self:
        """No event at all."""
        return self.then_recorded()

    def then_refused(self, kind: type[Refusal], *, field: str | None = None) -> Refusal:
        """Exactly one refusal of exactly this kind, for this field."""
        (refusal,) = self.refusals
        assert type(refusal) is kind, repr(refusal)
        assert field is None or refusal.field == field
        meet(refusal.code)
        return refusal

    def then_paid_by(self, *parts: str, debt: str = "0") -> Self:
        """The lots that paid the last use, each as `kind amount`, and its debt."""
        line = self.lines[-1]
        found = [f"{part.kind} {format_amount(part.amount, CREDIT)}" for part in line.lots]
        assert (found, format_amount(line.debt, CREDIT)) == (list(parts), debt)
        return self


def at(moment: str) -> Step:
    """Time passes, or is set back."""
    return lambda world: world.clock.move_to(moment)

"""The real service logic held to the model, in any order, by any clock, through lost commits.

20,000 steps; with `HYPOTHESIS_PROFILE=nightly` it goes on with fresh seeds for ten minutes, or for
`TALLY_PROPERTIES_SECONDS`. A failure prints the steps, and the blob that repeats them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from adapters.mapper import FactMapper
from api.commands.application import Ledger
from api.commands.books import Books, Receipt, restore_wallet
from api.commands.command import Command
from api.commands.credits import DepositCredits, GrantCredits
from api.commands.group_commit import GroupCommit
from ledger.credits.balance import balance_at
from ledger.credits.lots import Kind
from ledger.credits.transactions import wallet_of
from ledger.credits.wallet import Terms, Wallet
from ledger.kernel.errors import InsufficientCredits, Invalid, KeyReused, LedgerError, Unavailable
from ledger.kernel.ids import wallet_id
from ledger.kernel.money import CREDIT

from ..scenarios.clock import StandingClock
from ..scenarios.commands import ACTOR, ORG, register, usage
from .actions import ACTIONS, Receive, Spend, use_of
from .faults import Fault, FaultyJournal
from .follower import Follower
from .model import Answer, MLot, Model, Paid, Received

STEPS = int(os.environ.get("TALLY_PROPERTIES_STEPS", "20000"))
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SECONDS = float(os.environ.get("TALLY_PROPERTIES_SECONDS", "600" if NIGHTLY else "0"))
STEPS_PER_RUN = 40
steps_taken = 0


class WalletMachine(RuleBasedStateMachine):
    """Three processes on one journal, and the model."""

    @initialize()
    def begin(self) -> None:
        self.clock = StandingClock()
        self.epoch = self.clock()
        self.journal = FaultyJournal(self.clock)
        self.processes = [self.process() for _ in range(3)]
        self.follower = Follower(self.journal)
        self.model = Model()
        self.lot_names: dict[tuple[str, str], str] = {}
        self.group_of(self.processes[0], [register()])

    def process(self) -> GroupCommit:
        """A process that keeps almost nothing in memory."""
        ledger = Ledger(self.journal, FactMapper())
        return GroupCommit(ledger, self.clock, Books(ledger, aggregates_max=3))

    # -- steps -------------------------------------------------------------------------------

    @rule(
        actions=st.lists(ACTIONS, min_size=1, max_size=5),
        process=st.integers(0, 2),
        fault=st.sampled_from([Fault.NONE] * 8 + [each for each in Fault]),
    )
    def send(self, actions: list[Receive | Spend], process: int, fault: Fault) -> None:
        """A group of commands, sent again as long as the service says so."""
        self.journal.fault = fault
        outcomes = self.group_of(self.processes[process], [self.command(each) for each in actions])
        self.journal.fault = Fault.NONE
        self.compare(actions, outcomes)

    @rule(
        mine=st.lists(ACTIONS, min_size=1, max_size=3),
        theirs=st.lists(ACTIONS, min_size=1, max_size=3),
    )
    def race(self, mine: list[Receive | Spend], theirs: list[Receive | Spend]) -> None:
        """Another process commits between our decision and our commit."""
        seen: list[Any] = []

        def rival() -> None:
            seen.extend(self.group_of(self.processes[1], [self.command(each) for each in theirs]))

        self.journal.rival = rival
        outcomes = self.group_of(self.processes[0], [self.command(each) for each in mine])
        self.journal.rival = None
        if seen:
            self.compare(theirs, seen)
        self.compare(mine, outcomes)

    @rule(us=st.sampled_from([1, 2, 3, 5, 10, 20, 50]))
    def time_passes(self, us: int) -> None:
        self.clock.now_us += us

    @rule(us=st.sampled_from([1, 5, 50]))
    def clock_is_set_back(self, us: int) -> None:
        self.clock.now_us = max(self.epoch, self.clock.now_us - us)

    @rule(process=st.integers(0, 2))
    def restart(self, process: int) -> None:
        self.processes[process] = self.process()

    # -- comparing ---------------------------------------------------------------------------

    def now(self) -> int:
        """The moment of the next decision."""
        heads, _ = self.journal.look_up([ORG], [])
        return max(self.clock(), heads[ORG].recorded_us)

    def compare(self, actions: Sequence[Receive | Spend], outcomes: Sequence[Any]) -> None:
        for action, outcome in zip(actions, outcomes, strict=True):
            assert self.read(action, outcome) == self.expect(action), action

    def expect(self, action: Receive | Spend) -> Answer | list[Answer]:
        """What the model says. Time does not pass in a step, so its moment is the group's."""
        if isinstance(action, Spend):
            return self.model.use(list(action.uses), action.atomic, self.now())
        return self.model.receive(action.key, action.owner, self.lot_of(action), self.now())

    def lot_of(self, action: Receive) -> MLot:
        return MLot(
            name=action.key,
            number=0,
            kind=action.kind,
            granted=action.amount,
            left=action.amount,
            starts=-1 if action.starts is None else self.epoch + action.starts,
            ends=float("inf") if action.ends is None else self.epoch + action.ends,
            priority=action.priority,
        )

    def read(self, action: Receive | Spend, outcome: Any) -> Answer | list[Answer]:
        """An outcome in the words of the model."""
        if isinstance(outcome, list):
            return [self.read_one(each) for each in outcome]
        answer = self.read_one(outcome)
        if isinstance(answer, Received) and isinstance(action, Receive):
            return answer._replace(lot=self.lot_of(action))
        return answer

    def read_one(self, outcome: Receipt | LedgerError) -> Answer:
        if not isinstance(outcome, Receipt):
            words = {InsufficientCredits: "short", KeyReused: "reused", Invalid: "invalid"}
            return words[type(outcome)]  # type: ignore[index]
        fact = outcome.recording.fact
        owner, _ = wallet_of(fact)
        if isinstance(fact, Wallet.UsageRecorded):
            line = fact.lines[outcome.line]
            parts = tuple((self.lot_names[owner, part.lot], part.amount) for part in line.lots)
            return Paid(owner, parts, line.debt, line.balance_after)
        assert isinstance(fact, Wallet.CreditsDeposited | Wallet.CreditsGranted)
        key = outcome.recording.key
        self.lot_names[owner, fact.lot.id] = key
        return Received(owner, MLot(key, 0, "", 0, 0, 0, 0, 0), fact.balance_after)

    @invariant()
    def the_journal_keeps_its_laws(self) -> None:
        global steps_taken  # noqa: PLW0603  # counted over all runs, for the report
        steps_taken += 1
        self.follower.catch_up()

    @invariant()
    def balances_are_the_models(self) -> None:
        now = self.now()
        for owner in self.model.wallets:
            name = wallet_id(ORG, owner, CREDIT)
            wallet = restore_wallet(name, self.journal.balance_rows([name])[name])
            balance, modelled = balance_at(wallet.funds, now), self.model.at(owner, now)
            assert (balance.available, balance.debt) == (modelled.available(now), modelled.debt)
            assert balance.total + balance.pending == modelled.balance()
            assert [(self.lot_names[owner, lot.terms.id], lot.left) for lot in balance.lots] == [
                (lot.name, lot.left) for lot in sorted(modelled.lots, key=MLot.rank) if lot.left
            ]

    # -- doing -------------------------------------------------------------------------------

    def group_of(self, process: GroupCommit, commands: list[Command]) -> list[Any]:
        """Run a group; whoever is told that the outcome is unknown sends the same again."""
        outcomes = process.run(commands)
        for place, command in enumerate(commands):
            while isinstance(outcomes[place], Unavailable):
                (outcomes[place],) = process.run([command])
        return outcomes

    def command(self, action: Receive | Spend) -> Command:
        if isinstance(action, Spend):
            return usage([use_of(each) for each in action.uses], atomic=action.atomic)
        effective = None if action.starts is None else self.epoch + action.starts
        expires = None if action.ends is None else self.epoch + action.ends
        terms = Terms(Kind(action.kind), action.amount, effective, expires, action.priority)
        make = DepositCredits if action.kind == "purchased" else GrantCredits
        return make(
            org=ORG,
            actor=ACTOR,
            key=action.key,
            sent=action._asdict(),
            user=action.owner,
            asset=CREDIT,
            terms=terms,
        )


def _run(examples: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        WalletMachine,
        settings=settings(max_examples=examples, stateful_step_count=STEPS_PER_RUN),
    )


def test_the_service_does_what_the_model_does() -> None:
    began = time.monotonic()
    _run(max(1, STEPS // STEPS_PER_RUN))
    while time.monotonic() - began < SECONDS:
        _run(500)
    print(f"{steps_taken} steps in {time.monotonic() - began:.1f} s")

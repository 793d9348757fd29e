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
from ledger.credits.arrivals import Terms
from ledger.credits.balance import balance_at
from ledger.credits.lots import Kind, OpenLot
from ledger.credits.transactions import wallet_of
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import InsufficientCredits, Invalid, KeyReused, LedgerError, Unavailable
from ledger.kernel.ids import wallet_id
from ledger.kernel.money import CREDIT

from ..scenarios.clock import StandingClock
from ..scenarios.commands import ACTOR, ORG, register, usage
from .actions import ACTIONS, Receive, Spend, use_of
from .faults import Fault, FaultyJournal
from .follower import Follower
from .model import NEVER, Answer, MLot, Model, MWallet, Paid, Received

STEPS = int(os.environ.get("TALLY_PROPERTIES_STEPS", "20000"))
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SECONDS = float(os.environ.get("TALLY_PROPERTIES_SECONDS", "600" if NIGHTLY else "0"))
STEPS_PER_RUN = 40
steps_taken = 0


def ranked(wallet: MWallet) -> list[tuple[str, int]]:
    """What is left in the model's lots, in burn order."""
    return [(lot.name, lot.left) for lot in sorted(wallet.lots, key=MLot.rank) if lot.left]


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
        if fault is Fault.LOSE_STORE and len(actions) > 1:
            # What was refused may be accepted when it is sent again: the rest has committed.
            fault = Fault.LOSE_ANSWER
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

    @rule(us=st.sampled_from([1, 2, 5, 20]))
    def time_passes(self, us: int) -> None:
        self.clock.now_us += us

    @rule(before=st.sampled_from([0, 0, 1]), which=st.sampled_from([0, 0, 1, -1]))
    def something_falls_due(self, before: int, which: int) -> None:
        """Now exactly, or in a microsecond: periods are half-open. Or much falls due at once."""
        lots = [lot for wallet in self.model.wallets.values() for lot in wallet.lots]
        edges = {lot.starts for lot in lots} | {int(lot.ends) for lot in lots if lot.ends < NEVER}
        ahead = sorted(edge - before for edge in edges if edge - before > self.now())
        self.clock.now_us = ahead[min(which, len(ahead) - 1)] if ahead else self.clock.now_us

    @rule(us=st.sampled_from([1, 5, 20]))
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
            ends=NEVER if action.ends is None else self.epoch + action.ends,
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
        """The rows as they were written, and what they say now of what fell due since."""
        now = self.now()
        for owner, written in self.model.wallets.items():
            name = wallet_id(ORG, owner, CREDIT)
            row = self.journal.balance_rows([name])[name]
            funds = restore_wallet(name, row).funds
            assert (row.credits - row.debt, row.debt) == (written.balance(), written.debt)
            assert self.left_of(owner, funds.lots) == ranked(written)
            balance, modelled = balance_at(funds, now), self.model.at(owner, now)
            assert (balance.available, balance.debt) == (modelled.available(now), modelled.debt)
            assert balance.total + balance.pending == modelled.balance()
            assert self.left_of(owner, balance.lots) == ranked(modelled)

    def left_of(self, owner: str, lots: Sequence[OpenLot]) -> list[tuple[str, int]]:
        """What is left in open lots, in their order."""
        return [(self.lot_names[owner, lot.terms.id], lot.left) for lot in lots]

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
    run_state_machine_as_test(
        WalletMachine,
        settings=settings(max_examples=examples, stateful_step_count=STEPS_PER_RUN),
    )


def test_the_service_does_what_the_model_does() -> None:
    began = time.monotonic()
    _run(max(1, STEPS // 35))  # a run is rarely as long as it may be
    while time.monotonic() - began < SECONDS:
        _run(500)
    print(f"{steps_taken} steps in {time.monotonic() - began:.1f} s")

"""Commit hooks: what a context declares happens on the commit path, and to no other's facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adapters.mapper import FactMapper
from adapters.memory.event_store import MemoryEventStore
from api.commands.application import Ledger
from api.commands.credits.hooks import HOOKS as CREDITS
from api.commands.group_state import GroupState
from api.commands.hooks import CommitHooks
from api.commands.rating.hooks import HOOKS as RATING
from api.commands.result import CommandResult, PendingFact
from api.commands.unit_of_work import UnitOfWork
from api.writer.group_commit import GroupCommit
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.errors import ClockSkewed
from ledger.kernel.limits import CLOCK_SKEW_MAX_US
from tests.properties.piped import Piped
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ORG, deposit, register, usage, use


class Deposits(GroupState):
    """A toy context's state: how many deposits are stored, or will be with the group."""

    def __init__(self) -> None:
        self.stored = 0
        self._in_flight = 0
        self.begin()

    def begin(self) -> None:
        self.new = 0

    def commit_started(self) -> None:
        self._in_flight = self.new

    def commit_succeeded(self) -> None:
        self.stored, self._in_flight = self.stored + self._in_flight, 0

    def commit_failed(self) -> None:
        self._in_flight = 0


def count(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    assert isinstance(pending_fact.fact, Wallet.CreditsDeposited)
    unit.state(Deposits).new += 1


class Toy:
    """A process with a context more."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.skew_us = 0
        self.loaded: list[str] = []
        store = MemoryEventStore(self.clock)
        self.deposits = Deposits()
        toy = CommitHooks(
            loaders={Wallet: self.load},
            states=(lambda _: self.deposits,),
            recorded={Wallet.CreditsDeposited: count},
        )
        self.wallets = CREDITS.loaders[Wallet]
        ledger = Ledger(store, FactMapper(), [CREDITS, RATING, toy])
        self.group_commit = GroupCommit(ledger, lambda: self.clock() + self.skew_us)
        self.group_commit.run([register()])

    def load(
        self, store: MemoryEventStore, wallet_ids: Iterable[str]
    ) -> Mapping[str, LedgerAggregate]:
        self.loaded += wallet_ids
        return self.wallets(store, wallet_ids)


def test_a_fact_of_its_kind_is_told_once_and_others_never() -> None:
    toy = Toy()
    toy.group_commit.run([deposit("1", key="a"), usage([use("1", id="u")]), deposit("1", key="b")])
    toy.group_commit.run([deposit("1", key="b")])  # sent again: nothing is recorded
    assert toy.deposits.stored == 2


def test_what_it_keeps_of_a_group_that_is_not_stored_is_undone() -> None:
    toy = Toy()
    toy.skew_us = 2 * CLOCK_SKEW_MAX_US
    (outcome,) = toy.group_commit.run([deposit("1", key="a")])
    assert isinstance(outcome, ClockSkewed)
    piped = Piped(toy.group_commit, lazy=True)
    refused = piped.run([deposit("1", key="b"), deposit("1", key="c")])
    assert all(isinstance(each, ClockSkewed) for each in refused)
    assert (toy.deposits.stored, toy.deposits.new) == (0, 0)
    toy.skew_us = 0
    piped.run([deposit("1", key="c"), deposit("1", key="d")])
    assert toy.deposits.stored == 2


def test_its_aggregates_are_loaded_as_it_says_and_together() -> None:
    toy = Toy()
    users = ["ada", "bob", "cyd"]
    toy.group_commit.run([deposit("1", key=each, user=each) for each in users])
    assert toy.loaded == [f"{ORG}/wallet/credit/{each}" for each in users]
    toy.group_commit.run([deposit("1", key=f"{each} again", user=each) for each in users])
    assert len(toy.loaded) == len(users)


def test_what_is_found_once_a_group_is_asked_again_when_an_aggregate_begins() -> None:
    toy = Toy()
    late = usage([use("1", id="u")], org="late")
    refused, _, done = toy.group_commit.run([late, register("late"), late])
    assert "there is no org" in str(refused)
    assert isinstance(done, list)
    assert all(isinstance(each, CommandResult) for each in done)

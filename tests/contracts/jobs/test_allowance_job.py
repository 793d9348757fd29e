"""The month's allowance: a wallet that cannot be given it stops no other, on whatever page."""

from __future__ import annotations

from threading import Event

import pytest

from adapters.memory.event_store import MemoryEventStore
from api.commands.credits import allowances
from api.commands.credits.allowances import SetAllowance
from api.commands.credits.lookup import find_wallet
from api.commands.unit_of_work import UnitOfWork
from api.container import ledger
from api.jobs import credits
from api.jobs.credits import AllowanceJob
from api.jobs.due import StuckDue, Sweep
from api.writer.group_commit import GroupCommit
from ledger.credits.allowance import Allowance
from ledger.credits.wallet import Wallet
from ledger.kernel.ids import wallet_id
from ledger.kernel.money import CREDIT
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ACTOR, ORG, credits_of, deposit, register

USERS = [f"user-{n}" for n in range(5)]


class Owners:
    """Who has a wallet, by name."""

    def owners_after(self, org: str, owner: str, limit: int) -> list[str]:
        return [each for each in USERS if each > owner][:limit]


class Org:
    """An org whose users have a credit each and await an allowance of 100."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.store = MemoryEventStore(self.clock)
        self.commit = GroupCommit(ledger(self.store), self.clock)
        monthly = SetAllowance(
            org=ORG, actor=ACTOR, key="a", sent={}, free_monthly=credits_of("100")
        )
        given = [deposit("1", key=each, user=each) for each in USERS]
        self.commit.run([register(), *given, monthly])

    def sweep(self) -> int:
        job = AllowanceJob(Owners(), self.commit, self.clock)
        return Sweep(self.store, self.commit, self.clock, {Allowance: job}).run(Event())

    def balances(self) -> list[int]:
        names = [wallet_id(ORG, each, CREDIT) for each in USERS]
        rows = self.store.balance_rows(names)
        return [rows[each].credits // credits_of("1") for each in names]


@pytest.mark.parametrize("broken", [{"user-1"}, {"user-0", "user-4"}])
def test_a_wallet_that_fails_stops_no_other_and_leaves_the_month_open(
    monkeypatch: pytest.MonkeyPatch, broken: set[str]
) -> None:
    monkeypatch.setattr(credits, "PAGE", 2)
    org = Org()

    def find(unit: UnitOfWork, name: str, owner: str) -> Wallet:
        if owner in broken:
            raise ZeroDivisionError
        return find_wallet(unit, name, owner)

    with monkeypatch.context() as patched:
        patched.setattr(allowances, "find_wallet", find)
        with pytest.raises(StuckDue, match=min(broken)):
            org.sweep()
    assert org.balances() == [1 if each in broken else 101 for each in USERS]
    assert org.store.due_streams(org.clock(), 10)
    assert org.sweep() == len(broken)
    assert org.balances() == [101] * len(USERS)
    assert org.sweep() == 0

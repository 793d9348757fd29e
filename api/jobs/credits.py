"""Credits: the monthly allowances: on the first of the month, or as soon after it as we are
alive."""

from __future__ import annotations

from threading import Event

from api.commands.credits.allowances import CloseAllowanceMonth, GrantAllowance
from api.jobs.due import PAGE, scheduler
from api.writer.group_commit import GroupCommit
from ledger.credits.ports import WalletOwners
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError, Refusal
from ledger.kernel.times import month_of
from ledger.ports import Clock, DueRow


class AllowanceJob:
    """Gives this month's allowance of an org to every user who has a wallet, page by page.

    Whoever has it already is passed over, so that this may be run twice, late, or by two. A month
    in which it never ran is not made up for: free credit does not accumulate.
    """

    def __init__(self, owners: WalletOwners, commit: GroupCommit, clock: Clock) -> None:
        self._owners = owners
        self._commit = commit
        self._clock = clock

    def __call__(self, row: DueRow, stop: Event) -> int:
        """Give it in one org; return to how many."""
        month, actor = month_of(self._clock()), scheduler()
        granted = 0
        after = ""
        while not stop.is_set():
            owners = self._owners.owners_after(row.org, after, PAGE)
            if not owners:
                self._run([CloseAllowanceMonth(org=row.org, actor=actor, month=month)])
                break
            granted += self._run(_grants(row.org, actor, month, owners))
            after = owners[-1]
        return granted

    def _run(self, commands: list[GrantAllowance] | list[CloseAllowanceMonth]) -> int:
        """Return how many recorded something. A wallet that refuses (it is full) does not stop the
        others."""
        outcomes = self._commit.run(commands)
        for outcome in outcomes:
            if isinstance(outcome, LedgerError) and not isinstance(outcome, Refusal):
                raise outcome
        return sum(not isinstance(each, Refusal) and each is not None for each in outcomes)


def _grants(org: str, actor: Actor, month: str, owners: list[str]) -> list[GrantAllowance]:
    return [GrantAllowance(org=org, actor=actor, user=each, month=month) for each in owners]

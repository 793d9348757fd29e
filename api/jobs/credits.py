"""Credits: the monthly allowances: on the first of the month, or as soon after it as we are
alive."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

from api.commands.command import Command
from api.commands.credits.allowances import CloseAllowanceMonth, GrantAllowance
from api.commands.result import PendingFact
from api.jobs.due import PAGE, scheduler
from api.writer.every_shard import CommandRunner
from ledger.credits.ports import WalletOwners
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Failed, LedgerError, Refusal
from ledger.kernel.times import month_of
from ledger.ports import Clock, DueRow


class AllowanceJob:
    """Gives this month's allowance of an org to every user who has a wallet, page by page.

    Whoever has it already is passed over, so that this may be run twice, late, or by two. A month
    in which it never ran is not made up for: free credit does not accumulate. A wallet that cannot
    be given it stops no other, and leaves the month open: the sweep says that it is stuck.
    """

    def __init__(self, owners: WalletOwners, commit: CommandRunner, clock: Clock) -> None:
        self._owners = owners
        self._commit = commit
        self._clock = clock

    def __call__(self, row: DueRow, stop: Event) -> int:
        """Give it in one org and return how many users got it. Raises Failed at the end."""
        month, actor = month_of(self._clock()), scheduler()
        granted, stuck = 0, list[str]()
        after = ""
        while not stop.is_set():
            owners = self._owners.owners_after(row.org, after, PAGE)
            if not owners:
                self._close(row.org, actor, month, stuck)
                break
            outcomes = self._run(_grants(row.org, actor, month, owners))
            granted += sum(isinstance(each, PendingFact) for each in outcomes)
            stuck += [
                owner
                for owner, each in zip(owners, outcomes, strict=True)
                if isinstance(each, Failed)
            ]
            after = owners[-1]
        return granted

    def _close(self, org: str, actor: Actor, month: str, stuck: list[str]) -> None:
        """Close the month, unless someone could not be given it."""
        if stuck:
            others = f" and {len(stuck) - 1} others" if len(stuck) > 1 else ""
            raise Failed(f"the allowance of {month} cannot be given to {stuck[0]}{others}.")
        (outcome,) = self._run([CloseAllowanceMonth(org=org, actor=actor, month=month)])
        if isinstance(outcome, Failed):
            raise outcome

    def _run(
        self, commands: Sequence[Command[PendingFact | None]]
    ) -> list[PendingFact | LedgerError | None]:
        """Return what each came to: a refusal (the wallet is full) is none of ours, a failure is of
        one wallet. Raises what none of them would get past."""
        outcomes = self._commit.run(commands)
        for outcome in outcomes:
            if isinstance(outcome, LedgerError) and not isinstance(outcome, Refusal | Failed):
                raise outcome
        return outcomes


def _grants(org: str, actor: Actor, month: str, owners: list[str]) -> list[GrantAllowance]:
    return [GrantAllowance(org=org, actor=actor, user=each, month=month) for each in owners]

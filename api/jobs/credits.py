"""The monthly allowances: on the first of the month, or as soon after it as we are alive."""

from __future__ import annotations

from threading import Event

from api.commands.credits.allowances import CloseAllowanceMonth, GrantAllowance
from api.jobs.due import PAGE, scheduler
from api.writer.group_commit import GroupCommit
from ledger.credits.ports import DueWork
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError, Refusal
from ledger.kernel.times import month_of
from ledger.ports import Clock


def grant_allowances(due_work: DueWork, commit: GroupCommit, clock: Clock, stop: Event) -> int:
    """Give this month's allowance to every user who has a wallet; answer to how many.

    Whoever has it already is passed over, so that this may be run twice, late, or by two. A month
    in which it never ran is not made up for: free credit does not accumulate.
    """
    month = month_of(clock())
    actor = scheduler()
    orgs = due_work.allowances_before(month)
    return sum(_grant_in(org, month, actor, due_work, commit, stop) for org in orgs)


def _grant_in(
    org: str, month: str, actor: Actor, due_work: DueWork, commit: GroupCommit, stop: Event
) -> int:
    granted = 0
    after = ""
    while not stop.is_set():
        owners = due_work.owners_after(org, after, PAGE)
        if not owners:
            _run(commit, [CloseAllowanceMonth(org=org, actor=actor, month=month)])
            break
        commands = [GrantAllowance(org=org, actor=actor, user=u, month=month) for u in owners]
        granted += _run(commit, commands)
        after = owners[-1]
    return granted


def _run(commit: GroupCommit, commands: list[GrantAllowance] | list[CloseAllowanceMonth]) -> int:
    """How many recorded something. A wallet that refuses (it is full) does not stop the others."""
    outcomes = commit.run(commands)
    for outcome in outcomes:
        if isinstance(outcome, LedgerError) and not isinstance(outcome, Refusal):
            raise outcome
    return sum(not isinstance(each, Refusal) and each is not None for each in outcomes)

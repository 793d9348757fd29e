"""Invoices: the statements of a month that is over, of payers of whom nothing was billed in it."""

from __future__ import annotations

from threading import Event

from api.commands.invoices.statements import CloseStatementMonth, WantStatement
from api.jobs.due import PAGE, scheduler
from api.writer.every_shard import CommandRunner
from ledger.invoices.ports import ActivePayers
from ledger.invoices.settings_book import stated_month
from ledger.kernel.errors import LedgerError
from ledger.ports import DueRow


class StatementJob:
    """Has a statement be made for each payer of an org, page by page, then closes the month. Who
    has one already is passed over, so that this may be run twice, late, or by two."""

    def __init__(self, payers: ActivePayers, commit: CommandRunner) -> None:
        self._payers = payers
        self._commit = commit

    def __call__(self, row: DueRow, stop: Event) -> int:
        """Do it for the month that is due in one org; return how many statements are made. Raises
        NotTaken while the read models are behind."""
        assert row.due_us is not None  # it is due
        month, actor, asked, after = stated_month(row.due_us), scheduler(), 0, ""
        while not stop.is_set():
            users = self._payers.active(row.org, month, after, PAGE)
            if not users:
                self._checked([CloseStatementMonth(org=row.org, actor=actor, month=month)])
                break
            asked += sum(
                self._checked([WantStatement(row.org, actor, user, month) for user in users])
            )
            after = users[-1]
        return asked

    def _checked(self, commands: list[WantStatement] | list[CloseStatementMonth]) -> list[bool]:
        """Return whether each was new. Raises what one of them was refused for."""
        outcomes = self._commit.run(commands)
        for outcome in outcomes:
            if isinstance(outcome, LedgerError):
                raise outcome
        return [outcome is True for outcome in outcomes]

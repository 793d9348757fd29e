"""Usage debits: lines charged against a copy of the wallet's funds, then recorded together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.credits.admission import check_active, check_debt
from ledger.credits.credit_line import check_work
from ledger.credits.due import record_due
from ledger.credits.facts import UsageFact
from ledger.credits.lots import Slice
from ledger.credits.own_credit import OwnCredit
from ledger.credits.usage import RatedUse, UsageLine, line_of
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import LINES_PER_EVENT_MAX
from ledger.kernel.times import microseconds


class UsageRecorded(UsageFact):
    """Metered work was done and charged: 1 to 1,000 lines of one command.

    `caps_version` is that of the cap book which has counted them; none: there were no caps.
    """

    TOPIC: ClassVar[str] = "credits.UsageRecorded"
    lines: list[UsageLine]
    caps_version: int = 0

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.burn(
            [line.lots for line in self.lines], sum([line.debt for line in self.lines])
        )

    def usage_lines(self) -> Sequence[UsageLine]:
        return self.lines


class UsageDraft:
    """Lines being charged, in order. Nothing is recorded before `record`."""

    def __init__(self, wallet: WalletBase, at: datetime) -> None:
        self.funds = wallet.funds.copy()
        self.now_us = microseconds(at)
        self.wallet = wallet
        self.due = self.funds.fall_due(self.now_us)
        self.lines: list[UsageLine] = []
        self.own: list[OwnCredit] = []
        """Of members whose own credit has paid for some of it, in the order in which it did."""

        self._given: list[int] = []
        self._room: int | None = None
        """How much own credit the wallet can still take."""

    def charge(self, charge: RatedUse, own: OwnCredit | None = None) -> int:
        """Debit one use and return its place among the lines; a member's own credit pays first,
        as far as the wallet can take it.

        Usage is a fact: it is charged even below zero, unless the caller asked to be refused.
        """
        amount, now_us = charge.amount, self.now_us
        available = self._left_of(own) if own else 0
        if len(self.lines) == LINES_PER_EVENT_MAX:
            raise Invalid(f"one event holds at most {LINES_PER_EVENT_MAX} lines.", field="items")
        if charge.use.reject:
            check_active(self.wallet)
            check_work(self.wallet, self.funds, amount, now_us, available)
        given = min(available, amount)
        check_debt(self.funds, amount - given)
        slices = self._take_own(own, given) if own and given else []
        paid, shortfall = self.funds.spend(amount - given, now_us)
        self.lines.append(line_of(charge, slices + paid, shortfall, self.funds.balance))
        self._given.append(given)
        return len(self.lines) - 1

    def _left_of(self, own: OwnCredit) -> int:
        if self._room is None:
            self._room = self.wallet.funds.room
        return min(own.available, self._room)

    def _take_own(self, own: OwnCredit, amount: int) -> list[Slice]:
        assert self._room is not None
        self._room -= amount
        if own not in self.own:
            self.own.append(own)
        return own.give(amount, self.wallet.version + self.due.facts + len(self.own))

    def after_own(self) -> list[UsageLine]:
        """Return the lines with their balances as they are when all own credit has come before
        them."""
        waiting = sum(self._given)
        lines = []
        for line, given in zip(self.lines, self._given, strict=True):
            waiting -= given
            lines.append(msgspec.structs.replace(line, balance_after=line.balance_after + waiting))
        return lines


def draft(wallet: WalletBase, at: datetime) -> UsageDraft:
    """Begin to charge usage."""
    return UsageDraft(wallet, at)


def record(wallet: WalletBase, draft: UsageDraft, at: datetime, caps_version: int = 0) -> None:
    """Record the lines of a draft made at this moment from this state.

    Own credit that pays has moved before: what had fallen due is recorded with the first.
    """
    if draft.lines:
        if not draft.own:
            record_due(wallet, draft.due, at)
        lines = draft.after_own() if draft.own else draft.lines
        wallet.trigger_event(UsageRecorded, timestamp=at, lines=lines, caps_version=caps_version)

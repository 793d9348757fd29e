"""Statements of months: `AskStatement`, and what is recorded of them that no caller asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import Command, KeyedCommand
from api.commands.invoices.lookup import payer_of, settings_of
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.invoices.invoice_base import Delivery
from ledger.invoices.month_statement import MonthStatement, statement_id
from ledger.invoices.statement_state import KeptStatement, Stated
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.keys import Key


def _stated(unit: UnitOfWork, org: str, user: str, month: str, *, is_mailed: bool) -> Stated:
    """Return what a statement is made of, as it is now. Raises Conflict."""
    book = settings_of(unit, org)
    if book is None or book.settings is None:
        raise Conflict("set the invoice settings first: who sends it.")
    payer = payer_of(unit, org, user, book.settings.seller)
    return Stated(
        user=user,
        month=month,
        seller=book.settings.seller,
        payer=payer,
        language=payer.language or book.settings.language,
        is_mailed=is_mailed,
    )


@dataclass(frozen=True)
class AskStatement(KeyedCommand):
    """Have the statement of a month that is over be made, and be sent where that is wanted."""

    user: str
    month: str
    is_mailed: bool

    operation: ClassVar[str] = "statements"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(MonthStatement, statement_id(self.org, self.user, self.month))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        if unit.get(MonthStatement, statement_id(self.org, self.user, self.month)) is not None:
            raise Conflict("there is a statement of that month: look at it.", field="month")
        stated = _stated(unit, self.org, self.user, self.month, is_mailed=self.is_mailed)
        asked = MonthStatement.ask(
            self.org, stated, unit.now(self.org), fingerprint=self.fingerprint
        )
        return unit.record(asked, self.actor, self.key)


@dataclass(frozen=True)
class _OnStatement(Command[bool]):
    """A command that says whether what it records is new; done twice it does nothing."""

    user: str
    month: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(MonthStatement, statement_id(self.org, self.user, self.month))]

    def decide(self, unit: UnitOfWork) -> bool:
        found = unit.get(MonthStatement, statement_id(self.org, self.user, self.month))
        changed = self.tell(unit, found)
        if changed is not None:
            unit.record(changed, self.actor)
        return changed is not None

    def tell(self, unit: UnitOfWork, found: MonthStatement | None) -> MonthStatement | None:
        """Return the statement with what is new; None: nothing is."""
        raise NotImplementedError


@dataclass(frozen=True)
class WantStatement(_OnStatement):
    """Have the statement of a month be made and sent, where there is none: its org wants that."""

    def tell(self, unit: UnitOfWork, found: MonthStatement | None) -> MonthStatement | None:
        if found is not None:
            return None
        stated = _stated(unit, self.org, self.user, self.month, is_mailed=True)
        return MonthStatement.ask(self.org, stated, unit.now(self.org))


@dataclass(frozen=True)
class RecordStatement(_OnStatement):
    """Record a statement that is kept."""

    statement: KeptStatement

    def tell(self, unit: UnitOfWork, found: MonthStatement | None) -> MonthStatement | None:
        known = _known(found)
        return known if known.keep(self.statement, unit.now(self.org)) else None


@dataclass(frozen=True)
class RecordStatementSent(_OnStatement):
    """Record what became of its mail."""

    delivery: Delivery

    def tell(self, unit: UnitOfWork, found: MonthStatement | None) -> MonthStatement | None:
        known = _known(found)
        return known if known.record_sent(self.delivery, unit.now(self.org)) else None


@dataclass(frozen=True)
class CloseStatementMonth(Command[bool]):
    """Record that all statements of a month were asked for; done twice it does nothing."""

    month: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def decide(self, unit: UnitOfWork) -> bool:
        book = settings_of(unit, self.org)
        if book is None or not book.close_month(self.month, unit.now(self.org)):
            return False
        unit.record(book, self.actor)
        return True


def _known(found: MonthStatement | None) -> MonthStatement:
    if found is None:
        raise NotFound("there is no statement of that month.", field="month")
    return found

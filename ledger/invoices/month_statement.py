"""The month statement: what happened to a payer's credits in a month, as a document without a
number; nothing is to be paid by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.invoices.invoice_base import Delivery
from ledger.invoices.statement_state import KeptStatement, Stated, StatementState
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds, month_after

MONTH_STATEMENT_STREAM = "month-statement"


class MonthStatement(LedgerAggregate):
    """The statement of one month of one payer."""

    TOPIC: ClassVar[str] = "invoices.MonthStatement"
    STREAM: ClassVar[str] = f"{MONTH_STATEMENT_STREAM}/"

    def __init__(self, stated: Stated) -> None:
        self.statement = StatementState(stated=stated)

    class Event(LedgerAggregate.Event):
        """Base of a statement's facts. `user`: whose it is."""

        user: str

        def person(self, subject: str) -> str:
            return self.user

    class StatementAsked(Event, FirstFact):
        """It is to be made."""

        TOPIC: ClassVar[str] = "invoices.StatementAsked"
        fingerprint: str
        stated: Stated

    class StatementKept(Event):
        """It was made, and is kept."""

        TOPIC: ClassVar[str] = "invoices.StatementKept"
        month: str
        statement: KeptStatement
        is_mailed: bool

        def apply(self, aggregate: MonthStatement) -> None:
            aggregate.statement = msgspec.structs.replace(aggregate.statement, kept=self.statement)

    class StatementSent(Event):
        """It was handed over as mail, or is refused for good."""

        TOPIC: ClassVar[str] = "invoices.StatementSent"
        month: str
        delivery: Delivery

        def apply(self, aggregate: MonthStatement) -> None:
            aggregate.statement = msgspec.structs.replace(
                aggregate.statement, delivery=self.delivery
            )

    @classmethod
    def ask(
        cls, org: str, stated: Stated, at: datetime, *, fingerprint: str = ""
    ) -> MonthStatement:
        """Have one be made. Raises Invalid while its month is not over."""
        if month_after(stated.month) > microseconds(at):
            raise Invalid("month must be over: then its statement is made.", field="month")
        return cls._create(
            cls.StatementAsked,
            id=statement_id(org, stated.user, stated.month),
            timestamp=at,
            user=stated.user,
            fingerprint=fingerprint,
            stated=stated,
        )

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        stated = self.statement.stated
        columns = {
            "org": org,
            "owner": stated.user,
            "month": stated.month,
            "statement": msgspec.to_builtins(self.statement),
        }
        return [TableRow("month_statements", columns)]

    def keep(self, kept: KeptStatement, at: datetime) -> bool:
        """Record that it is kept, once; tell whether that is new."""
        stated = self.statement.stated
        if self.statement.kept is not None:
            return False
        self.trigger_event(
            self.StatementKept,
            timestamp=at,
            user=stated.user,
            month=stated.month,
            statement=kept,
            is_mailed=stated.is_mailed,
        )
        return True

    def record_sent(self, delivery: Delivery, at: datetime) -> bool:
        """Record what became of its mail, once; tell whether that is new."""
        stated = self.statement.stated
        if self.statement.delivery is not None:
            return False
        self.trigger_event(
            self.StatementSent,
            timestamp=at,
            user=stated.user,
            month=stated.month,
            delivery=delivery,
        )
        return True


def statement_id(org: str, user: str, month: str) -> str:
    """Return the stream of a statement; the payer is last, as they may hold slashes."""
    return stream_id(org, MONTH_STATEMENT_STREAM, month, user)

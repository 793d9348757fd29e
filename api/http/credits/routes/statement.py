"""Statements: a wallet's month, which adds up."""

from __future__ import annotations

from api.http.answers import Ok
from api.http.credits.answers.statement import StatementAnswer, statement_answer
from api.http.credits.permissions import StatementReader
from api.http.paging import parse_min_sequence
from api.http.parameters import Month, Sequence, SequenceOrTime, User
from api.http.periods import parse_month
from api.http.router import Router
from api.http.service import Service
from api.queries.as_of import moment_of
from api.queries.credits.statement import (
    End,
    Period,
    Statement,
    Wallet,
    statement_at,
    statement_of_month,
)
from api.queries.credits.transactions import PROJECTION
from api.queries.read_models import applied_sequence
from ledger.kernel.ids import check_user
from ledger.kernel.money import CREDIT, scale_of

router = Router(prefix="/v1/billing", tags=["transactions"])


@router.get("/statement")
async def get_statement(
    caller: StatementReader,
    period: Month,
    user: User | None = None,
    asset: str = CREDIT,
    min_sequence: Sequence | None = None,
    as_of: SequenceOrTime | None = None,
) -> Ok[StatementAnswer]:
    """A wallet's month by recorded time: opening + in - out = closing, exactly. Credit granted for
    later counts from its grant: closing = balance + pending.

    `as_of`, a sequence or an RFC 3339 time: as it was then."""
    owner = caller.user(None if user is None else check_user(user))
    scale_of(asset)
    wallet, month = Wallet(caller.org, owner, asset), Period(*parse_month(period))
    at_least = parse_min_sequence(min_sequence, None)
    service, past = caller.service, None
    with service.reads.asked(caller.org):
        if as_of is not None:
            past = await moment_of(service.long_reader, caller.org, as_of, service.clock())
            at_least = max(at_least or 0, past.sequence)
        applied = await applied_sequence(service.reader, caller.org, PROJECTION, at_least)
        async with service.reads.turn(caller.org):
            if past is None:
                until, found = await _now(service, wallet, month, applied)
            else:
                until = past.sequence
                at = End(until, service.clock(), past.at_us)
                found = await statement_at(service.long_reader, wallet, month, at)
    return Ok(statement_answer(found, wallet, period, month, until))


async def _now(
    service: Service, wallet: Wallet, month: Period, applied: int
) -> tuple[int, Statement]:
    """Return the statement of a month from what is kept of it; else as of a moment of the past."""
    reader, clock_us = service.long_reader, service.clock()
    kept = await statement_of_month(reader, wallet, month, clock_us)
    if kept is not None:
        return kept
    return applied, await statement_at(reader, wallet, month, End(applied, clock_us))

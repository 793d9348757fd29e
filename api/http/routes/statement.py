"""Statements: a wallet's month, which adds up."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.http.answers import answer
from api.http.caller import StatementReader
from api.http.cursors import parse_min_sequence
from api.http.periods import parse_month
from api.queries.moments import moment_of
from api.queries.read_models import applied_sequence
from api.queries.statement import LAST, Period, Side, statement
from api.queries.transactions import PROJECTION
from ledger.kernel.ids import check_user
from ledger.kernel.money import CREDIT, format_amount, scale_of
from ledger.kernel.times import format_time

router = APIRouter(prefix="/v1/billing", tags=["transactions"])


@router.get("/statement")
async def get_statement(
    caller: StatementReader,
    period: str,
    user: str | None = None,
    asset: str = CREDIT,
    min_sequence: str | None = None,
    as_of: str | None = None,
) -> Response:
    """A wallet's month by recorded time: opening + in - out = closing, exactly.

    `as_of`, a sequence or an RFC 3339 time: as it was then."""
    owner = caller.user(None if user is None else check_user(user))
    scale_of(asset)
    month = Period(*parse_month(period))
    at_least = parse_min_sequence(min_sequence, None)
    service, upto = caller.service, LAST
    with service.reads.asked(caller.org):
        if as_of is not None:
            moment = await moment_of(service.long_reader, caller.org, as_of, service.clock())
            upto, at_least = moment.sequence, max(at_least or 0, moment.sequence)
        applied = await applied_sequence(service.reader, caller.org, PROJECTION, at_least)
        async with service.reads.turn(caller.org):
            found = await statement(service.long_reader, caller.org, owner, asset, month, upto)
    return answer(
        {
            "user": owner,
            "asset": asset,
            "period": period,
            "from": format_time(month.from_us),
            "to": format_time(month.to_us),
            "opening": format_amount(found.opening, asset),
            "in": _side(found.came_in, asset),
            "out": _side(found.went_out, asset),
            "closing": format_amount(found.closing, asset),
            "transactions": found.transactions,
            "as_of_sequence": min(applied, upto),
        }
    )


def _side(side: Side, asset: str) -> dict[str, Any]:
    categories = {name: format_amount(each, asset) for name, each in side.categories.items()}
    return {"total": format_amount(side.total, asset), "categories": categories}

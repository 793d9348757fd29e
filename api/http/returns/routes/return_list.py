"""The return list: those of all orders of an org."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.http.answers import ListAnswer, Ok
from api.http.errors import TooManyReads
from api.http.lists import answer_list
from api.http.paging import Limit
from api.http.parameters import Sequence, User, check_choice
from api.http.problem_schemas import may_answer
from api.http.returns.answers import (
    ListedReturnAnswer,
    listed_answer,
)
from api.http.returns.permissions import (
    ReturnsReader,
)
from api.http.router import Router
from api.queries.returns.returns import RETURNS
from ledger.returns.order_return import ReturnStatus

router = Router(prefix="/v1/returns", tags=["returns"])


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_returns(
    caller: ReturnsReader,
    user: User | None = None,
    status: Annotated[str | None, Query(json_schema_extra={"enum": list(ReturnStatus)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[ListedReturnAnswer]]:
    """An org's returns, of orders of one user or of all the caller may see, those requested last
    first."""
    check_choice(status, tuple(ReturnStatus), "status")
    filters = {"user": caller.filter(user), "status": status}
    return await answer_list(
        caller,
        RETURNS,
        filters,
        listed_answer,
        cursor=cursor,
        limit=limit,
        min_sequence=min_sequence,
    )

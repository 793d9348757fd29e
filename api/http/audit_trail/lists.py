"""Lists: what the lists of the audit trail share: their order and their filters."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.http.parameters import check_choice

NEWEST_FIRST = "desc"
ORDERS = (NEWEST_FIRST, "asc")
Order = Annotated[str, Query(json_schema_extra={"enum": list(ORDERS)})]


def is_newest_first(order: str) -> bool:
    """Tell whether a list asked for in this order begins with what is newest."""
    check_choice(order, ORDERS, "order")
    return order == NEWEST_FIRST

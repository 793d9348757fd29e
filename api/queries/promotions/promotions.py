"""Promotions as they are published, and those that an order may have."""

from __future__ import annotations

from collections.abc import Sequence

from api.queries.reader import Reader, Row
from ledger.kernel.decoding import converted
from ledger.kernel.limits import AUTOMATIC_PROMOTIONS_MAX
from ledger.promotions.meeting import Candidate
from ledger.promotions.promotion import PromotionState


async def promotion_of(reader: Reader, org: str, promotion: str) -> PromotionState | None:
    """Return a promotion of an org."""
    row = await reader.row(org, "promotions/promotion", {"org": org, "id": promotion})
    return None if row is None else _state(row)


async def promotions_of(reader: Reader, org: str, after: str, limit: int) -> list[PromotionState]:
    """Return those of an org, by their ids, that come after one."""
    asked = {"org": org, "after": after, "limit": limit}
    return [_state(row) for row in await reader.rows(org, "promotions/promotions", asked)]


def candidates_asked(
    org: str, codes: Sequence[str], user: str | None, at_us: int
) -> tuple[str, dict[str, object]]:
    """Return the question which promotions an order may have: those of codes, whether they run or
    not, and those that apply by themselves, with how often a user has redeemed each."""
    asked: dict[str, object] = {"org": org, "codes": list(codes), "user": user or ""}
    return "promotions/candidates", asked | {"at_us": at_us, "limit": AUTOMATIC_PROMOTIONS_MAX}


def candidates_in(rows: Sequence[Row]) -> list[Candidate]:
    """Return the promotions that rows of that question say."""
    return [Candidate(_state(row), row["by_customer"]) for row in rows]


def _state(row: Row) -> PromotionState:
    return converted(row["state"], PromotionState)

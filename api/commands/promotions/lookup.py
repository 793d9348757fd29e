"""Lookup of promotions."""

from __future__ import annotations

from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import NotFound
from ledger.promotions.promotion_book import PromotionBook, promotion_id


def find_promotion(unit: UnitOfWork, org: str, promotion: str) -> PromotionBook:
    """Return a promotion of an org. Refused where there is none of that id."""
    found = unit.get(PromotionBook, promotion_id(org, promotion))
    if found is None:
        raise NotFound("there is no promotion of that id.", field="promotion")
    return found

"""The context of rating: rate cards, and what they say usage costs."""

from __future__ import annotations

from ledger.kernel.context import Context
from ledger.rating.inspection.line_prices import RatingInspection
from ledger.rating.rate_card import RateCard

CONTEXT = Context(
    name="rating",
    aggregates=(RateCard,),
    uses=("credits",),
    checks=(RatingInspection,),
)

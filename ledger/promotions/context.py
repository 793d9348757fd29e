"""The context of promotions: what is taken off orders, and who has had it."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.promotions.customer_redemptions import (
    CUSTOMER_STREAM,
    PROMOTION_CUSTOMERS,
    CustomerRedemptions,
)
from ledger.promotions.inspection import PromotionInspection
from ledger.promotions.promotion_book import PROMOTION_BOOKS, PROMOTION_STREAM, PromotionBook
from ledger.promotions.redemption import Redemption

CONTEXT = Context(
    name="promotions",
    aggregates=(PromotionBook, Redemption, CustomerRedemptions),
    uses=("pricing",),
    checks=(PromotionInspection,),
    tables=(
        Table(PROMOTION_BOOKS, key=("org", "id"), stream=f"{PROMOTION_STREAM}/{{id}}"),
        Table(
            PROMOTION_CUSTOMERS,
            key=("org", "promotion", "customer"),
            stream=f"{CUSTOMER_STREAM}/{{promotion}}/{{customer}}",
        ),
    ),
)

"""The part of the golden story that is about promotions: every fact of them, every field with and
without."""

from __future__ import annotations

from api.commands.command import Command
from ledger.promotions.customer_redemptions import CustomerRedemptions
from ledger.promotions.promotion import PromotionKind, Scope
from ledger.promotions.promotion_book import PromotionBook
from ledger.promotions.redemption import Redemption
from tests.scenarios.promotion_commands import (
    end,
    pause,
    publish_promotion,
    redeem,
    release,
    resume,
)

OfPromotions = PromotionBook | Redemption | CustomerRedemptions
"""The aggregates of promotions."""


def promotions() -> list[Command[object]]:
    """A promotion with nothing more than it must have, and one with everything."""
    return [
        publish_promotion(key="bare promotion"),
        publish_promotion(
            "all",
            key="whole promotion",
            kind=PromotionKind.BUY_GET,
            scope=Scope.LINES,
            code="ALL",
            bps=10_000,
            currency="usd",
            buy=2,
            get=1,
            got_skus=["got"],
            priority=3,
            subtotal=1_000,
            skus=["bare"],
            item_types=["book"],
            group="trade",
            first_order=True,
            from_us=1_770_000_000_000_000,
            until_us=4_000_000_000_000_000,
            budget=10_000,
            redemptions_max=7,
            per_customer_max=2,
        ),
        publish_promotion("off", key="amount", kind=PromotionKind.AMOUNT, amount=5, currency="usd"),
        redeem(key="bare redemption"),
        redeem("order-2", "all", key="whole redemption", user="zoe"),
        redeem("order-3", "all", key="another redemption", user="zoe"),
        release("order-2", "all", key="released"),
        release(key="bare released"),
        pause(key="paused promotion"),
        resume(key="resumed promotion"),
        end("off", key="ended promotion"),
    ]


def state_of_promotions(aggregate: OfPromotions) -> list[object]:
    """What an aggregate of promotions remembers."""
    match aggregate:
        case PromotionBook():
            return [aggregate.promotion_state]
        case Redemption():
            return [aggregate.redeemed]
        case CustomerRedemptions():
            return [aggregate.redeemed]

"""Commands on promotions as the API would make them of checked input, in a line each."""

from __future__ import annotations

from typing import Any

import msgspec

from api.commands.promotions.promotions import (
    EndPromotion,
    PausePromotion,
    PublishPromotion,
    ResumePromotion,
)
from api.commands.promotions.redemptions import RedeemPromotion, ReleaseRedemption
from ledger.promotions.promotion import Promotion, PromotionKind
from ledger.promotions.redeeming import Redeemed
from tests.scenarios.commands import ACTOR, ORG

TENTH: dict[str, Any] = {"kind": PromotionKind.PERCENT, "bps": 1_000}


def promotion(id: str = "spring", **fields: Any) -> Promotion:
    """A promotion that takes a tenth off the order where nothing else is given."""
    given = fields if "kind" in fields else TENTH | fields
    return Promotion(id=id, name=id.title(), **given)


def publish_promotion(
    id: str = "spring", *, key: str, org: str = ORG, **fields: Any
) -> PublishPromotion:
    """A promotion that is published."""
    published = promotion(id, **fields)
    sent = msgspec.to_builtins(published)
    return PublishPromotion(org=org, actor=ACTOR, key=key, sent=sent, promotion=published)


def redeem(
    order: str = "order-1",
    promotion: str = "spring",
    *,
    key: str = "",
    amount: int = 100,
    currency: str = "usd",
    user: str | None = None,
) -> RedeemPromotion:
    """An order that has a promotion."""
    redeemed = Redeemed(order, amount, currency, user)
    sent: dict[str, Any] = {"promotion": promotion, "redeemed": msgspec.to_builtins(redeemed)}
    return RedeemPromotion(
        org=ORG,
        actor=ACTOR,
        key=key or f"redeem {order}",
        sent=sent,
        promotion=promotion,
        redeemed=redeemed,
    )


def release(
    order: str = "order-1", promotion: str = "spring", *, key: str = ""
) -> ReleaseRedemption:
    """An order that has it no more."""
    sent: dict[str, Any] = {"promotion": promotion, "order": order}
    return ReleaseRedemption(
        org=ORG,
        actor=ACTOR,
        key=key or f"release {order}",
        sent=sent,
        promotion=promotion,
        order=order,
    )


def pause(promotion: str = "spring", *, key: str = "pause") -> PausePromotion:
    """A promotion that is not to be had for a while."""
    return PausePromotion(org=ORG, actor=ACTOR, key=key, sent={}, promotion=promotion)


def resume(promotion: str = "spring", *, key: str = "resume") -> ResumePromotion:
    """A promotion that is to be had again."""
    return ResumePromotion(org=ORG, actor=ACTOR, key=key, sent={}, promotion=promotion)


def end(promotion: str = "spring", *, key: str = "end") -> EndPromotion:
    """A promotion that is no more."""
    return EndPromotion(org=ORG, actor=ACTOR, key=key, sent={}, promotion=promotion)

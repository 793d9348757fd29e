"""Bodies of requests about stored value, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import WithJsonSchema

from api.http.fields import (
    Amount,
    Asset,
    Body,
    OrderId,
    Reason,
    Seconds,
    SignedAmount,
    Subject,
    Time,
    checked,
)
from api.http.requests import JsonBody
from ledger.stored_value.gift_card_code import check_code

Code = Annotated[
    str,
    checked(check_code),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "description": "With spaces, hyphens and small letters or without.",
        }
    ),
]
"""Without its hyphens and in capital letters, however it was typed."""


class GiftCardBody(Body):
    """A gift card to make: for an amount, until a moment or for ever. `user` has bought it, by an
    `order`; without that it is given away."""

    amount: Amount
    currency: Asset
    expires_at: Time | None = None
    user: Subject | None = None
    order: OrderId | None = None
    note: Reason | None = None


class GiftCardCodeBody(Body):
    """A code as somebody has typed it."""

    code: Code


class GiftCardAdjustmentBody(Body):
    """More for a gift card, or below zero less, and why."""

    amount: SignedAmount
    currency: Asset
    reason: Reason


class ClaimBody(Body):
    """What an order sets aside, for 15 minutes unless said."""

    order: OrderId
    amount: Amount
    currency: Asset
    expires_in: Seconds | None = None


class GiveBackBody(Body):
    """What comes back of what an order has spent."""

    amount: Amount
    currency: Asset


class StoreCreditAdjustmentBody(Body):
    """More store credit for a user, or below zero less, and why. `order`: of which it is a
    refund."""

    user: Subject
    amount: SignedAmount
    currency: Asset
    order: OrderId | None = None
    reason: Reason


class StoreCreditBody(Body):
    """Whose store credit, in which currency."""

    user: Subject
    currency: Asset


class StoreCreditClaimBody(ClaimBody):
    """What an order sets aside of a user's store credit, for 15 minutes unless said."""

    user: Subject


class StoreCreditGiveBackBody(GiveBackBody):
    """What comes back to a user's store credit of what an order has spent."""

    user: Subject


GiftCardAsked = Annotated[GiftCardBody, Depends(JsonBody(GiftCardBody))]
CodeTyped = Annotated[GiftCardCodeBody, Depends(JsonBody(GiftCardCodeBody))]
GiftCardAdjustment = Annotated[GiftCardAdjustmentBody, Depends(JsonBody(GiftCardAdjustmentBody))]
ClaimAsked = Annotated[ClaimBody, Depends(JsonBody(ClaimBody))]
GiveBack = Annotated[GiveBackBody, Depends(JsonBody(GiveBackBody))]
StoreCreditAdjustment = Annotated[
    StoreCreditAdjustmentBody, Depends(JsonBody(StoreCreditAdjustmentBody))
]
CreditNamed = Annotated[StoreCreditBody, Depends(JsonBody(StoreCreditBody))]
CreditClaim = Annotated[StoreCreditClaimBody, Depends(JsonBody(StoreCreditClaimBody))]
CreditGiveBack = Annotated[StoreCreditGiveBackBody, Depends(JsonBody(StoreCreditGiveBackBody))]

"""Bodies of requests about purchases, as their senders write them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import Field, WithJsonSchema

from api.http.fields import Amount, Asset, Body, Label, OrgId, Reason, Time, User, checked
from api.http.requests import JsonBody
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import (
    BONUS_BPS_MAX,
    BONUSES_MAX,
    PURCHASES_HOURLY_MAX,
    RECHARGES_MONTHLY_MAX,
    REFUND_DAYS_MAX,
)
from ledger.kernel.money import parse_amount, scale_of
from ledger.purchases.notice import Money
from ledger.webhooks.address import URL_MAX, check_url


def _url(value: object, field: str) -> str:
    """Where a person's browser goes is that person's business: also a machine of their own."""
    return check_url(value, field, private=True)


Url = Annotated[
    str,
    checked(_url),
    WithJsonSchema({"type": "string", "format": "uri", "minLength": 1, "maxLength": URL_MAX}),
]


def _texts(value: object, field: str) -> dict[str, str]:
    if not isinstance(value, dict) or not 1 <= len(value) <= EVIDENCE_MAX:
        raise Invalid(f"{field} must be 1 to {EVIDENCE_MAX} texts by their names.", field=field)
    for name, text in value.items():
        check_text(name, field, EVIDENCE_NAME_MAX)
        check_text(text, f"{field}.{name}", EVIDENCE_TEXT_MAX)
    return value


EVIDENCE_MAX, EVIDENCE_NAME_MAX, EVIDENCE_TEXT_MAX = 20, 64, 5_000
_TEXTS: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": EVIDENCE_MAX,
    "additionalProperties": {"type": "string", "minLength": 1, "maxLength": EVIDENCE_TEXT_MAX},
}


class MoneyBody(Body):
    """An amount of a currency, in its major unit."""

    amount: Amount
    currency: Asset


class BonusBody(Body):
    """What an amount of `threshold` or more earns on top, in basis points of what it buys."""

    threshold: Amount
    bps: Annotated[int, Field(ge=0, le=BONUS_BPS_MAX)]


class OffersBody(Body):
    """What credits cost in a currency: `price` of 1,000 credits, and the bonuses by the amount."""

    currency: Asset
    price: Amount
    bonuses: Annotated[list[BonusBody], Field(max_length=BONUSES_MAX)]
    smallest: Amount | None = None
    largest: Amount | None = None


class CheckoutBody(Body):
    """What to buy, for whom, and where the buyer goes afterwards: an `amount` of money, or so many
    `credits` for a `currency`. A bank transfer (`manual`) has no page."""

    user: User | None = None
    amount: MoneyBody | None = None
    credits: Amount | None = None
    currency: Asset | None = None
    provider: Literal["stripe", "manual"] = "stripe"
    success_url: Url | None = None
    cancel_url: Url | None = None


class PolicyBody(Body):
    """What an org decides of purchases: for how many days they can be refunded; beyond how many of
    a user in an hour, or how many credits bought in 24 hours, a person must look, and whether the
    credits come only then; whether evidence against disputes is sent without being asked."""

    refund_days: Annotated[int, Field(ge=0, le=REFUND_DAYS_MAX)] | None = None
    hourly: Annotated[int, Field(ge=0, le=PURCHASES_HOURLY_MAX)] | None = None
    daily_credits: Amount | None = None
    holds_back: bool | None = None
    sends_evidence: bool | None = None


class ConfirmationBody(Body):
    """That a bank transfer came: its reference, and when, where that was earlier."""

    reference: Label
    paid_at: Time | None = None


class ReviewBody(Body):
    """What a person says who has looked at a purchase."""

    approved: bool
    reason: Reason | None = None


class EvidenceBody(Body):
    """What speaks against a dispute: texts by their names, as `product`, `activity_log` or
    `uncategorized`, where those of other names stand, too. Without any it is what is recorded
    here."""

    texts: Annotated[dict[str, str], checked(_texts), WithJsonSchema(_TEXTS)] | None = None


class RechargeBody(Body):
    """When to buy, and what: `amount` when less than `threshold` credits can be spent, at most
    `max_monthly` times a month, paid with a payment method that was saved."""

    user: User | None = None
    enabled: bool = True
    threshold: Amount
    amount: MoneyBody
    payment_method: Label
    max_monthly: Annotated[int, Field(ge=1, le=RECHARGES_MONTHLY_MAX)] = 5


class RefundBody(Body):
    """Money to send back for what was not used: an `amount` in the purchase's currency, or all that
    can. `override`: also after the time for it; an operator gives a reason."""

    purchase: Label
    amount: Amount | None = None
    reason: Reason | None = None
    override: bool = False


class PageBody(Body):
    """Where the provider's page leads back to."""

    user: User | None = None
    return_url: Url


class AssignmentBody(Body):
    """The purchase that a notice is of."""

    org: OrgId
    purchase: Label


def money_of(body: MoneyBody) -> Money:
    """Return the money that the field `amount` of a body says. Raises Invalid."""
    currency = str(body.currency)
    scale_of(body.currency, "amount.currency")
    return Money(parse_amount(body.amount, currency, "amount.amount"), currency)


Offers = Annotated[OffersBody, Depends(JsonBody(OffersBody))]
Checkout = Annotated[CheckoutBody, Depends(JsonBody(CheckoutBody))]
PolicyAsked = Annotated[PolicyBody, Depends(JsonBody(PolicyBody))]
Confirmation = Annotated[ConfirmationBody, Depends(JsonBody(ConfirmationBody))]
Review = Annotated[ReviewBody, Depends(JsonBody(ReviewBody))]
Evidence = Annotated[EvidenceBody, Depends(JsonBody(EvidenceBody))]
Recharge = Annotated[RechargeBody, Depends(JsonBody(RechargeBody))]
Refund = Annotated[RefundBody, Depends(JsonBody(RefundBody))]
PageAsked = Annotated[PageBody, Depends(JsonBody(PageBody))]
Assignment = Annotated[AssignmentBody, Depends(JsonBody(AssignmentBody))]

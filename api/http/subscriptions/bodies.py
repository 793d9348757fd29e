"""Bodies of requests about subscriptions, as their senders write them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from pydantic import Field, WithJsonSchema

from api.http.choices import choice, one_of
from api.http.fields import Amount, Asset, Body, Identity, Label, User, checked
from api.http.purchases.bodies import Url
from api.http.requests import JsonBody
from api.http.subscriptions.coupon_bodies import CouponId
from api.http.subscriptions.plan_id import PlanId
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import (
    DUNNING_DAYS_MAX,
    ENTITLEMENTS_MAX,
    INTERVALS_MAX,
    NET_DAYS_MAX,
    QUANTITY_MAX,
    RETRIES_MAX,
    ROLL_OVER_DAYS_MAX,
    SEATS_MAX,
    TEXT_MAX,
    TRIAL_DAYS_MAX,
)
from ledger.kernel.money import CREDIT, parse_amount, parse_amount_or_zero, scale_of
from ledger.subscriptions.changes import When
from ledger.subscriptions.plan import (
    NAME_PATTERN,
    AfterTrial,
    Entitlement,
    Interval,
    Overage,
    Plan,
)
from ledger.subscriptions.policy import Dunning, Policy


def _named(value: object, field: str, *kinds: type) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(f"{field} must be an object.", field=field)
    for name, each in value.items():
        if type(each) not in kinds:
            allowed = " or ".join(kind.__name__ for kind in kinds)
            raise Invalid(f"{field}.{name} must be of {allowed}.", field=f"{field}.{name}")
    return value


def _entitlements(value: object, field: str) -> dict[str, Entitlement]:
    return _named(value, field, bool, int, str)


def _limits(value: object, field: str) -> dict[str, int]:
    return _named(value, field, int)


def _object(values: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": "object",
            "maxProperties": ENTITLEMENTS_MAX,
            "propertyNames": {"pattern": f"^{NAME_PATTERN}$"},
            "additionalProperties": values,
        }
    )


_ENTITLEMENT = {
    "anyOf": [
        {"type": "boolean"},
        {"type": "integer", "minimum": 0, "maximum": QUANTITY_MAX},
        {"type": "string", "minLength": 1, "maxLength": TEXT_MAX},
    ]
}
Days = Annotated[int, Field(ge=1, le=DUNNING_DAYS_MAX)]
_PER_MINUTE = {"type": "integer", "minimum": 1, "maximum": QUANTITY_MAX}


class PlanBody(Body):
    """A plan. `price` is of a period, of `interval_count` months or years; without one it is agreed
    on with each org, which publishes its own. Included credits last `roll_over_days` after their
    period; 0: they end with it. Each seat beyond `seats_included` costs `seat_price`; without that
    there are no more. `overage_price` is of 1,000 credits, `limits` are requests a minute. Where
    Stripe has a price of its own for those seats, it is the `stripe_seat_price_id`."""

    id: PlanId
    name: Label
    currency: Asset = "usd"
    price: Amount | None = None
    interval: Annotated[Interval, choice(Interval), one_of(Interval)] = Interval.MONTH
    interval_count: Annotated[int, Field(ge=1, le=INTERVALS_MAX)] = 1
    credits_included: Amount | None = None
    roll_over_days: Annotated[int, Field(ge=0, le=ROLL_OVER_DAYS_MAX)] = 90
    pooled: bool = False
    seats_included: Annotated[int, Field(ge=1, le=SEATS_MAX)] = 1
    seat_price: Amount | None = None
    trial_days: Annotated[int, Field(ge=0, le=TRIAL_DAYS_MAX)] = 0
    after_trial: Annotated[AfterTrial, choice(AfterTrial), one_of(AfterTrial)] = AfterTrial.PAYMENT
    overage: Annotated[Overage, choice(Overage), one_of(Overage)] = Overage.BLOCKED
    overage_price: Amount | None = None
    overage_limit: Amount | None = None
    net_days: Annotated[int, Field(ge=0, le=NET_DAYS_MAX)] = 0
    entitlements: (
        Annotated[dict[str, Entitlement], checked(_entitlements), _object(_ENTITLEMENT)] | None
    ) = None
    limits: Annotated[dict[str, int], checked(_limits), _object(_PER_MINUTE)] | None = None
    stripe_price_id: Label | None = None
    stripe_seat_price_id: Label | None = None
    tax_category: Annotated[
        str,
        checked(check_text),
        WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$"}),
    ] = "saas"


class SubscribeBody(Body):
    """A plan to have, for a user or the pool, with so many seats. `payment_method`: one that was
    saved; `identity`: who tries the plan first, once; `at`: when a change is made; `coupon`:
    taken off the periods that begin from now on. `preview`: say what it comes to, and do nothing.
    """

    plan: PlanId
    user: User | None = None
    seats: Annotated[int, Field(ge=1, le=SEATS_MAX)] | None = None
    payment_method: Label | None = None
    identity: Identity | None = None
    at: Annotated[When, choice(When), one_of(When)] | None = None
    coupon: CouponId | None = None
    preview: bool = False


class SubscribePageBody(Body):
    """A plan to have that Stripe is to run, for a user or the pool, and where the browser goes
    then."""

    plan: PlanId
    user: User | None = None
    seats: Annotated[int, Field(ge=1, le=SEATS_MAX)] | None = None
    success_url: Url
    cancel_url: Url


class CancelBody(Body):
    """When a subscription is to end."""

    user: User | None = None
    at: Annotated[When, choice(When), one_of(When)] = When.PERIOD_END


class ResumeBody(Body):
    """Whose subscription is to be paused, or to go on."""

    user: User | None = None


class SubscriptionPolicyBody(Body):
    """What an org decides of subscriptions: whether the credits of a period come with its invoice,
    or when that is paid; how many days after it was due it is tried again, and after how many what
    is not paid ends; how many credits of overage are billed before the period ends."""

    credits_at_once: bool | None = None
    retry_days: Annotated[list[Days], Field(max_length=RETRIES_MAX)] | None = None
    end_days: Days | None = None
    interim_credits: Amount | None = None


def policy_in(body: SubscriptionPolicyBody) -> Policy:
    """Return the policy that a body says. Raises Invalid."""
    days: dict[str, Any] = {"retry_days": body.retry_days, "end_days": body.end_days}
    dunning = Dunning(**{name: each for name, each in days.items() if each is not None})
    interim = _more(body.interim_credits, CREDIT, "interim_credits")
    return Policy(bool(body.credits_at_once), dunning, interim)


def plan_of(body: PlanBody) -> Plan:
    """Return the plan that a body says. Raises Invalid."""
    currency = str(body.currency)
    scale_of(body.currency, "currency")
    return Plan(
        id=body.id,
        name=body.name,
        currency=currency,
        price=_zero_or_more(body.price, currency, "price"),
        interval=body.interval,
        interval_count=body.interval_count,
        credits_included=_zero_or_more(body.credits_included, CREDIT, "credits_included") or 0,
        roll_over_days=body.roll_over_days,
        is_pooled=body.pooled,
        seats_included=body.seats_included,
        seat_price=_zero_or_more(body.seat_price, currency, "seat_price"),
        trial_days=body.trial_days,
        after_trial=body.after_trial,
        overage=body.overage,
        overage_price=_more(body.overage_price, currency, "overage_price"),
        overage_limit=_more(body.overage_limit, CREDIT, "overage_limit"),
        net_days=body.net_days,
        entitlements=body.entitlements or {},
        limits=body.limits or {},
        stripe_price_id=body.stripe_price_id,
        stripe_seat_price_id=body.stripe_seat_price_id,
        tax_category=body.tax_category,
    )


def _more(value: object, asset: str, field: str) -> int | None:
    return None if value is None else parse_amount(value, asset, field)


def _zero_or_more(value: object, asset: str, field: str) -> int | None:
    return None if value is None else parse_amount_or_zero(value, asset, field)


SubscriptionPolicyAsked = Annotated[
    SubscriptionPolicyBody, Depends(JsonBody(SubscriptionPolicyBody))
]
PlanAsked = Annotated[PlanBody, Depends(JsonBody(PlanBody))]
SubscribeAsked = Annotated[SubscribeBody, Depends(JsonBody(SubscribeBody))]
SubscribePageAsked = Annotated[SubscribePageBody, Depends(JsonBody(SubscribePageBody))]
CancelAsked = Annotated[CancelBody, Depends(JsonBody(CancelBody))]
ResumeAsked = Annotated[ResumeBody, Depends(JsonBody(ResumeBody))]

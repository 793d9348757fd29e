"""Operations on subscriptions, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import Call, Transport, sent
from tallystick.values.subscriptions import (
    Coupon,
    Coupons,
    CurrentSubscription,
    Entitlements,
    Plan,
    Plans,
    Subscribed,
    SubscribePage,
    Subscription,
    SubscriptionPolicy,
    Subscriptions,
)


class SubscriptionsOperations(Transport):
    """The operations on subscriptions."""

    def list_plans(self) -> Plans:
        """The plans that hold for the org: its own, else the platform's, else the default ones."""
        return self._send(
            Call[Plans](method="GET", path="/v1/billing/plans", result=Plans, query={})
        )

    def publish_plan(
        self,
        *,
        id: str,
        name: str,
        currency: str | None = None,
        price: Decimal | int | None = None,
        interval: Literal["month", "year"] | None = None,
        interval_count: int | None = None,
        credits_included: Decimal | int | None = None,
        roll_over_days: int | None = None,
        pooled: bool | None = None,
        seats_included: int | None = None,
        seat_price: Decimal | int | None = None,
        trial_days: int | None = None,
        after_trial: Literal["payment", "free"] | None = None,
        overage: Literal["blocked", "pay_as_you_go", "invoice"] | None = None,
        overage_price: Decimal | int | None = None,
        overage_limit: Decimal | int | None = None,
        net_days: int | None = None,
        entitlements: Mapping[str, bool | int | str] | None = None,
        limits: Mapping[str, int] | None = None,
        stripe_price_id: str | None = None,
        stripe_seat_price_id: str | None = None,
        tax_category: str | None = None,
        idempotency_key: str | None = None,
    ) -> Plan:
        """Publish a plan from now on, in place of the one of that id."""
        return self._send(
            Call[Plan](
                method="PUT",
                path="/v1/billing/plans",
                result=Plan,
                query={},
                body={
                    "id": to_json(id),
                    "name": to_json(name),
                    **sent_json(
                        currency=currency,
                        price=price,
                        interval=interval,
                        interval_count=interval_count,
                        credits_included=credits_included,
                        roll_over_days=roll_over_days,
                        pooled=pooled,
                        seats_included=seats_included,
                        seat_price=seat_price,
                        trial_days=trial_days,
                        after_trial=after_trial,
                        overage=overage,
                        overage_price=overage_price,
                        overage_limit=overage_limit,
                        net_days=net_days,
                        entitlements=entitlements,
                        limits=limits,
                        stripe_price_id=stripe_price_id,
                        stripe_seat_price_id=stripe_seat_price_id,
                        tax_category=tax_category,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_coupons(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Iterator[Coupon]:
        """The coupons of an org, each with how often it is redeemed, by their ids."""
        return self._pages(
            Call[Coupons](
                method="GET",
                path="/v1/billing/coupons",
                result=Coupons,
                query=sent(cursor=cursor, limit=limit),
            ),
            cursor,
        )

    def list_coupons_page(self, *, cursor: str | None = None, limit: int | None = None) -> Coupons:
        """The coupons of an org, each with how often it is redeemed, by their ids."""
        return self._send(
            Call[Coupons](
                method="GET",
                path="/v1/billing/coupons",
                result=Coupons,
                query=sent(cursor=cursor, limit=limit),
            )
        )

    def publish_coupon(
        self,
        *,
        id: str,
        name: str | None = None,
        bps: int | None = None,
        amount: Decimal | int | None = None,
        currency: str | None = None,
        periods: Decimal | int | None = None,
        redemptions_max: int | None = None,
        until: datetime | None = None,
        plans: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Coupon:
        """Publish a coupon from now on, in place of the one of that id."""
        return self._send(
            Call[Coupon](
                method="PUT",
                path="/v1/billing/coupons",
                result=Coupon,
                query={},
                body={
                    "id": to_json(id),
                    **sent_json(
                        name=name,
                        bps=bps,
                        amount=amount,
                        currency=currency,
                        periods=periods,
                        redemptions_max=redemptions_max,
                        until=until,
                        plans=plans,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def look_at_entitlements(self, *, user: str | None = None) -> Entitlements:
        """What the plan of a user allows now."""
        return self._send(
            Call[Entitlements](
                method="GET",
                path="/v1/billing/entitlements",
                result=Entitlements,
                query=sent(user=user),
            )
        )

    def open_subscription_page(
        self,
        *,
        plan: str,
        success_url: str,
        cancel_url: str,
        user: str | None = None,
        seats: int | None = None,
        idempotency_key: str | None = None,
    ) -> SubscribePage:
        """Give the page of Stripe where a user subscribes to what Stripe then runs."""
        return self._send(
            Call[SubscribePage](
                method="POST",
                path="/v1/billing/subscribe/checkout",
                result=SubscribePage,
                query={},
                body={
                    "plan": to_json(plan),
                    "success_url": to_json(success_url),
                    "cancel_url": to_json(cancel_url),
                    **sent_json(user=user, seats=seats),
                },
                key=idempotency_key or new_id(),
            )
        )

    def get_subscription_policy(self) -> SubscriptionPolicy:
        """What the org has decided of subscriptions, or what holds where it has not."""
        return self._send(
            Call[SubscriptionPolicy](
                method="GET",
                path="/v1/billing/subscription-policy",
                result=SubscriptionPolicy,
                query={},
            )
        )

    def set_subscription_policy(
        self,
        *,
        credits_at_once: bool | None = None,
        retry_days: Sequence[int] | None = None,
        end_days: int | None = None,
        interim_credits: Decimal | int | None = None,
        idempotency_key: str | None = None,
    ) -> SubscriptionPolicy:
        """Decide when included credits come, and how money that did not come in is asked for
        again: of invoices that are issued from now on; and how many credits of overage are
        billed before the period ends.
        """
        return self._send(
            Call[SubscriptionPolicy](
                method="PUT",
                path="/v1/billing/subscription-policy",
                result=SubscriptionPolicy,
                query={},
                body=sent_json(
                    credits_at_once=credits_at_once,
                    retry_days=retry_days,
                    end_days=end_days,
                    interim_credits=interim_credits,
                ),
                key=idempotency_key or new_id(),
            )
        )

    def subscribe(
        self,
        *,
        plan: str,
        user: str | None = None,
        seats: int | None = None,
        payment_method: str | None = None,
        identity: str | None = None,
        at: Literal["now", "period_end"] | None = None,
        coupon: str | None = None,
        preview: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Subscribed:
        """Subscribe to a plan, or change to it."""
        return self._send(
            Call[Subscribed](
                method="POST",
                path="/v1/billing/subscribe",
                result=Subscribed,
                query={},
                body={
                    "plan": to_json(plan),
                    **sent_json(
                        user=user,
                        seats=seats,
                        payment_method=payment_method,
                        identity=identity,
                        at=at,
                        coupon=coupon,
                        preview=preview,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def cancel_subscription(
        self,
        *,
        user: str | None = None,
        at: Literal["now", "period_end"] | None = None,
        idempotency_key: str | None = None,
    ) -> Subscribed:
        """End a subscription with its period, or now: then there are credit notes of what was paid
        for and is not used.
        """
        return self._send(
            Call[Subscribed](
                method="DELETE",
                path="/v1/billing/subscribe",
                result=Subscribed,
                query={},
                body=sent_json(user=user, at=at),
                key=idempotency_key or new_id(),
            )
        )

    def pause_subscription(
        self, *, user: str | None = None, idempotency_key: str | None = None
    ) -> Subscribed:
        """Have no period follow the one that is running, until it is resumed."""
        return self._send(
            Call[Subscribed](
                method="POST",
                path="/v1/billing/subscribe/pause",
                result=Subscribed,
                query={},
                body=sent_json(user=user),
                key=idempotency_key or new_id(),
            )
        )

    def resume_subscription(
        self, *, user: str | None = None, idempotency_key: str | None = None
    ) -> Subscribed:
        """Go on as it is: what was to end, pause or change with the period does not."""
        return self._send(
            Call[Subscribed](
                method="POST",
                path="/v1/billing/subscribe/resume",
                result=Subscribed,
                query={},
                body=sent_json(user=user),
                key=idempotency_key or new_id(),
            )
        )

    def look_at_subscription(self, *, user: str | None = None) -> CurrentSubscription:
        """What a payer holds, or held last, and the invoices that are to come of it, with tax."""
        return self._send(
            Call[CurrentSubscription](
                method="GET",
                path="/v1/billing/subscription",
                result=CurrentSubscription,
                query=sent(user=user),
            )
        )

    def list_subscriptions(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Subscription]:
        """What the payers of an org hold, or the one that is asked for, by payer."""
        return self._pages(
            Call[Subscriptions](
                method="GET",
                path="/v1/billing/subscriptions",
                result=Subscriptions,
                query=sent(user=user, status=status, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    def list_subscriptions_page(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Subscriptions:
        """What the payers of an org hold, or the one that is asked for, by payer."""
        return self._send(
            Call[Subscriptions](
                method="GET",
                path="/v1/billing/subscriptions",
                result=Subscriptions,
                query=sent(user=user, status=status, cursor=cursor, limit=limit),
            )
        )

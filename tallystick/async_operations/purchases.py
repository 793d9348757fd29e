"""Operations on purchases, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.purchases import (
    AllOffers,
    BonusSetting,
    Checkout,
    Confirmed,
    InboxEntry,
    Kept,
    ListedPurchase,
    MoneyAsked,
    Offers,
    Policy,
    Portal,
    Purchase,
    Recharge,
    RemovedRecharge,
    Reviewed,
    Setup,
)


class AsyncPurchasesOperations(AsyncTransport):
    """The operations on purchases."""

    async def list_offers(self) -> AllOffers:
        """What credits cost in each currency: as the org says, else the platform."""
        return await self._send(
            Call[AllOffers](method="GET", path="/v1/billing/offers", result=AllOffers, query={})
        )

    async def publish_offers(
        self,
        *,
        currency: str,
        price: Decimal | int,
        bonuses: Sequence[BonusSetting],
        smallest: Decimal | int | None = None,
        largest: Decimal | int | None = None,
        idempotency_key: str | None = None,
    ) -> Offers:
        """Publish what credits cost in a currency from now on."""
        return await self._send(
            Call[Offers](
                method="PUT",
                path="/v1/billing/offers",
                result=Offers,
                query={},
                body={
                    "currency": to_json(currency),
                    "price": to_json(price),
                    "bonuses": to_json(bonuses),
                    **sent_json(smallest=smallest, largest=largest),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def get_purchase_policy(self) -> Policy:
        """What the org has decided of purchases, or what holds where it has not."""
        return await self._send(
            Call[Policy](method="GET", path="/v1/billing/purchase-policy", result=Policy, query={})
        )

    async def set_purchase_policy(
        self,
        *,
        refund_days: int | None = None,
        hourly: int | None = None,
        daily_credits: Decimal | int | None = None,
        holds_back: bool | None = None,
        sends_evidence: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Policy:
        """Decide how purchases are refunded and looked at from now on, also those that were bought
        before.
        """
        return await self._send(
            Call[Policy](
                method="PUT",
                path="/v1/billing/purchase-policy",
                result=Policy,
                query={},
                body=sent_json(
                    refund_days=refund_days,
                    hourly=hourly,
                    daily_credits=daily_credits,
                    holds_back=holds_back,
                    sends_evidence=sends_evidence,
                ),
                key=idempotency_key or new_id(),
            )
        )

    async def begin_checkout(
        self,
        *,
        user: str | None = None,
        amount: MoneyAsked | None = None,
        credits: Decimal | int | None = None,
        currency: str | None = None,
        provider: Literal["stripe", "manual"] | None = None,
        success_url: str | None = None,
        cancel_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Checkout:
        """Begin to buy credits."""
        return await self._send(
            Call[Checkout](
                method="POST",
                path="/v1/billing/checkout",
                result=Checkout,
                query={},
                body=sent_json(
                    user=user,
                    amount=amount,
                    credits=credits,
                    currency=currency,
                    provider=provider,
                    success_url=success_url,
                    cancel_url=cancel_url,
                ),
                key=idempotency_key or new_id(),
            )
        )

    def list_purchases(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[ListedPurchase]:
        """An org's purchases, of one user or of all the caller may see, those begun last first."""
        return self._pages(
            Call[Page[ListedPurchase]](
                method="GET",
                path="/v1/billing/purchases",
                result=Page[ListedPurchase],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            ),
            cursor,
        )

    async def list_purchases_page(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ListedPurchase]:
        """An org's purchases, of one user or of all the caller may see, those begun last first."""
        return await self._send(
            Call[Page[ListedPurchase]](
                method="GET",
                path="/v1/billing/purchases",
                result=Page[ListedPurchase],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            )
        )

    async def look_at_purchase(self, purchase: str) -> Purchase:
        """A purchase, and what has happened to it."""
        return await self._send(
            Call[Purchase](
                method="GET",
                path=path("/v1/billing/purchases/{purchase}", purchase=purchase),
                result=Purchase,
                query={},
            )
        )

    async def confirm_purchase(
        self,
        purchase: str,
        *,
        reference: str,
        paid_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> Confirmed:
        """Confirm that the bank transfer of a purchase came: its credits come with it."""
        return await self._send(
            Call[Confirmed](
                method="POST",
                path=path("/v1/billing/purchases/{purchase}/confirm", purchase=purchase),
                result=Confirmed,
                query={},
                body={"reference": to_json(reference), **sent_json(paid_at=paid_at)},
                key=idempotency_key or new_id(),
            )
        )

    async def close_review(
        self,
        purchase: str,
        *,
        approved: bool,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> Reviewed:
        """Say that a person has looked at a purchase that was flagged: approved, its credits can
        be refunded and transferred, and come now if they were held back.
        """
        return await self._send(
            Call[Reviewed](
                method="POST",
                path=path("/v1/billing/purchases/{purchase}/review", purchase=purchase),
                result=Reviewed,
                query={},
                body={"approved": to_json(approved), **sent_json(reason=reason)},
                key=idempotency_key or new_id(),
            )
        )

    async def look_at_recharge(self, *, user: str | None = None) -> Recharge:
        """The rule of a wallet, and what it has done in its month."""
        return await self._send(
            Call[Recharge](
                method="GET",
                path="/v1/billing/auto-recharge",
                result=Recharge,
                query=sent(user=user),
            )
        )

    async def set_recharge(
        self,
        *,
        threshold: Decimal | int,
        amount: MoneyAsked,
        payment_method: str,
        user: str | None = None,
        enabled: bool | None = None,
        max_monthly: int | None = None,
        idempotency_key: str | None = None,
    ) -> Recharge:
        """Buy for a wallet by a rule from now on."""
        return await self._send(
            Call[Recharge](
                method="PUT",
                path="/v1/billing/auto-recharge",
                result=Recharge,
                query={},
                body={
                    "threshold": to_json(threshold),
                    "amount": to_json(amount),
                    "payment_method": to_json(payment_method),
                    **sent_json(user=user, enabled=enabled, max_monthly=max_monthly),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def remove_recharge(
        self, *, user: str | None = None, idempotency_key: str | None = None
    ) -> RemovedRecharge:
        """Buy for a wallet by no rule any more."""
        return await self._send(
            Call[RemovedRecharge](
                method="DELETE",
                path="/v1/billing/auto-recharge",
                result=RemovedRecharge,
                query=sent(user=user),
                key=idempotency_key or new_id(),
            )
        )

    async def save_payment_method(self, *, return_url: str, user: str | None = None) -> Setup:
        """Give the page of the provider where a user saves what can be charged again."""
        return await self._send(
            Call[Setup](
                method="POST",
                path="/v1/billing/payment-methods",
                result=Setup,
                query={},
                body={"return_url": to_json(return_url), **sent_json(user=user)},
            )
        )

    async def open_portal(self, *, return_url: str, user: str | None = None) -> Portal:
        """Give the provider's page where a user looks at receipts and payment methods."""
        return await self._send(
            Call[Portal](
                method="POST",
                path="/v1/billing/portal",
                result=Portal,
                query={},
                body={"return_url": to_json(return_url), **sent_json(user=user)},
            )
        )

    def list_inbox(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> AsyncIterator[InboxEntry]:
        """What providers of payments told us, the newest first."""
        return self._pages(
            Call[Page[InboxEntry]](
                method="GET",
                path="/v1/billing/inbox",
                result=Page[InboxEntry],
                query=sent(state=state, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def list_inbox_page(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Page[InboxEntry]:
        """What providers of payments told us, the newest first."""
        return await self._send(
            Call[Page[InboxEntry]](
                method="GET",
                path="/v1/billing/inbox",
                result=Page[InboxEntry],
                query=sent(state=state, cursor=cursor, limit=limit),
            )
        )

    async def look_at_notice(self, provider: str, event: str) -> InboxEntry:
        """One notice, by its id at the provider."""
        return await self._send(
            Call[InboxEntry](
                method="GET",
                path=path("/v1/billing/inbox/{provider}/{event}", provider=provider, event=event),
                result=InboxEntry,
                query={},
            )
        )

    async def retry_notice(self, provider: str, event: str) -> InboxEntry:
        """Act once more on a notice that has ended: what it did already it does not do again."""
        return await self._send(
            Call[InboxEntry](
                method="POST",
                path=path(
                    "/v1/billing/inbox/{provider}/{event}/retry", provider=provider, event=event
                ),
                result=InboxEntry,
                query={},
            )
        )

    async def assign_notice(
        self, provider: str, event: str, *, org: str, purchase: str
    ) -> InboxEntry:
        """Say of which purchase a parked notice is, and act on it."""
        return await self._send(
            Call[InboxEntry](
                method="POST",
                path=path(
                    "/v1/billing/inbox/{provider}/{event}/assign", provider=provider, event=event
                ),
                result=InboxEntry,
                query={},
                body={"org": to_json(org), "purchase": to_json(purchase)},
            )
        )

    async def take_stripe_notice(self) -> Kept:
        """What Stripe has to say, signed by it."""
        return await self._send(
            Call[Kept](method="POST", path="/webhooks/stripe", result=Kept, query={})
        )

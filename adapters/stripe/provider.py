"""The provider Stripe: payments by its SDK, each asked for under our own id."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Any, cast

import stripe
from stripe.params import (
    BalanceTransactionListParams,
    DisputeUpdateParams,
    EventListParams,
    PaymentIntentCreateParams,
    PaymentIntentRetrieveParams,
)
from stripe.params.checkout import SessionCreateParams

from adapters.stripe.amounts import to_stripe
from adapters.stripe.calls import PATIENCE_S, UNTIL_DECIDED_S, called, key_of, once
from adapters.stripe.captures import StripeCaptures
from adapters.stripe.evidence_fields import fields_of
from adapters.stripe.movements import movement_of
from adapters.stripe.notices import (
    EVENTS,
    ONLY_AUTHORISED,
    TYPES_MAX,
    VIA_CHECKOUT,
    StripeNotices,
    dispute_of,
    failure_of,
    notice_of,
    payment_of,
    refund_of,
    session_of,
)
from adapters.stripe.paging import PAGE_MAX, from_newest, from_oldest, shown
from adapters.stripe.subscriptions import StripeSubscriptions
from ledger.kernel.outside import NeverTaken, NotTaken
from ledger.purchases.notice import (
    CheckoutExpired,
    Happening,
    Notice,
    PaymentAuthorised,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
)
from ledger.purchases.provider import (
    ChargeAsked,
    Checkout,
    CheckoutAsked,
    Evidence,
    Movement,
    Page,
    PurchaseRef,
    RefundAsked,
)
from ledger.purchases.purchase_base import STRIPE

API_VERSION = "2026-10-28.endive"
"""The version that this adapter speaks; that of the SDK is the same."""

CHARGE = "latest_charge"
"""What a payment is shown with: until when a bank keeps its money is said there."""


class StripeProvider:
    """An account at Stripe, by its secret key. `url`: where the API is, if not at Stripe's."""

    name = STRIPE

    def __init__(self, api_key: str, notices: StripeNotices, url: str | None = None) -> None:
        self._http = stripe.HTTPXClient(timeout=PATIENCE_S)
        self._v1 = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": url} if url else {},
            http_client=self._http,
            max_network_retries=0,  # whoever calls tries again, later and later
        ).v1
        self.read_notice = notices.read_notice
        captures = StripeCaptures(self._v1)
        self.capture, self.void = captures.capture, captures.void
        self.subscriptions = StripeSubscriptions(self._v1)

    async def close(self) -> None:
        """Close connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def customer(self, org: str, user: str) -> str:
        """Return the provider's id of a buyer; the same for the same org and user."""
        query = f"metadata['org']:'{org}' AND metadata['user']:'{user}'"

        async def find() -> str | None:
            found = await self._v1.customers.search_async({"query": query, "limit": 1})
            return found.data[0].id if found.data else None

        async def make(key: str) -> str:
            made = await self._v1.customers.create_async(
                {"metadata": {"org": org, "user": user}}, {"idempotency_key": key}
            )
            return made.id

        return await once(key_of("customer", org, user), find, make)

    async def open_checkout(self, asked: CheckoutAsked) -> Checkout:
        """Open a page for a purchase: one, however often it is asked."""
        params = _checkout(asked)

        async def make(key: str) -> Checkout:
            made = await self._v1.checkout.sessions.create_async(params, {"idempotency_key": key})
            return Checkout(made.id, made.url or "", made.expires_at * 1_000_000)

        return await once(key_of("checkout", asked.org, asked.purchase), None, make)

    async def charge(self, asked: ChargeAsked) -> PaymentPaid | PaymentAuthorised | PaymentFailed:
        """Charge a payment method: once, however often it is asked."""
        params = _charge(asked)

        async def find() -> dict[str, Any] | None:
            shows = [f"data.{each}" for each in params.get("expand", [])]
            found = await self._v1.payment_intents.list_async(
                {"customer": asked.customer, "limit": PAGE_MAX, "expand": shows}
            )
            wanted = {"org": asked.org, "purchase": asked.purchase}
            made = (shown(each) for each in found.data)
            return next((each for each in made if wanted.items() <= each["metadata"].items()), None)

        async def make(key: str) -> dict[str, Any]:
            made = await self._v1.payment_intents.create_async(params, {"idempotency_key": key})
            return shown(made)

        try:
            intent = await once(key_of("charge", asked.org, asked.purchase), find, make)
        except stripe.CardError as error:
            return _declined(error)
        except NeverTaken as error:
            if (why := _unusable(error.__cause__)) is None:
                raise
            return PaymentFailed(why)
        ended = payment_of(intent)
        if ended is None:
            raise NotTaken("Stripe has not decided about the payment yet.", UNTIL_DECIDED_S)
        return ended

    async def refund(self, asked: RefundAsked) -> RefundChanged:
        """Give money back: once, however often it is asked."""
        amount = to_stripe(asked.money)

        async def find() -> RefundChanged | None:
            made = [_refund(each) for each in await self._refunds(asked.payment)]
            return next((each for each in made if each.refund_asked == asked.refund_asked), None)

        async def make(key: str) -> RefundChanged:
            made = await self._v1.refunds.create_async(
                {
                    "payment_intent": asked.payment,
                    "amount": amount,
                    "reason": "requested_by_customer",
                    "metadata": {
                        "org": asked.org,
                        "purchase": asked.purchase,
                        "refund_asked": asked.refund_asked,
                    },
                },
                {"idempotency_key": key},
            )
            return _refund(shown(made))

        return await once(key_of("refund", asked.org, asked.refund_asked), find, make)

    async def retrieve(self, purchase: PurchaseRef) -> Sequence[Happening]:
        """Return all that has happened to a purchase, as of now, in order."""
        payment, happened = purchase.payment, list[Happening]()
        if purchase.session is not None:
            session = shown(
                await called(self._v1.checkout.sessions.retrieve_async(purchase.session))
            )
            payment = session["payment_intent"] or payment
            if isinstance(ended := session_of(session), CheckoutExpired):
                happened.append(ended)
        if payment is None and purchase.session is None:
            payment = await self._payment_of(purchase)
        if payment is not None:
            happened += await self._of_payment(payment)
        return happened

    async def purchase_of(self, payment: str) -> PurchaseRef | None:
        """Return which purchase a payment is of; None: none of ours."""
        intent = await called(self._v1.payment_intents.retrieve_async(payment))
        metadata = shown(intent)["metadata"]
        org, purchase = metadata.get("org"), metadata.get("purchase")
        return PurchaseRef(org, purchase, payment=payment) if org and purchase else None

    async def events_since(self, after: str | None, from_us: int) -> AsyncIterator[Notice]:
        """Yield what happened after a notice (its id; None: since a time), oldest first."""
        known = after if after is not None and await self._is_event(after) else None
        told = list[dict[str, Any]]()
        for first in range(0, len(EVENTS), TYPES_MAX):
            told += await self._told(EVENTS[first : first + TYPES_MAX], known, from_us)
        for event in sorted(told, key=lambda each: each["created"]):
            yield notice_of(event)

    async def movements(self, from_us: int, until_us: int) -> AsyncIterator[Movement]:
        """Yield every movement of money of a time, oldest first."""

        def older(than: str) -> Awaitable[stripe.ListObject[stripe.BalanceTransaction]]:
            params: BalanceTransactionListParams = {"limit": PAGE_MAX, "expand": ["data.source"]}
            params["created"] = {"gte": from_us // 1_000_000, "lt": until_us // 1_000_000}
            if than:
                params["starting_after"] = than
            return self._v1.balance_transactions.list_async(params)

        for each in reversed([each async for each in from_newest(older)]):
            yield movement_of(each)

    async def open_setup(self, org: str, customer: str, return_url: str) -> Page:
        """Open a page on which a payment method is saved."""
        params: SessionCreateParams = {
            "mode": "setup",
            "customer": customer,
            "allowed_payment_method_types": ["card"],
            "success_url": return_url,
            "cancel_url": return_url,
            "metadata": {"org": org},
            "setup_intent_data": {"metadata": {"org": org}},
        }
        made = await called(self._v1.checkout.sessions.create_async(params))
        return Page(made.url or "")

    async def open_portal(self, customer: str, return_url: str) -> Page:
        """Open a page on which a customer sees payments and payment methods."""
        made = await called(
            self._v1.billing_portal.sessions.create_async(
                {"customer": customer, "return_url": return_url}
            )
        )
        return Page(made.url)

    async def submit_evidence(self, dispute: str, evidence: Evidence) -> None:
        """Hand in what speaks against a dispute."""
        fields = fields_of(evidence)
        digest = hashlib.sha256(repr(sorted(fields.items())).encode()).hexdigest()

        params = cast(DisputeUpdateParams, {"evidence": fields, "submit": True})

        async def make(key: str) -> None:
            await self._v1.disputes.update_async(dispute, params, {"idempotency_key": key})

        await once(key_of("evidence", dispute, digest), None, make)

    async def _told(
        self, types: Sequence[str], after: str | None, from_us: int
    ) -> list[dict[str, Any]]:
        """Return the events of some types, oldest first."""
        asked: EventListParams = {"types": list(types), "limit": PAGE_MAX}

        def newer(than: str) -> Awaitable[stripe.ListObject[stripe.Event]]:
            return self._v1.events.list_async({**asked, "ending_before": than})

        def older(than: str) -> Awaitable[stripe.ListObject[stripe.Event]]:
            params: EventListParams = {**asked, "created": {"gte": from_us // 1_000_000}}
            if than:
                params["starting_after"] = than
            return self._v1.events.list_async(params)

        if after is not None:
            return [each async for each in from_oldest(newer, after)]
        return [each async for each in from_newest(older)][::-1]

    async def _is_event(self, id: str) -> bool:
        """Tell whether Stripe still knows an event: it does for 30 days."""
        try:
            await called(self._v1.events.retrieve_async(id))
        except NeverTaken:
            return False
        return True

    async def _payment_of(self, purchase: PurchaseRef) -> str | None:
        query = f"metadata['org']:'{purchase.org}' AND metadata['purchase']:'{purchase.purchase}'"
        found = await called(self._v1.payment_intents.search_async({"query": query, "limit": 1}))
        return found.data[0].id if found.data else None

    async def _of_payment(self, payment: str) -> list[Happening]:
        shows: PaymentIntentRetrieveParams = {"expand": [CHARGE]}
        intent = shown(await called(self._v1.payment_intents.retrieve_async(payment, shows)))
        refunds = await called(self._refunds(payment))
        disputes = await called(
            self._v1.disputes.list_async({"payment_intent": payment, "limit": PAGE_MAX})
        )
        found = [
            payment_of(intent),
            *map(refund_of, refunds),
            *(dispute_of(shown(each)) for each in reversed(disputes.data)),
        ]
        return [each for each in found if each is not None]

    async def _refunds(self, payment: str) -> list[dict[str, Any]]:
        """Return the refunds of a payment, oldest first."""
        found = await self._v1.refunds.list_async({"payment_intent": payment, "limit": PAGE_MAX})
        return [shown(each) for each in reversed(found.data)]


def _checkout(asked: CheckoutAsked) -> SessionCreateParams:
    ids = {"org": asked.org, "purchase": asked.purchase}
    params: SessionCreateParams = {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": asked.money.currency,
                    "unit_amount": to_stripe(asked.money),
                    "product_data": {"name": asked.description},
                },
                "quantity": 1,
            }
        ],
        "success_url": asked.success_url,
        "cancel_url": asked.cancel_url,
        "expires_at": asked.expires_us // 1_000_000,
        "adaptive_pricing": {"enabled": False},  # what is paid is what was asked
        "metadata": ids,
        "payment_intent_data": {
            "description": asked.description,
            "metadata": {**ids, "via": VIA_CHECKOUT},
        },
    }
    if asked.is_only_authorised:
        params["metadata"] = {**ids, **ONLY_AUTHORISED}
        params["payment_intent_data"]["capture_method"] = "manual"
    if asked.customer is not None:
        params["customer"] = asked.customer
        params["payment_intent_data"]["setup_future_usage"] = "off_session"
    return params


def _charge(asked: ChargeAsked) -> PaymentIntentCreateParams:
    params: PaymentIntentCreateParams = {
        "amount": to_stripe(asked.money),
        "currency": asked.money.currency,
        "customer": asked.customer,
        "payment_method": asked.method,
        "description": asked.description,
        "confirm": True,
        "off_session": True,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "metadata": {"org": asked.org, "purchase": asked.purchase},
    }
    if asked.is_only_authorised:
        params["capture_method"] = "manual"
        params["expand"] = [CHARGE]
    return params


def _refund(refund: dict[str, Any]) -> RefundChanged:
    found = refund_of(refund)
    assert found is not None  # it is one of a payment
    return found


def _declined(error: stripe.CardError) -> PaymentFailed:
    """Return why a payment was declined; the payment itself stands in the error."""
    body = error.json_body if isinstance(error.json_body, dict) else {}
    why = body.get("error") or {}
    return failure_of(why, (why.get("payment_intent") or {}).get("id"))


def _unusable(error: BaseException | None) -> str | None:
    """Return why a payment method cannot be charged at all: it was taken away, or is another's."""
    if isinstance(error, stripe.InvalidRequestError) and error.param == "payment_method":
        return error.code or "payment_method_unusable"
    return None

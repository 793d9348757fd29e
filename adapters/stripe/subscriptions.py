"""Subscriptions that Stripe runs: their pages, how they stand, and what is added to their
invoices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import stripe
from stripe.params import (
    InvoiceItemListParams,
    InvoiceLineItemListParams,
    InvoiceListParams,
    InvoicePaymentListParams,
)
from stripe.params.checkout import SessionCreateParams

from adapters.stripe.amounts import to_stripe
from adapters.stripe.calls import called, key_of, once
from adapters.stripe.mirroring import failure_on, invoice_of, mirrored_of, paid_by
from adapters.stripe.notices import Shown, subscription_of
from adapters.stripe.paging import PAGE_MAX, from_newest, shown
from ledger.purchases.provider import Checkout
from ledger.subscriptions.mirrored import Mirrored, MirroredInvoice
from ledger.subscriptions.provider import ChargeAdded, SubscriptionPageAsked


class StripeSubscriptions:
    """The subscriptions of an account at Stripe, by its client."""

    def __init__(self, v1: stripe.V1Services) -> None:
        self._v1 = v1

    async def open_page(self, asked: SubscriptionPageAsked) -> Checkout:
        """Open a page for a subscription: one, however often it is asked."""
        params = _page(asked)

        async def make(key: str) -> Checkout:
            made = await self._v1.checkout.sessions.create_async(params, {"idempotency_key": key})
            return Checkout(made.id, made.url or "", made.expires_at * 1_000_000)

        return await once(key_of("subscribe", asked.org, asked.id), None, make)

    async def mirrored(self, subscription: str) -> Mirrored:
        """Return how a subscription stands, with all its invoices, the oldest first."""
        found = await called(self._v1.subscriptions.retrieve_async(subscription))
        invoices = [await self._invoice(each) async for each in self._invoices(subscription)]
        return mirrored_of(shown(found), invoices[::-1])

    async def add_charge(self, asked: ChargeAdded) -> None:
        """Add a line to an invoice that is a draft: once, however often it is asked."""
        amount = to_stripe(asked.money)

        async def find() -> bool | None:
            wanted = {"org": asked.org, "charge": asked.id}
            async for each in self._added(asked.invoice):
                if wanted.items() <= each["metadata"].items():
                    return True
            return None

        async def make(key: str) -> bool:
            await self._v1.invoice_items.create_async(
                {
                    "customer": asked.customer,
                    "invoice": asked.invoice,
                    "amount": amount,
                    "currency": asked.money.currency,
                    "description": asked.text,
                    "discountable": False,  # it is added as it was priced here
                    "metadata": {"org": asked.org, "charge": asked.id},
                },
                {"idempotency_key": key},
            )
            return True

        await once(key_of("add", asked.org, asked.id), find, make)

    async def of_payment(self, payment: str) -> str | None:
        """Return the subscription whose invoice a payment is of; None: of none."""
        found = await called(
            self._v1.invoice_payments.list_async(
                {
                    "payment": {"type": "payment_intent", "payment_intent": payment},
                    "expand": ["data.invoice"],
                    "limit": 1,
                }
            )
        )
        return subscription_of(shown(found.data[0])["invoice"]) if found.data else None

    async def _invoice(self, invoice: Shown) -> MirroredInvoice:
        lines = invoice["lines"]["data"]
        if invoice["lines"]["has_more"]:
            lines = [each async for each in self._lines(invoice["id"])]
        payments = invoice["payments"]["data"]
        is_failing = invoice["status"] in _OWED and invoice["attempt_count"] > 0
        if invoice["payments"]["has_more"] or is_failing:
            payments = [each async for each in self._payments(invoice["id"])]
        failure = failure_on(payments) if is_failing else None
        return invoice_of(invoice, lines, paid_by(payments), failure)

    def _invoices(self, subscription: str) -> AsyncIterator[dict[str, Any]]:
        def older(than: str) -> Awaitable[stripe.ListObject[stripe.Invoice]]:
            params: InvoiceListParams = {"subscription": subscription, "limit": PAGE_MAX}
            params["expand"] = ["data.payments"]
            if than:
                params["starting_after"] = than
            return self._v1.invoices.list_async(params)

        return from_newest(older)

    def _lines(self, invoice: str) -> AsyncIterator[dict[str, Any]]:
        def older(than: str) -> Awaitable[stripe.ListObject[stripe.InvoiceLineItem]]:
            params: InvoiceLineItemListParams = {"limit": PAGE_MAX}
            if than:
                params["starting_after"] = than
            return self._v1.invoices.line_items.list_async(invoice, params)

        return from_newest(older)

    def _payments(self, invoice: str) -> AsyncIterator[dict[str, Any]]:
        def older(than: str) -> Awaitable[stripe.ListObject[stripe.InvoicePayment]]:
            params: InvoicePaymentListParams = {"invoice": invoice, "limit": PAGE_MAX}
            params["expand"] = ["data.payment.payment_intent"]
            if than:
                params["starting_after"] = than
            return self._v1.invoice_payments.list_async(params)

        return from_newest(older)

    def _added(self, invoice: str) -> AsyncIterator[dict[str, Any]]:
        def older(than: str) -> Awaitable[stripe.ListObject[stripe.InvoiceItem]]:
            params: InvoiceItemListParams = {"invoice": invoice, "limit": PAGE_MAX}
            if than:
                params["starting_after"] = than
            return self._v1.invoice_items.list_async(params)

        return from_newest(older)


_OWED = ("open", "uncollectible")
"""In which states an invoice says why it is not paid."""


def _page(asked: SubscriptionPageAsked) -> SessionCreateParams:
    ids = {"org": asked.org, "user": asked.user}
    wanted = [(asked.price, asked.quantity), *([asked.more] if asked.more else [])]
    return {
        "mode": "subscription",
        "customer": asked.customer,
        "line_items": [{"price": price, "quantity": quantity} for price, quantity in wanted],
        "success_url": asked.success_url,
        "cancel_url": asked.cancel_url,
        "adaptive_pricing": {"enabled": False},  # what is paid is what the price says
        "metadata": ids,
        "subscription_data": {"metadata": ids},
    }

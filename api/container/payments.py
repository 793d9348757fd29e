"""Payments: the providers that the settings name, each loaded when it is first asked for."""

from __future__ import annotations

import asyncio
import importlib
from functools import cached_property
from typing import Protocol

from adapters.bank_transfers import BankTransfers
from adapters.stripe.account import StripeAccount, sandbox_at
from adapters.stripe.notices import StripeNotices
from api.settings import Settings
from ledger.kernel.errors import Invalid
from ledger.purchases.notice import Notice
from ledger.purchases.provider import Forged, PaymentProvider
from ledger.purchases.purchase_base import MANUAL, STRIPE
from ledger.subscriptions.provider import SubscriptionProvider


class _Stripe(PaymentProvider, Protocol):
    """Stripe, which runs subscriptions besides."""

    @property
    def subscriptions(self) -> SubscriptionProvider:
        """Who runs them."""


class Payments:
    """Who collects money, by name. A notice is read without loading what calls."""

    def __init__(self, account: StripeAccount | None) -> None:
        self._account = account
        self._loading = asyncio.Lock()
        self._transfers = BankTransfers()
        self._stripe: _Stripe | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The providers that there are."""
        return (MANUAL,) if self._account is None else (STRIPE, MANUAL)

    def read_notice(self, content: bytes, signature: str, now_us: int) -> Notice:
        """Return what Stripe says in a request to us, once it is known as its. Raises Forged."""
        if not self._notices_secrets:
            raise Forged("no secret of Stripe's notices is set.")
        return self._notices.read_notice(content, signature, now_us)

    async def provider(self, name: str) -> PaymentProvider:
        """Return a provider. Raises Invalid where there is none of that name."""
        if name not in self.names:
            raise Invalid(
                f"provider must be one of {', '.join(self.names)}; stripe needs TALLY_STRIPE_KEY.",
                field="provider",
            )
        return self._transfers if name == MANUAL else await self._connected()

    async def subscriptions(self) -> SubscriptionProvider:
        """Return who runs subscriptions. Raises Invalid where there is none."""
        if self._account is None:
            raise Invalid("Stripe runs subscriptions: it needs TALLY_STRIPE_KEY.", field="plan")
        return (await self._connected()).subscriptions

    async def _connected(self) -> _Stripe:
        """Return Stripe. Its SDK takes half a second: others go on meanwhile."""
        assert self._account is not None  # who calls has looked
        async with self._loading:
            if self._stripe is None:
                await asyncio.to_thread(importlib.import_module, "adapters.stripe.provider")
                self._stripe = _stripe(self._account, self._notices)
        return self._stripe

    async def close(self) -> None:
        """Hang up."""
        if self._stripe is not None:
            await self._stripe.close()

    @property
    def _notices_secrets(self) -> tuple[str, ...]:
        return self._account.webhook_secrets if self._account is not None else ()

    @cached_property
    def _notices(self) -> StripeNotices:
        return StripeNotices(self._notices_secrets)


def _stripe(account: StripeAccount, notices: StripeNotices) -> _Stripe:
    from adapters.stripe.provider import StripeProvider  # noqa: PLC0415  # as said above

    return StripeProvider(account.api_key, notices, account.url)


def stripe_given(settings: Settings) -> StripeAccount | None:
    """Return the account that is configured."""
    if settings.stripe_key is None:
        return None
    return StripeAccount(settings.stripe_key, settings.stripe_webhook_secrets, settings.stripe_url)


def stripe_account(settings: Settings, sandbox_url: str | None) -> StripeAccount | None:
    """Return the account that is configured, or that of the sandbox that was started for want of
    one."""
    given = stripe_given(settings)
    return sandbox_at(sandbox_url) if given is None and sandbox_url is not None else given

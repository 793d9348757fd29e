"""Worlds of payments: an adapter, and the people and banks behind it, as a test can be them."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

import pytest

from adapters.bank_transfers import BankTransfers
from adapters.embedded.stripe_sandbox.access import Access
from adapters.stripe.notices import StripeNotices
from adapters.stripe.provider import StripeProvider
from ledger.purchases.notice import Money
from ledger.purchases.provider import (
    ChargeAsked,
    CheckoutAsked,
    PaymentProvider,
    RefundAsked,
)
from tests.stripe_account import Account, SandboxAccount

T = TypeVar("T")
_numbers = itertools.count(1)
_RUN = f"{time.time_ns():x}"
ANYWHERE = "https://shop.example/back"


def fresh(word: str) -> str:
    """An id that was never used, at whichever provider."""
    return f"{word}-{_RUN}-{next(_numbers)}"


def checkout(**fields: Any) -> CheckoutAsked:
    """A page for 20 dollars."""
    asked = CheckoutAsked(
        org="acme",
        purchase=fresh("purchase"),
        money=Money(2_000, "usd"),
        description="21,000 credits",
        success_url=ANYWHERE,
        cancel_url=ANYWHERE,
        expires_us=(int(time.time()) + 3600) * 1_000_000,
    )
    return asked._replace(**fields)


def charge(customer: str, method: str, **fields: Any) -> ChargeAsked:
    """A charge of 20 dollars."""
    asked = ChargeAsked(
        "acme", fresh("purchase"), Money(2_000, "usd"), "21,000 credits", customer, method
    )
    return asked._replace(**fields)


def refund(payment: str, amount: int, **fields: Any) -> RefundAsked:
    """A refund of dollars."""
    asked = RefundAsked("acme", "purchase-1", fresh("refund"), payment, Money(amount, "usd"))
    return asked._replace(**fields)


class World(Protocol):
    """An adapter and what is behind it. `is_paid_by_methods`: whether it charges what is saved."""

    is_paid_by_methods: bool

    def run(self, scene: Callable[[PaymentProvider], Awaitable[T]]) -> T:
        """Play a scene with the provider, open meanwhile."""

    async def method(self, customer: str, name: str) -> str:
        """A payment method of a customer, by one of Stripe's names for what becomes of it."""

    async def detach(self, method: str) -> None:
        """Take a payment method away."""


class BankWorld:
    """Bank transfers."""

    is_paid_by_methods = False

    def run(self, scene: Callable[[PaymentProvider], Awaitable[T]]) -> T:
        async def play() -> T:
            return await scene(BankTransfers())

        return asyncio.run(play())

    async def method(self, customer: str, name: str) -> str:
        return "account"

    async def detach(self, method: str) -> None:
        """Nothing to do."""


class StripeWorld(Account):
    """An account at Stripe, or at the sandbox."""

    is_paid_by_methods = True

    def __init__(self, api_key: str, secret: str, url: str | None = None) -> None:
        super().__init__(api_key, url)
        self.secret = secret

    def run(self, scene: Callable[[PaymentProvider], Awaitable[T]]) -> T:
        async def play() -> T:
            async with self.open() as provider:
                return await scene(provider)

        return asyncio.run(play())

    @asynccontextmanager
    async def open(self) -> AsyncIterator[StripeProvider]:
        """The adapter, open meanwhile."""
        provider = StripeProvider(self.api_key, StripeNotices([self.secret]), self.url)
        try:
            yield provider
        finally:
            await provider.close()

    async def method(self, customer: str, name: str) -> str:
        async with self.sdk() as sdk:
            attached = await sdk.v1.payment_methods.attach_async(name, {"customer": customer})
            return attached.id

    async def detach(self, method: str) -> None:
        async with self.sdk() as sdk:
            await sdk.v1.payment_methods.detach_async(method)


class SandboxWorld(StripeWorld, SandboxAccount):
    """The sandbox."""

    def __init__(self, access: Access) -> None:
        SandboxAccount.__init__(self, access)


def real_world() -> StripeWorld:
    """A test account at Stripe, where its key is given."""
    key = os.environ.get("STRIPE_TEST_KEY")
    if not key:
        pytest.skip("STRIPE_TEST_KEY is not set: the real Stripe was not asked")
    assert key.startswith(("sk_test_", "rk_test_")), "STRIPE_TEST_KEY must be of a test account"
    return StripeWorld(key, "whsec_unused")

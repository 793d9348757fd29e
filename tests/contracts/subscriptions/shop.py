"""A shop that has subscriptions at Stripe: the adapter, and the people around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

import stripe

from adapters.embedded.stripe_sandbox.access import Access
from adapters.stripe.provider import StripeProvider
from ledger.purchases.notice import Money
from ledger.subscriptions.mirrored import Mirrored, MirroredInvoice
from ledger.subscriptions.provider import (
    ChargeAdded,
    SubscriptionPageAsked,
    SubscriptionProvider,
)
from tests.contracts.purchases.worlds import ANYWHERE, SandboxWorld, fresh

T = TypeVar("T")
DAY_S = 86_400
HOUR_S = 3_600
SEAT = 2_000
"""What a seat costs a month."""


class Shop(NamedTuple):
    """A price, a customer, and those who look after them."""

    account: SandboxWorld
    provider: StripeProvider
    v1: stripe.V1Services
    price: str
    customer: str

    @property
    def subscriptions(self) -> SubscriptionProvider:
        """What is tested here."""
        return self.provider.subscriptions

    def page(self, quantity: int = 1) -> SubscriptionPageAsked:
        """A page for some seats."""
        return SubscriptionPageAsked(
            "acme", "ann", fresh("page"), self.customer, self.price, quantity, ANYWHERE, ANYWHERE
        )

    def charge(self, on: Mirrored, **fields: Any) -> ChargeAdded:
        """Five dollars besides, on the last invoice of a subscription."""
        asked = ChargeAdded(
            *("acme", fresh("overage"), self.customer, on.id, on.invoices[-1].id),
            money=Money(500, "usd"),
            text="5,000 credits beyond those included",
        )
        return asked._replace(**fields)

    async def subscribed(self, quantity: int = 1) -> Mirrored:
        """A subscription that was paid on its page."""
        opened = await self.subscriptions.open_page(self.page(quantity))
        assert (await self.account.pay(opened.url)).status_code == 303
        return await self.subscriptions.mirrored(await self.only())

    async def only(self) -> str:
        """The subscription of the customer, whatever has become of it."""
        (found,) = (
            await self.v1.subscriptions.list_async({"customer": self.customer, "status": "all"})
        ).data
        return found.id

    async def pays_by(self, subscription: str, name: str) -> None:
        """Have a subscription be charged by a card of one of Stripe's names."""
        method = await self.account.method(self.customer, name)
        await self.v1.subscriptions.update_async(subscription, {"default_payment_method": method})

    async def pass_time(self, seconds: int) -> None:
        """Let time pass."""
        await self.account.control("/clock", seconds=seconds)

    async def until(self, time_us: int) -> None:
        """Let time pass until a moment."""
        now = (await self.account.control("", "GET"))["now"]
        await self.pass_time(max(time_us // 1_000_000 - now, 0))

    async def renewed(self, before: Mirrored) -> Mirrored:
        """A subscription at the beginning of its next period: its invoice is a draft."""
        await self.until(before.period.end_us)
        return await self.subscriptions.mirrored(before.id)

    async def price_of(self, amount: int, interval: str = "month") -> str:
        """Another price."""
        return await price(self.v1, amount, interval)


async def price(v1: stripe.V1Services, amount: int, interval: str = "month") -> str:
    """A price of each period."""
    recurring: Any = {"interval": interval}
    made = await v1.prices.create_async(
        {
            "currency": "usd",
            "unit_amount": amount,
            "recurring": recurring,
            "product_data": {"name": "Pro"},
        }
    )
    return made.id


@asynccontextmanager
async def opened(access: Access) -> AsyncIterator[Shop]:
    """A shop at a sandbox, open meanwhile."""
    account = SandboxWorld(access)
    async with account.open() as provider, account.sdk() as sdk:
        customer = await provider.customer("acme", fresh("user"))
        yield Shop(account, provider, sdk.v1, await price(sdk.v1, SEAT), customer)


def play(access: Access, scene: Callable[[Shop], Awaitable[T]]) -> T:
    """Play a scene in a shop of its own."""

    async def run() -> T:
        async with opened(access) as shop:
            return await scene(shop)

    return asyncio.run(run())


def total(invoice: MirroredInvoice) -> int:
    """What the lines of an invoice come to."""
    return sum(each.total for each in invoice.lines)

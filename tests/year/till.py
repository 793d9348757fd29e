"""The till: what the year's subscriptions and purchases ask of the provider, asked of the sandbox
by the adapter that the service has, and what is told of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import stripe

from adapters.embedded.stripe_sandbox.access import Access
from adapters.embedded.stripe_sandbox.server import served
from adapters.stripe.notices import StripeNotices
from adapters.stripe.provider import StripeProvider
from ledger.kernel.outside import NotTaken
from ledger.ports import Clock
from ledger.purchases.notice import (
    Happening,
    PaymentAuthorised,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
)
from ledger.purchases.provider import ChargeAsked, PurchaseRef, RefundAsked
from ledger.purchases.purchase_base import SavedMethod

AT_ONCE = 8
"""Calls that are made side by side."""

WEEK_S = 7 * 86_400
"""So much may the sandbox's clock be behind: it dates its own objects by it, and nothing else."""

TRIES = 5
"""The sandbox closes a connection on which nothing was asked for a while."""

A = TypeVar("A")
T = TypeVar("T")


class Till:
    """Asks, from one thread."""

    def __init__(self, access: Access, clock: Clock) -> None:
        self._clock = clock
        self._told_s = self._moved_s = 0
        self._url = access.url()
        self._key = access.api_key
        self._loop = asyncio.Runner()
        self._control = httpx.Client(headers={"Authorization": f"Bearer {self._key}"}, timeout=60)
        self.calls = 0
        notices = StripeNotices((access.webhook_secret,))
        self._provider = StripeProvider(self._key, notices, self._url)
        self._http = stripe.HTTPXClient()
        addresses: Any = {"api": self._url}
        self._sdk = stripe.StripeClient(
            self._key, base_addresses=addresses, http_client=self._http, max_network_retries=3
        )

    def close(self) -> None:
        """Close connections."""
        self._loop.run(self._provider.close())
        self._loop.run(self._http.close_async())  # type: ignore[no-untyped-call]
        self._loop.close()
        self._control.close()

    def _move_clock(self) -> None:
        """Have it be about the same time at the sandbox."""
        now_s = self._clock() // 1_000_000
        moved_s = now_s - int(time.time())
        if abs(now_s - self._told_s) >= WEEK_S:
            self._ask("/clock", seconds=moved_s - self._moved_s)
            self._told_s, self._moved_s = now_s, moved_s

    def save_card(self, org: str, user: str, token: str) -> SavedMethod:
        """Save a card of somebody's."""

        async def save() -> SavedMethod:
            customer = await _patiently(lambda of: self._provider.customer(org, of), user)
            saved = await self._sdk.v1.payment_methods.attach_async(token, {"customer": customer})
            return SavedMethod(customer, saved.id)

        return self._loop.run(save())

    def charge(self, asked: Sequence[ChargeAsked]) -> list[PaymentPaid | PaymentFailed]:
        """Charge for all of these."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(each: ChargeAsked) -> PaymentPaid | PaymentFailed:
            async with turns:
                told = await _patiently(self._provider.charge, each)
                assert not isinstance(told, PaymentAuthorised)  # it is charged at once
                return told

        async def every() -> list[PaymentPaid | PaymentFailed]:
            return list(await asyncio.gather(*map(one, asked)))

        self._move_clock()
        self.calls += len(asked)
        return self._loop.run(every())

    def refund(self, asked: RefundAsked) -> RefundChanged:
        """Give money back."""
        self._move_clock()
        return self._loop.run(_patiently(self._provider.refund, asked))

    def give_back(self, payment: str, cents: int) -> None:
        """Have money be given back in the dashboard."""

        async def give() -> None:
            asked: Any = {"payment_intent": payment, "amount": cents}
            await self._sdk.v1.refunds.create_async(asked)

        self._move_clock()
        self._loop.run(give())

    def dispute(self, payment: str) -> str:
        """Have a buyer's bank ask the money back."""
        self._move_clock()
        return str(self._ask("/disputes", payment_intent=payment)["id"])

    def lose(self, dispute: str) -> None:
        """Have the bank decide for the buyer."""
        self._move_clock()
        self._ask("/disputes/decide", dispute=dispute, won=False)

    def stands(self, purchase: PurchaseRef) -> Sequence[Happening]:
        """Return all that the provider says of a purchase."""
        return self._loop.run(_patiently(self._provider.retrieve, purchase))

    def _ask(self, path: str, **given: Any) -> Any:
        answer = self._control.post(f"{self._url}/sandbox{path}", json=given)
        assert answer.is_success, answer.text
        return answer.json()


async def _patiently(ask: Callable[[A], Awaitable[T]], asked: A) -> T:
    """Ask again what the provider has not taken, as the job does: it is done once."""
    for _ in range(TRIES):
        try:
            return await ask(asked)
        except NotTaken:
            await asyncio.sleep(0)
    return await ask(asked)


@contextmanager
def till_at(home: Path, clock: Clock) -> Iterator[Till]:
    """Give a till, and serve its sandbox meanwhile."""
    with served(home) as access:
        till = Till(access, clock)
        try:
            yield till
        finally:
            till.close()

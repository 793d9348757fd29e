"""The till: what the year's subscriptions and purchases ask of the provider, asked of the sandbox
by the adapter that the service has, and what is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import stripe

from adapters.embedded.stripe_sandbox.access import Access
from adapters.embedded.stripe_sandbox.server import served
from adapters.stripe.notices import StripeNotices
from adapters.stripe.provider import StripeProvider
from ledger.ports import Clock
from ledger.purchases.notice import Happening, PaymentFailed, PaymentPaid, RefundChanged
from ledger.purchases.provider import ChargeAsked, PurchaseRef, RefundAsked
from ledger.purchases.purchase_base import SavedMethod

AT_ONCE = 8
"""Calls that are made side by side."""


class Till:
    """Asks, from one thread."""

    def __init__(self, access: Access, clock: Clock) -> None:
        self._clock = clock
        self._told_s = 0
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
            self._key, base_addresses=addresses, http_client=self._http, max_network_retries=0
        )

    def close(self) -> None:
        """Close connections."""
        self._loop.run(self._provider.close())
        self._loop.run(self._http.close_async())  # type: ignore[no-untyped-call]
        self._loop.close()
        self._control.close()

    def _move_clock(self) -> None:
        """Have it be the same time at the sandbox, when it was another."""
        now_s = self._clock() // 1_000_000
        if now_s != self._told_s:
            self._ask("/clock", seconds=now_s - self._ask("", "GET")["now"])
            self._told_s = now_s

    def save_card(self, org: str, user: str, token: str) -> SavedMethod:
        """Save a card of somebody's."""

        async def save() -> SavedMethod:
            customer = await self._provider.customer(org, user)
            saved = await self._sdk.v1.payment_methods.attach_async(token, {"customer": customer})
            return SavedMethod(customer, saved.id)

        return self._loop.run(save())

    def charge(self, asked: Sequence[ChargeAsked]) -> list[PaymentPaid | PaymentFailed]:
        """Charge for all of these."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(each: ChargeAsked) -> PaymentPaid | PaymentFailed:
            async with turns:
                return await self._provider.charge(each)

        async def every() -> list[PaymentPaid | PaymentFailed]:
            return list(await asyncio.gather(*map(one, asked)))

        self._move_clock()
        self.calls += len(asked)
        return self._loop.run(every())

    def refund(self, asked: RefundAsked) -> RefundChanged:
        """Give money back."""
        self._move_clock()
        return self._loop.run(self._provider.refund(asked))

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
        return self._loop.run(self._provider.retrieve(purchase))

    def _ask(self, path: str, method: str = "POST", **given: Any) -> Any:
        answer = self._control.request(method, f"{self._url}/sandbox{path}", json=given)
        assert answer.is_success, answer.text
        return answer.json()


@contextmanager
def till_at(home: Path, clock: Clock) -> Iterator[Till]:
    """Give a till, and serve its sandbox meanwhile."""
    with served(home) as access:
        till = Till(access, clock)
        try:
            yield till
        finally:
            till.close()

"""The outside of a campaign: buyers before the provider's pages, its dashboard, and banks."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from adapters.embedded.stripe_sandbox.sandbox import API_VERSION
from tests.sandbox_book import Resource, SandboxBook
from tests.stripe_account import SandboxAccount

LOOK_S = 0.2
PATIENCE_S = 300.0


class Outside:
    """What other people do at the sandbox, each again until it is done."""

    def __init__(
        self, session: aiohttp.ClientSession, account: SandboxAccount, book: SandboxBook
    ) -> None:
        self._session = session
        self._account = account
        self.book = book

    async def pay(self, url: str, number: str) -> None:
        """Fill in a page as a buyer does."""
        form = {"number": number, "expiry": "12 / 34", "cvc": "123", "name": "Ann"}
        await self._until_posted(url, data=form)

    async def refund(self, payment: str, cents: int) -> None:
        """Refund in the dashboard, once, however often that fails."""
        form = {"payment_intent": payment, "amount": str(cents)}
        while not self.book.all("refund", payment_intent=payment):
            await self._post(
                f"{self._account.url}/v1/refunds",
                data=form,
                headers={"Stripe-Version": API_VERSION},
            )

    async def decide(self, dispute: str, *, won: bool) -> None:
        """Have a bank decide."""
        given = {"dispute": dispute, "won": won}
        await self._until_posted(f"{self._account.url}/sandbox/disputes/decide", json=given)

    async def dispute_of(self, payment: str) -> Resource:
        """Return the dispute of a payment, once there is one."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if found := self.book.all("dispute", payment_intent=payment):
                    return found[0]
                await asyncio.sleep(LOOK_S)

    async def _until_posted(self, url: str, **content: Any) -> None:
        while True:
            if await self._post(url, **content):
                return
            await asyncio.sleep(LOOK_S)

    async def _post(self, url: str, headers: dict[str, str] | None = None, **content: Any) -> bool:
        """Post something, and tell whether it was answered."""
        given = {"Authorization": f"Bearer {self._account.api_key}", **(headers or {})}
        try:
            async with self._session.post(
                url, headers=given, allow_redirects=False, **content
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            return False
        return True

"""A service whose credits are bought at the sandbox, and who is there."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.embedded.stripe_sandbox.server import served as sandbox_served
from api.container import Endpoints, stripe_given
from api.settings import Settings
from tests.api.served import LIFTED, OPERATOR_KEY, Api, Json, Served, done, served
from tests.effect_work import make_calls
from tests.stripe_account import Listening, SandboxAccount, Told, listening

BACK = {"success_url": "https://shop.example/done", "cancel_url": "https://shop.example/cart"}


@dataclass
class Shop:
    """An org that sells credits. `told`: where the sandbox leaves its notices."""

    service: Served
    account: SandboxAccount
    told: Listening
    settings: Settings

    def new_admin(self) -> Api:
        """An admin of a new org."""
        return self.service.new_admin()

    def buy(self, api: Api, amount: str, user: str = "ada", currency: str = "usd") -> Json:
        """Begin to buy."""
        body = {"user": user, "amount": {"amount": amount, "currency": currency}, **BACK}
        return done(api.send("/v1/billing/checkout", body))

    def pay(self, purchase: Json, number: str = "4242424242424242") -> None:
        """Pay on the page."""
        self.run(self.account.pay(purchase["checkout_url"], number))

    def look(self, api: Api, purchase: Json) -> Json:
        """The purchase as it is."""
        return done(api.get(f"/v1/billing/purchases/{purchase['purchase']}"))

    def control(self, path: str, **given: Any) -> Any:
        """Ask for what only the sandbox has."""
        return self.run(self.account.control(path, **given))

    def listen(self) -> list[Told]:
        """All that the sandbox has told since it was last listened to."""
        self.run(self.account.deliver())
        return self.told.so_far()

    def hear(self) -> int:
        """Hand on to the service what the sandbox has told so far; say how much."""
        told = self.listen()
        for each in told:
            self.tell(each.content, each.signature)
        return len(told)

    def tell(self, content: bytes, signature: str) -> Any:
        """Tell the service something as Stripe does."""
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        return self.service.http.post("/webhooks/stripe", content=content, headers=headers)

    def work(self) -> None:
        """Do what the process of jobs does, until nothing is left that is due."""
        make_calls(self.settings, self.service.ends.database)

    @staticmethod
    def run(work: Coroutine[Any, Any, Any]) -> Any:
        """Wait for it."""
        return asyncio.run(work)


@contextmanager
def shop_over(ends: Endpoints, home: Path) -> Iterator[Shop]:
    """Serve one meanwhile."""
    with listening() as told, sandbox_served(home, told.url) as access:
        settings = Settings(
            operator_key=OPERATOR_KEY,
            limits=LIFTED,
            stripe_key=access.api_key,
            stripe_webhook_secrets=(access.webhook_secret,),
            stripe_url=access.url(),
        )
        with served(replace(ends, stripe=stripe_given(settings)), settings=settings) as service:
            yield Shop(service, SandboxAccount(access), told, settings)

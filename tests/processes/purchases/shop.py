"""A service whose credits are bought at the sandbox, and who is there."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.embedded.stripe_sandbox.server import served as sandbox_served
from api.container import Endpoints, stripe_given
from api.settings import Settings
from tests.api.served import LIFTED, OPERATOR_KEY, Api, Json, Served, done, served
from tests.api.two_paths import both_paths
from tests.effect_work import make_calls, revive
from tests.sandbox_book import SandboxBook
from tests.stripe_account import Listening, SandboxAccount, Told, listening

PROCESSOR = "Assets:Processor:Stripe"
BACK = {"success_url": "https://shop.example/done", "cancel_url": "https://shop.example/cart"}


@dataclass
class Shop:
    """An org that sells credits. `told`: where the sandbox leaves its notices."""

    service: Served
    account: SandboxAccount
    told: Listening
    settings: Settings
    book: SandboxBook

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

    def payment_of(self, purchase: Json) -> str:
        """The provider's id of the payment of a purchase."""

        async def ask() -> str:
            async with self.account.sdk() as sdk:
                wanted = {"query": f"metadata['purchase']:'{purchase['purchase']}'"}
                found = await sdk.v1.payment_intents.search_async(wanted)  # type: ignore[arg-type]
                return found.data[0].id

        return str(self.run(ask()))

    def evidence_of(self, dispute: str) -> Any:
        """What the provider has been given against a dispute."""

        async def ask() -> Any:
            async with self.account.sdk() as sdk:
                return (await sdk.v1.disputes.retrieve_async(dispute)).evidence.to_dict()

        return self.run(ask())

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

    def set_rule(self, api: Api, user: str = "ada", **fields: Any) -> Json:
        """Have a wallet be filled by a rule, with a card that is saved for it."""
        body = {"user": user, "return_url": BACK["cancel_url"]}
        page = done(api.send("/v1/billing/payment-methods", body))["setup_url"]
        self.run(self.account.pay(page, fields.pop("card", "4242424242424242")))
        rule = {
            "user": user,
            "threshold": "5000",
            "amount": {"amount": "20", "currency": "usd"},
            "payment_method": self.book.method_of(page),
            **fields,
        }
        return done(api.send("/v1/billing/auto-recharge", rule, method="PUT"))

    def revive(self) -> None:
        """Have what a process had begun when it was killed be due, and all that is to be tried
        later."""
        revive(self.service.ends.database)

    def catch_up(self) -> None:
        """Hear and work until there is nothing to be heard or done, also of what a process that
        was killed had begun, or what is to be tried later."""
        self.revive()
        self.hear()
        self.work()
        while self.hear():
            self.work()

    def money(self, api: Api, currency: str = "USD") -> int:
        """What the sandbox has of an org's buyers, in the currency's smallest unit, but for fees:
        the journal says the same."""
        rows = csv.DictReader(io.StringIO(api.get("/v1/audit/journal", format="csv").text))
        found = sum(
            int(row["units"])
            for row in rows
            if row["account"] == PROCESSOR and row["commodity"] == currency
        )
        moved = self.book.moved()
        payments = [
            each["id"]
            for each in self.book.all("payment_intent", currency=currency.lower())
            if each["metadata"].get("org") == api.org
        ]
        at_sandbox = sum(moved.get(each, 0) for each in payments)
        assert found == at_sandbox, f"{found} in the journal, {at_sandbox} at the sandbox"
        return found

    def has(self, api: Api, user: str = "ada") -> int:
        """What a wallet has, less what it owes, in whole credits."""
        return int(done(api.get("/v1/billing/balance", user=user))["balance"])

    @staticmethod
    def run(work: Coroutine[Any, Any, Any]) -> Any:
        """Wait for it."""
        return asyncio.run(work)


@contextmanager
def shop_over(ends: Endpoints, home: Path) -> Iterator[Shop]:
    """Serve one meanwhile."""
    with (
        listening() as told,
        sandbox_served(home, told.url) as access,
        closing(SandboxBook(home)) as book,
    ):
        settings = Settings(
            operator_key=OPERATOR_KEY,
            limits=LIFTED,
            stripe_key=access.api_key,
            stripe_webhook_secrets=(access.webhook_secret,),
            stripe_url=access.url(),
        )
        ends = replace(ends, stripe=stripe_given(settings))
        with served(ends, settings=settings, front=both_paths) as service:
            yield Shop(service, SandboxAccount(access), told, settings, book)

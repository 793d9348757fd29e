"""Buying: the second act of the demonstration: credits are bought at the sandbox, given back,
disputed, and bought by a rule; and the money is the same in three places."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from api.container import Endpoints, Payments, clock_us, event_store
from api.demo.service import Service, ServiceError
from api.reconciliation.reconcile import reconcile
from api.reconciliation.reconciler import Range
from ledger.kernel.actor import Actor
from ledger.kernel.money import format_amount
from ledger.purchases.disputes import DisputeOpened, DisputeWon
from ledger.purchases.fees import ProcessingFeeRecorded
from ledger.purchases.payment import PurchasePaid
from ledger.purchases.purchase_base import STRIPE
from ledger.purchases.reconciliation import Difference
from ledger.purchases.refunds import RefundPaid
from ledger.registry import fact_of

ORG = "demo-shop"
CARD, DISPUTED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0259"
PROCESSOR = "Assets:Processor:Stripe"
PAGES = {"success_url": "https://shop.example/done", "cancel_url": "https://shop.example/cart"}
WITHIN_S = 60.0
LOOK_S = 0.1
PAGE = 2_000

_TOPICS = (
    *(PurchasePaid.TOPIC, RefundPaid.TOPIC, DisputeOpened.TOPIC, DisputeWon.TOPIC),
    ProcessingFeeRecorded.TOPIC,
)
_METHOD = re.compile(r'name="remove" value="(pm_\w+)"')


@dataclass(frozen=True)
class Buying:
    """The people of the act, the service, and the sandbox that it pays at."""

    console: Console
    running: Service
    at: Endpoints

    def show(self) -> bool:
        """Play the act, and tell whether the money is the same everywhere."""
        self._call("POST", "/v1/orgs", {"id": ORG, "name": "Demonstration shop"}, org=None)
        self._refunded()
        self._disputed()
        self._recharged()
        differences = asyncio.run(self._reconciled())
        self._say(
            f"tally reconcile stripe: {len(differences):,} differences, its fees are recorded"
        )
        return self._print_money() and not differences

    # -- the scenes ---------------------------------------------------------------------------

    def _refunded(self) -> None:
        purchase = self._buy("ann", CARD, "paid")
        self._say(f"ann pays 20.00 USD on the page of the sandbox and has {self._has('ann')}")
        self._spend("ann", "1000")
        asked = self._call("POST", "/v1/billing/refunds", {"purchase": purchase})
        self._until(purchase, "partly_refunded")
        money = asked["amount"]["amount"]
        self._say(f"ann uses 1,000, gets {money} USD back for the rest, and has {self._has('ann')}")

    def _disputed(self) -> None:
        purchase = self._buy("bob", DISPUTED_CARD, "disputed")
        self._say(f"bob pays 20.00 USD, his bank asks it back, and he has {self._has('bob')}")
        events = self._call("GET", "/v1/audit/events?type=purchases.DisputeOpened")["data"]
        decided = {"dispute": events[0]["body"]["dispute"], "won": True}
        self._sandbox("POST", "/disputes/decide", decided)
        self._until(purchase, "won")
        self._say(f"the dispute is won, and bob has {self._has('bob')} again")

    def _recharged(self) -> None:
        self._call("POST", "/v1/billing/deposits", {"user": "cleo", "amount": "6000"})
        asked = {"user": "cleo", "return_url": PAGES["cancel_url"]}
        page = self._call("POST", "/v1/billing/payment-methods", asked)["setup_url"]
        self._fill_in(page, CARD)
        rule = {
            "user": "cleo",
            "threshold": "5000",
            "amount": {"amount": "20", "currency": "usd"},
            "payment_method": self._saved_method(asked),
        }
        self._call("PUT", "/v1/billing/auto-recharge", rule)
        self._spend("cleo", "2000")
        (begun,) = self._call("GET", "/v1/billing/purchases?user=cleo")["data"]
        self._until(begun["purchase"], "paid")
        self._say(
            f"cleo falls below 5,000: her rule pays 20.00 USD, and she has {self._has('cleo')}"
        )

    # -- what people do -----------------------------------------------------------------------

    def _buy(self, user: str, card: str, until: str) -> str:
        money = {"amount": "20", "currency": "usd"}
        begun = self._call("POST", "/v1/billing/checkout", {"user": user, "amount": money, **PAGES})
        self._fill_in(begun["checkout_url"], card)
        purchase = str(begun["purchase"])
        self._until(purchase, until)
        return purchase

    def _fill_in(self, url: str, card: str) -> None:
        """Send the form of a page, as a browser does."""
        form = {"number": card, "expiry": "12 / 34", "cvc": "123", "name": "A. Person"}
        answer = self.running.client.post(url, data=form)
        if answer.status_code != 303:
            raise ServiceError(f"the page of the sandbox: {answer.status_code} {answer.text}")

    def _saved_method(self, asked: dict[str, str]) -> str:
        """Return the payment method that a user finds in the portal."""
        page = self._call("POST", "/v1/billing/portal", asked)["portal_url"]
        found = _METHOD.search(self.running.client.get(page).text)
        if found is None:
            raise ServiceError("the portal of the sandbox shows no payment method")
        return found[1]

    def _spend(self, user: str, credits: str) -> None:
        line = {"id": str(uuid.uuid4()), "user": user, "amount": credits}
        self._call("POST", "/v1/billing/usage", line)

    def _has(self, user: str) -> str:
        balance = self._call("GET", f"/v1/billing/balance?user={user}")["balance"]
        return f"{int(balance):,} credits"

    def _until(self, purchase: str, status: str) -> None:
        deadline = time.monotonic() + WITHIN_S
        found = ""
        while found != status:
            if time.monotonic() > deadline:
                raise ServiceError(f"the purchase {purchase} is {found}, not {status}")
            time.sleep(LOOK_S)
            found = self._call("GET", f"/v1/billing/purchases/{purchase}")["status"]

    def _call(
        self, method: str, path: str, body: object = None, org: str | None = ORG
    ) -> dict[str, Any]:
        return self.running.call(method, path, body, org=org, patience_s=WITHIN_S)

    def _say(self, sentence: str) -> None:
        self.console.print(f"  {sentence}.", soft_wrap=True)

    # -- the money ----------------------------------------------------------------------------

    async def _reconciled(self) -> Sequence[Difference]:
        """Have the sandbox's own book be compared with ours, and its fees be recorded."""
        until_us = (clock_us() // 1_000_000 + 1) * 1_000_000
        payments = Payments(self.at.stripe)
        try:
            found = await reconcile(
                await payments.provider(STRIPE),
                self.at.database,
                Range(0, until_us),
                Actor("@operator", "tally demo", str(uuid.uuid4())),
            )
        finally:
            await payments.close()
        return found.compared.differences

    def _print_money(self) -> bool:
        found = {
            "sandbox": self._at_sandbox(),
            "ledger": self._in_ledger(),
            "journal": self._in_journal(),
        }
        first = found["sandbox"]
        table = Table(title="The same money in three places")
        table.add_column("source", no_wrap=True)
        table.add_column("USD", justify="right")
        table.add_column("difference", justify="right")
        for name, cents in found.items():
            colour = "green" if cents == first else "red"
            difference = format_amount(abs(cents - first), "usd")
            table.add_row(name, format_amount(cents, "usd"), f"[{colour}]{difference}[/]")
        self.console.print(table)
        return len(set(found.values())) == 1

    def _at_sandbox(self) -> int:
        return int(self._sandbox("GET", "")["balance"]["usd"])

    def _in_ledger(self) -> int:
        """Add up what the stored events say."""
        store, position, cents = event_store(self.at.database, "demo"), 0, 0
        while page := store.select_positions(position, PAGE, topics=_TOPICS):
            position = page[-1].position
            for event in page:
                match fact_of(event):
                    case PurchasePaid() | DisputeWon() as come:
                        cents += come.money.amount
                    case RefundPaid() | DisputeOpened() as gone:
                        cents -= gone.money.amount
                    case ProcessingFeeRecorded() as kept:
                        cents -= kept.booking.money.amount
        store.close()
        return cents

    def _in_journal(self) -> int:
        answer = self.running.client.get(
            f"{self.running.url}/v1/audit/journal",
            params={"format": "csv"},
            headers={"Authorization": f"Bearer {self.running.operator_key}", "X-Org": ORG},
        )
        rows = csv.DictReader(io.StringIO(answer.text))
        return sum(int(row["units"]) for row in rows if row["account"] == PROCESSOR)

    def _sandbox(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask for what only the sandbox has."""
        account = self.at.stripe
        assert account is not None
        answer = self.running.client.request(
            method,
            f"{account.url}/sandbox{path}",
            json=body,
            headers={"Authorization": f"Bearer {account.api_key}"},
        )
        if answer.status_code != 200:
            raise ServiceError(f"the sandbox: {answer.status_code} {answer.text}")
        return dict(answer.json())

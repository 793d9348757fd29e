"""The buyers of a campaign: each does what its errand says, whatever becomes of the service
meanwhile."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal

import aiohttp

from tests.faults.purchases.errands import DECLINED_CARD, Errand, Kind
from tests.faults.purchases.outside import LOOK_S, PATIENCE_S, Outside
from tests.faults.purchases.till import Json, Till
from tests.faults.purchases.told import Told
from tests.sandbox_book import SandboxBook
from tests.stripe_account import SandboxAccount

CLIENTS = 32
UNFINISHED_MAX = 3 * CLIENTS
"""How many purchases wait at a time for what is done outside: who looks at more of them does
nothing else."""

LOOK_MAX_S = 4.0

PAGES = {"success_url": "https://shop.example/done", "cancel_url": "https://shop.example/cart"}


class Buyers:
    """So many at once, each with the next errand."""

    def __init__(
        self, url: str, key: str, account: SandboxAccount, book: SandboxBook, told: Told
    ) -> None:
        self._url = url
        self._key = key
        self._account = account
        self._book = book
        self._told = told
        self._may_begin = asyncio.Semaphore(UNFINISHED_MAX)

    async def run(self, errands: Iterable[Errand]) -> None:
        """Do all of them."""
        waiting = iter(errands)
        timeout = aiohttp.ClientTimeout(total=30)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            till = Till(session, self._url, self._key, self._told)
            self._outside = Outside(session, self._account, self._book)
            async with asyncio.TaskGroup() as group:
                for _ in range(CLIENTS):
                    group.create_task(self._client(till, waiting, group))

    async def _client(
        self, till: Till, waiting: Iterable[Errand], group: asyncio.TaskGroup
    ) -> None:
        for errand in waiting:
            await self._may_begin.acquire()
            then = await self._begin(till, errand)
            group.create_task(self._finish(errand, then))

    async def _finish(self, errand: Errand, then: Callable[[], Awaitable[None]] | None) -> None:
        """Do what waits until the purchase is paid, beside the client's next purchase."""
        if then is not None:
            await then()
        self._may_begin.release()
        self._told.ended += 1

    async def _begin(self, till: Till, errand: Errand) -> Callable[[], Awaitable[None]] | None:
        """Begin a purchase, pay it as the errand says, and return what is to be done then."""
        if errand.kind in (Kind.RECHARGED, Kind.RECHARGE_DECLINED):
            return lambda: self._recharge(till, errand)
        provider = {"provider": "manual"} if errand.kind is Kind.TRANSFER else PAGES
        money = {"amount": _dollars(errand.cents), "currency": "usd"}
        body = {"user": errand.user, "amount": money, **provider}
        begun = (await till.ask("POST", "/v1/billing/checkout", body)).body
        purchase = begun["purchase"]
        self._told.begun[purchase] = errand.user
        if errand.kind is Kind.TRANSFER:
            await self._transfer(till, errand, purchase)
            return None
        if errand.kind is Kind.UNPAID:
            return None
        url = begun["checkout_url"]
        if errand.kind is Kind.DECLINED:
            await self._outside.pay(url, DECLINED_CARD)
        await asyncio.gather(*(self._outside.pay(url, errand.card) for _ in range(2)))  # two clicks
        return lambda: self._then(till, errand, purchase, url)

    async def _then(self, till: Till, errand: Errand, purchase: str, url: str) -> None:
        match errand.kind:
            case Kind.WON | Kind.LOST:
                await self._dispute(till, errand, purchase, self._book.payment_of(url))
            case Kind.DASHBOARD:
                await self._outside.refund(self._book.payment_of(url), errand.part)
        await self._until(till, purchase, lambda status: status not in ("started", "open"))
        await self._spend(till, errand.user, errand.spent)
        match errand.kind:
            case Kind.REFUNDED | Kind.LATE | Kind.COMES_BACK:
                await self._refund(till, purchase)
            case Kind.IN_PARTS:
                parts = self._refund(till, purchase, errand.part), self._refund(till, purchase)
                await asyncio.gather(*parts)
            case Kind.REVIEWED:
                path = f"/v1/billing/purchases/{purchase}/review"
                await till.ask("POST", path, {"approved": True})
                await self._refund(till, purchase)

    async def _transfer(self, till: Till, errand: Errand, purchase: str) -> None:
        path, body = f"/v1/billing/purchases/{purchase}/confirm", {"reference": f"{errand.number}"}
        answers = await asyncio.gather(*(till.ask("POST", path, body, 409) for _ in range(2)))
        if sorted(each.status for each in answers) != [200, 409]:
            self._told.wrong.append(f"{path}: {answers}")
        self._told.transfers.add(purchase)

    async def _spend(self, till: Till, user: str, credits: int) -> None:
        if credits:
            body = {"id": str(uuid.uuid4()), "user": user, "amount": str(credits)}
            await till.ask("POST", "/v1/billing/usage", body)
            self._told.spent[user] += credits * 10**6

    async def _refund(self, till: Till, purchase: str, cents: int | None = None) -> None:
        """Ask for a refund; there may be nothing left, or not so much."""
        body = {"purchase": purchase}
        if cents is not None:
            body["amount"] = _dollars(cents)
        answer = await till.ask("POST", "/v1/billing/refunds", body, 409)
        if answer.is_done:
            self._told.refunds[answer.body["refund"]] = _microcredits(answer.body["credits"])

    async def _dispute(self, till: Till, errand: Errand, purchase: str, payment: str) -> None:
        """Wait for a dispute, or not, and have the bank decide it."""
        dispute = await self._outside.dispute_of(payment)
        if errand.number % 2:
            await self._until(till, purchase, lambda status: status == "disputed")
        await self._outside.decide(dispute["id"], won=errand.kind is Kind.WON)

    async def _recharge(self, till: Till, errand: Errand) -> None:
        """Save a payment method, set a rule, and spend until it buys: twice, if it can be paid."""
        user = errand.user
        await till.ask("POST", "/v1/billing/deposits", {"user": user, "amount": "6000"})
        self._told.given[user] += 6_000 * 10**6
        body = {"user": user, "return_url": PAGES["cancel_url"]}
        page = (await till.ask("POST", "/v1/billing/payment-methods", body)).body["setup_url"]
        await self._outside.pay(page, errand.card)
        rule = {
            "user": user,
            "threshold": "5000",
            "amount": {"amount": "20", "currency": "usd"},
            "payment_method": self._book.method_of(page),
        }
        await till.ask("PUT", "/v1/billing/auto-recharge", rule)
        await self._spend(till, user, 2_000)
        (first,) = await self._bought(till, user, 1)
        if errand.kind is Kind.RECHARGE_DECLINED:
            await self._until(till, first, lambda status: status == "failed")
            return
        await self._until(till, first, lambda status: status == "paid")
        await self._spend(till, user, 20_500)
        second = (await self._bought(till, user, 2))[0]
        await self._until(till, second, lambda status: status == "paid")
        await self._refund(till, second, 500)

    async def _bought(self, till: Till, user: str, count: int) -> list[str]:
        """Return what a rule has bought, the newest first, once it is so many."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                path = f"/v1/billing/purchases?user={user}"
                data = (await till.ask("GET", path)).body["data"]
                if len(data) == count:
                    return [each["purchase"] for each in data]
                await asyncio.sleep(LOOK_S)

    async def _until(self, till: Till, purchase: str, is_so: Callable[[str], bool]) -> Json:
        """Wait until a purchase stands so."""
        pause_s = LOOK_S
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    found = (await till.ask("GET", f"/v1/billing/purchases/{purchase}")).body
                    if is_so(found["status"]):
                        return found
                    await asyncio.sleep(pause_s)
                    pause_s = min(LOOK_MAX_S, 2 * pause_s)
        except TimeoutError:
            raise AssertionError(f"{found} stood so for {PATIENCE_S} s") from None


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _microcredits(credits: str) -> int:
    return int(Decimal(credits) * 10**6)

"""The customers of a campaign: each does what its errand says, whatever becomes of the service
meanwhile."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable

import aiohttp

from tests.faults.orders.errands import BY_SAVED_CARD, BY_TRANSFER, CAPTURED, Errand, Kind
from tests.faults.orders.shop import COUNTRY, CREDIT_CENTS
from tests.faults.orders.told import ToldOfOrders
from tests.faults.purchases.buyers import CLIENTS, LOOK_MAX_S, PAGES, UNFINISHED_MAX
from tests.faults.purchases.errands import DECLINED_CARD
from tests.faults.purchases.outside import LOOK_S, PATIENCE_S, Outside
from tests.faults.purchases.till import Answered, Json, Till
from tests.sandbox_book import SandboxBook
from tests.stripe_account import SandboxAccount

CHECKOUT, ORDERS = "/v1/checkout", "/v1/orders"
CARTS = "/v1/carts"
ADDRESS = {"name": "A", "country": COUNTRY, "city": "Berlin"}
TRIES, AGAIN_S = 45, 2.0
"""How often a customer is told another total, or that the cart is being ordered, and orders all the
same."""

Then = Callable[[], Awaitable[None]]


class Customers:
    """So many at once, each with the next errand."""

    def __init__(
        self,
        url: str,
        key: str,
        account: SandboxAccount,
        book: SandboxBook,
        told: ToldOfOrders,
        at_shipment: bool,
    ) -> None:
        self._url = url
        self._key = key
        self._account = account
        self._book = book
        self._told = told
        self._at_shipment = at_shipment
        self._may_begin = asyncio.Semaphore(UNFINISHED_MAX)

    async def run(self, errands: Iterable[Errand]) -> None:
        """Do all of them."""
        waiting = iter(errands)
        timeout = aiohttp.ClientTimeout(total=30)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            self._till = Till(session, self._url, self._key, self._told)
            self._outside = Outside(session, self._account, self._book)
            async with asyncio.TaskGroup() as group:
                for _ in range(CLIENTS):
                    group.create_task(self._client(waiting, group))

    async def _client(self, waiting: Iterable[Errand], group: asyncio.TaskGroup) -> None:
        for errand in waiting:
            await self._may_begin.acquire()
            group.create_task(self._finish(await self._begin(errand)))

    async def _finish(self, then: Then | None) -> None:
        """Do what waits until the order is paid, beside the client's next order."""
        if then is not None:
            await then()
        self._may_begin.release()
        self._told.ended += 1

    async def _begin(self, errand: Errand) -> Then | None:
        """Check out, pay as the errand says, and return what is to be done then."""
        placed = await self._check_out(errand, await self._payment(errand))
        if placed is None:
            return None
        one = f"{ORDERS}/{placed['order']}"
        match errand.kind:
            case Kind.SAVED if self._at_shipment:
                return lambda: self._then(errand, one, "")
            case Kind.UNPAID | Kind.FREE | Kind.SAVED | Kind.SAVED_DECLINED:
                return None
            case Kind.CANCELLED | Kind.TRANSFER_UNPAID:
                await self._twice(200, 422, f"{one}/cancel", {})
                return None
            case Kind.TRANSFER:
                await self._twice(200, 409, f"{one}/confirm-transfer", _transfer(placed))
                return None
            case Kind.TRANSFER_RACED:
                confirmed = self._ask(f"{one}/confirm-transfer", _transfer(placed))
                await asyncio.gather(confirmed, self._ask(f"{one}/cancel", {}))
                await self._send_back(one)
                return None
        await self._pay(errand, placed)
        return lambda: self._then(errand, one, placed["checkout_url"])

    async def _payment(self, errand: Errand) -> Json:
        if errand.kind in BY_TRANSFER:
            return {"provider": "manual"}
        if errand.kind not in BY_SAVED_CARD:
            return {"provider": "stripe", **PAGES}
        body = {"user": errand.user, "return_url": PAGES["cancel_url"]}
        page = (await self._ask("/v1/billing/payment-methods", body)).body["setup_url"]
        await self._outside.pay(page, errand.card)
        return {"provider": "stripe", "payment_method": self._book.method_of(page)}

    async def _basket(self, errand: Errand) -> Json:
        """Return what is ordered: lines, or a cart that holds them."""
        lines = [{"sku": sku, "units": units} for sku, units in errand.units.items()]
        basket = {"currency": "usd", "user": errand.user}
        if not errand.has_cart:
            return {**basket, "lines": lines, "codes": errand.codes}
        opened = (await self._ask(CARTS, basket)).body
        cart = str(opened["id"])
        if errand.user is None:
            self._told.secrets[cart] = opened["secret"]
        for sku, units in errand.units.items():
            await self._of_cart("PUT", cart, f"/items/{sku}", {"units": units})
        await self._of_cart("PUT", cart, "/codes", {"codes": errand.codes})
        return {"cart": cart}

    async def _of_cart(self, method: str, cart: str, what: str, body: Json | None = None) -> Json:
        path, secret = f"{CARTS}/{cart}{what}", self._told.secrets.get(cart)
        return (await self._till.ask(method, path, body, secret=secret)).body

    async def _total(self, errand: Errand, basket: Json) -> str:
        """Return what it costs, as far as one can know before: a cart does not know where it
        goes."""
        if errand.has_cart:
            return str((await self._of_cart("GET", basket["cart"], ""))["quote"]["total"])
        goes = {"shipping": errand.shipping, "ship_to": {"country": COUNTRY}}
        return str((await self._ask(f"{ORDERS}/quote", basket | goes)).body["total"])

    async def _check_out(self, errand: Errand, payment: Json) -> Json | None:
        """Ask what it costs, and order at that, or at what it costs then, with two clicks, of a
        cart in two windows; None: it is not to be had."""
        basket, code = await self._basket(errand), "total"
        total = await self._total(errand, basket)
        goes: Json = {"shipping": errand.shipping, "shipping_address": ADDRESS, "payment": payment}
        if errand.has_credit:
            credit = {"user": errand.user, "currency": "usd", "reason": "goodwill"}
            credit |= {"amount": f"{CREDIT_CENTS / 100:.2f}"}
            await self._ask("/v1/store-credits/adjust", credit)
            self._told.credited += 1
            goes["store_credit"] = True
        for _ in range(TRIES):
            if errand.kind is Kind.FREE and total != "0.00":
                break
            answers = await self._click(errand, {**basket, **goes, "expected_total": total})
            placed = [each.body for each in answers if each.is_done or each.status == 402]
            if placed:
                return self._note(errand, placed)
            code = answers[0].body["code"]
            if code == "out_of_stock":
                break
            changed = [each.body["total"] for each in answers if "total" in each.body]
            if changed:
                total = changed[0]
            else:
                await asyncio.sleep(AGAIN_S)
        self._told.refused[code] += 1
        return None

    async def _click(self, errand: Errand, body: Json) -> list[Answered]:
        first, second = str(uuid.uuid4()), str(uuid.uuid4())
        keys = [first, first, *([second] if errand.has_cart else [])]
        secret = self._told.secrets.get(body.get("cart", ""))
        clicks = (
            self._till.ask("POST", CHECKOUT, body, 402, 409, key=key, secret=secret) for key in keys
        )
        return await asyncio.gather(*clicks)

    def _note(self, errand: Errand, placed: list[Json]) -> Json | None:
        """Note the order that there is; None: it was not paid, and is over."""
        self._told.placed |= {each["order"]: errand.kind for each in placed}
        living = {each["order"]: each for each in placed if "code" not in each}
        is_wrong = len(living) != (errand.kind is not Kind.SAVED_DECLINED)
        if is_wrong or (not errand.has_cart and len({each["order"] for each in placed}) != 1):
            self._told.wrong.append(f"{CHECKOUT} for {errand}: {placed}")
        return next(iter(living.values()), None)

    async def _pay(self, errand: Errand, placed: Json) -> None:
        """Pay on the page, with two clicks, and do what comes before that or at once."""
        url, cancel = placed["checkout_url"], f"{ORDERS}/{placed['order']}/cancel"
        paying = [self._outside.pay(url, errand.card) for _ in range(2)]
        match errand.kind:
            case Kind.TRIED:
                await self._outside.pay(url, DECLINED_CARD)
            case Kind.PAID_AFTERWARDS:
                await self._ask(cancel, {})
            case Kind.ROBBED:
                path = f"/v1/stock/reservations/{placed['order']}/release"
                await self._ask(path, {"owner": placed["order"]})
            case Kind.RACED:
                await asyncio.gather(*paying, self._ask(cancel, {}))
                return
        await asyncio.gather(*paying)

    async def _then(self, errand: Errand, one: str, page: str) -> None:
        await self._until_ended(one)
        if self._at_shipment and errand.kind in CAPTURED:
            await asyncio.gather(*(self._ask(f"{one}/capture", {}) for _ in range(2)))
        match errand.kind:
            case Kind.CAPTURE_RACED:
                both = (self._ask(f"{one}/{what}", {}, 409, 422) for what in ("capture", "cancel"))
                await asyncio.gather(*both)
            case Kind.REFUNDED | Kind.LATE | Kind.COMES_BACK:
                await self._ask(f"{one}/refunds", {})
            case Kind.IN_PARTS:
                bodies: tuple[Json, Json] = {"amount": "1.23"}, {}
                await asyncio.gather(*(self._ask(f"{one}/refunds", body, 409) for body in bodies))
            case Kind.UNITS:
                unit = {"lines": [{"line": 1, "units": 1}]}
                await asyncio.gather(*(self._ask(f"{one}/refunds", unit, 409) for _ in range(2)))
            case Kind.DASHBOARD:
                await self._outside.refund(self._book.payment_of(page), 123)
            case Kind.SENT_BACK:
                await self._twice(200, 422, f"{one}/cancel", {})

    async def _send_back(self, one: str) -> None:
        """Say of each refund that it was sent."""
        for refund in (await self._till.ask("GET", one)).body["refunds"]:
            name = refund["refund"]
            await self._ask(f"{one}/refunds/{name}/confirm", {"reference": f"back {name}"})

    async def _twice(self, first: int, second: int, path: str, body: Json) -> None:
        """Have two people ask the same: one of them is refused."""
        answers = await asyncio.gather(*(self._ask(path, body, second) for _ in range(2)))
        if sorted(each.status for each in answers) != [first, second]:
            self._told.wrong.append(f"{path}: {answers}")

    async def _ask(self, path: str, body: Json, *refused: int, key: str | None = None) -> Answered:
        return await self._till.ask("POST", path, body, *refused, key=key)

    async def _until_ended(self, one: str) -> None:
        """Wait until an order is not pending any more."""
        pause_s = LOOK_S
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (await self._till.ask("GET", one)).body["status"] == "pending":
                    await asyncio.sleep(pause_s)
                    pause_s = min(LOOK_MAX_S, 2 * pause_s)
        except TimeoutError:
            raise AssertionError(f"{one} was pending for {PATIENCE_S} s") from None


def _transfer(placed: Json) -> Json:
    return {"reference": f"of {placed['order']}"}

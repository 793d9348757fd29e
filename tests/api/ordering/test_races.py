"""64 clients at once over HTTP and real PostgreSQL: what is there for one order is one order's, and
what goes back goes back once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpx

from api.commands.ordering.payments import RecordOrderHappenings
from api.container import Endpoints, clock_us, event_store, ledger
from api.verification.verify import verify
from api.writer.every_shard import EveryShard
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError
from ledger.purchases.notice import Money, PaymentPaid
from tests.api.ordering.test_checkout import CHECKOUT, ORDERS, asked, come, level, sell
from tests.api.served import Api, done, served

CLIENTS = 64
AtOnce = Callable[[Callable[[int], httpx.Response]], list[httpx.Response]]


def test_64_clients_have_each_thing_once(new_endpoints: Callable[[], Endpoints]) -> None:
    ends = new_endpoints()
    with served(ends) as service, ThreadPoolExecutor(CLIENTS) as threads:
        shop = service.new_admin()

        def at_once(ask: Callable[[int], httpx.Response]) -> list[httpx.Response]:
            return list(threads.map(ask, range(CLIENTS)))

        sell(shop, a="10", b="0.34")
        _a_gift_card_of_several_orders(shop, at_once)
        _twins_that_pay_with_store_credit(shop, at_once)
        _one_unit_of_stock(shop, at_once)
        _a_promotion_of_one(shop, at_once)
        _a_refund_of_all_and_refunds_of_units(shop, at_once)
        _a_confirmation_by_everybody(shop, at_once, ends)
        report = verify(ends)
        assert report.exit_code == 0, report.as_dict()


def _a_gift_card_of_several_orders(shop: Api, at_once: AtOnce) -> None:
    """It is enough for three orders; those that are given up leave it whole."""
    issued = done(shop.send("/v1/gift-cards", {"amount": "31", "currency": "usd"}))
    one, codes = f"/v1/gift-cards/{issued['id']}", [issued["code"]]
    body = asked("10", ("g", 1), gift_cards=codes, payment=None, expected_payment="0")
    sell(shop, g="10")
    answers = at_once(lambda n: shop.send(CHECKOUT, body))
    assert _statuses(answers) == {201: 3, 409: CLIENTS - 3}
    assert done(shop.get(one))["available"] == "1.00"
    orders = [each.json()["order"] for each in answers if each.is_success]
    answers = at_once(lambda n: shop.send(f"{ORDERS}/{orders[n % 3]}/cancel", {}))
    assert _statuses(answers) == {200: 3, 422: CLIENTS - 3}
    assert done(shop.get(one))["available"] == "31.00"


def _twins_that_pay_with_store_credit(shop: Api, at_once: AtOnce) -> None:
    """Each request is sent four times, and half of them have a transfer pay what is left."""
    much = {"user": "ada", "currency": "usd", "amount": "100", "reason": "goodwill"}
    done(shop.send("/v1/store-credits/adjust", much))
    whole = asked("10", ("g", 1), user="ada", store_credit="10", payment=None)
    half = asked("10", ("g", 1), user="ada", store_credit="5")
    answers = at_once(
        lambda n: shop.send(CHECKOUT, half if n // 4 % 2 else whole, key=f"twin {n // 4}")
    )
    placed = {each.json()["order"]: each.json() for each in answers if each.is_success}
    spent = sum(10 - int(each["to_collect"].partition(".")[0]) for each in placed.values())
    (left,) = done(shop.get("/v1/store-credits", user="ada"))["data"]
    assert (left["available"], spent) == (f"{100 - spent}.00", sum(_of(placed.values())))
    assert spent >= 95  # who finds less than is named is refused
    assert len({each.headers.get("Idempotency-Replayed") for each in answers}) == 2


def _of(placed: Iterable[dict[str, str]]) -> list[int]:
    return [10 if each["status"] == "confirmed" else 5 for each in placed]


def _one_unit_of_stock(shop: Api, at_once: AtOnce) -> None:
    """Half of them split two units over two lines."""
    come(shop, "a", 1)
    twice = asked("20", ("a", 1), ("a", 1))
    answers = at_once(lambda n: shop.send(CHECKOUT, twice if n % 2 else asked("10")))
    assert _statuses(answers) == {201: 1, 409: CLIENTS - 1}
    assert level(shop, "a") == (1, 1)


def _a_promotion_of_one(shop: Api, at_once: AtOnce) -> None:
    free = {"name": "Free", "kind": "percent", "bps": 10_000, "code": "FREE", "redemptions_max": 1}
    done(shop.send("/v1/promotions/free", free, method="PUT"))
    body = asked("0", ("b", 1), codes=["free"])
    answers = at_once(lambda n: shop.send(CHECKOUT, body))
    assert _statuses(answers) == {201: 1, 409: CLIENTS - 1}
    assert done(shop.get("/v1/promotions/free"))["redeemed"] == 1


def _a_refund_of_all_and_refunds_of_units(shop: Api, at_once: AtOnce) -> None:
    """1.01 over three units, and half of them want all of it."""
    cent = {"name": "Cent", "kind": "amount", "amount": "0.01", "currency": "usd", "code": "CENT"}
    done(shop.send("/v1/promotions/cent", cent, method="PUT"))
    one = _paid(shop, asked("1.01", ("b", 3), codes=["cent"]))
    unit = {"lines": [{"line": 1, "units": 1}]}
    answers = at_once(lambda n: shop.send(f"{one}/refunds", unit if n % 2 else {}))
    back = [each.json()["amount"] for each in answers if each.status_code == 201]
    assert {each.status_code for each in answers} == {201, 409}
    assert sum(int(each.replace(".", "")) for each in back) == 101
    assert done(shop.get(one))["refunded"] == "1.01"


def _a_confirmation_by_everybody(shop: Api, at_once: AtOnce, ends: Endpoints) -> None:
    """Persons with a transfer each, and the provider with its notices: one confirms."""
    come(shop, "c", 1)
    sell(shop, c="7")
    order = done(shop.send(CHECKOUT, asked("7", ("c", 1))))["order"]
    one = f"{ORDERS}/{order}"
    answers = at_once(
        lambda n: shop.send(f"{one}/confirm-transfer", {"reference": f"race {n % 8}"})
    )
    assert _statuses(answers) == {200: 1, 409: CLIENTS - 1}
    seen = done(shop.get(one))
    paid = next(each for each in answers if each.is_success)
    assert seen["number"] == paid.json()["number"]
    told = PaymentPaid("race 9", Money(700, "usd"))
    with_store = EveryShard(ledger(store := event_store(ends.database, "race")), clock_us)
    command = RecordOrderHappenings(str(shop.org), Actor("stripe", "", ""), order, (told,))
    outcomes = with_store.run([command, command])
    store.close()
    assert not any(isinstance(each, LedgerError) for each in outcomes), outcomes
    seen = done(shop.get(one))
    assert (seen["status"], [each["why"] for each in seen["refunds"]]) == (
        "confirmed",
        ["not_taken"],
    )


def _paid(shop: Api, body: dict[str, object]) -> str:
    one = f"{ORDERS}/{done(shop.send(CHECKOUT, body))['order']}"
    done(shop.send(f"{one}/confirm-transfer", {"reference": one}))
    return one


def _statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(each.status_code for each in answers)

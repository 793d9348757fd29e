"""64 clients at once over HTTP and real PostgreSQL: each unit leaves once, comes back once and is
paid back once, and no shipment moves stock of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.fulfilment.story import bought
from tests.api.ordering.test_checkout import level
from tests.api.served import Api, done, served

CLIENTS = 64
AtOnce = Callable[[Callable[[int], httpx.Response]], list[httpx.Response]]


def test_64_clients_send_return_and_pay_back_each_unit_once(
    new_endpoints: Callable[[], Endpoints],
) -> None:
    ends = new_endpoints()
    with served(ends) as service, ThreadPoolExecutor(CLIENTS) as threads:
        shop = service.new_admin()

        def at_once(ask: Callable[[int], httpx.Response]) -> list[httpx.Response]:
            return list(threads.map(ask, range(CLIENTS)))

        one = bought(shop, "a", 5)
        sent = _shipments_of_every_unit(shop, one, at_once)
        _each_shipment_by_everybody(shop, one, sent, at_once)
        _returns_of_every_unit(shop, one, at_once)
        _a_return_paid_back_and_all_of_the_order_at_once(shop, one, at_once)
        report = verify(ends)
        assert report.exit_code == 0, report.as_dict()


def _shipments_of_every_unit(shop: Api, one: str, at_once: AtOnce) -> list[str]:
    """Five units; half of the clients want two of them, and no stock moves."""
    answers = at_once(
        lambda n: shop.send(f"{one}/fulfilments", {"lines": [{"line": 1, "units": 1 + n % 2}]})
    )
    made = [each.json() for each in answers if each.status_code == 201]
    assert {each.status_code for each in answers} == {201, 409}
    assert sum(each["lines"][0]["units"] for each in made) == 5
    assert level(shop, "a") == (5, 5)
    return [each["shipment"] for each in made]


def _each_shipment_by_everybody(shop: Api, one: str, sent: list[str], at_once: AtOnce) -> None:
    """The first alone moves its own units; then all."""
    first = done(shop.send(f"{one}/fulfilments/{sent[0]}/ship", {}))["lines"][0]["units"]
    assert level(shop, "a") == (5 - first, 5 - first)
    answers = at_once(lambda n: shop.send(f"{one}/fulfilments/{sent[n % len(sent)]}/ship", {}))
    assert _statuses(answers) == {200: len(sent) - 1, 422: CLIENTS - len(sent) + 1}
    assert (level(shop, "a"), done(shop.get(one))["status"]) == ((0, 0), "fulfilled")


def _returns_of_every_unit(shop: Api, one: str, at_once: AtOnce) -> None:
    """Four of five come back; the one return is received by everybody."""
    answers = at_once(lambda n: shop.send(f"{one}/returns", {"lines": [{"line": 1, "units": 4}]}))
    assert _statuses(answers) == {201: 1, 409: CLIENTS - 1}
    (back,) = (each.json()["id"] for each in answers if each.status_code == 201)
    answers = at_once(lambda n: shop.send(f"{one}/returns/{back}/receive", {}))
    assert _statuses(answers) == {200: 1, 422: CLIENTS - 1}
    assert level(shop, "a") == (4, 0)


def _a_return_paid_back_and_all_of_the_order_at_once(shop: Api, one: str, at_once: AtOnce) -> None:
    """Some pay the return back, some single units, some all."""
    (back,) = (each["id"] for each in done(shop.get(f"{one}/returns"))["data"])
    unit: dict[str, object] = {"lines": [{"line": 1, "units": 1}]}
    asks: list[Callable[[], httpx.Response]] = [
        lambda: shop.send(f"{one}/returns/{back}/refund"),
        lambda: shop.send(f"{one}/refunds", unit),
        lambda: shop.send(f"{one}/refunds", {"amount": "9.99"}),
        lambda: shop.send(f"{one}/refunds", {}),
    ]
    answers = at_once(lambda n: asks[n % 4]())
    assert {each.status_code for each in answers} <= {200, 201, 409, 422}
    seen = done(shop.get(one))
    cents = sum(int(each["amount"].replace(".", "")) for each in seen["refunds"])
    assert cents == 5 * 1250
    assert seen["refunded"] == seen["total"]


def _statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(each.status_code for each in answers)

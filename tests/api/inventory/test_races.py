"""64 clients at once want what is there for one of them: over HTTP and real PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.served import Api, done, served

CLIENTS = 64
STOCK = "/v1/stock"
MOVEMENTS = f"{STOCK}/movements"
RESERVATIONS = f"{STOCK}/reservations"


def test_64_clients_sell_ship_and_give_back_each_unit_once(
    new_endpoints: Callable[[], Endpoints],
) -> None:
    ends = new_endpoints()
    with served(ends) as service, ThreadPoolExecutor(CLIENTS) as threads:
        shop = service.new_admin()

        def at_once(ask: Callable[[int], httpx.Response]) -> list[httpx.Response]:
            return list(threads.map(ask, range(CLIENTS)))

        for name in ("berlin", "paris"):
            done(shop.send("/v1/locations", {"id": name, "name": name}, method="PUT"))
        _one_unit_in_two_lines(shop, at_once)
        _one_unit_at_each_of_two_locations(shop, at_once)
        _one_unit_of_an_expired_reservation(shop, at_once, service.let_pass)
        _one_orders_reservation_and_the_others(shop, at_once)
        report = verify(ends)
        assert report.exit_code == 0, report.as_dict()


AtOnce = Callable[[Callable[[int], httpx.Response]], list[httpx.Response]]


def _one_unit_in_two_lines(shop: Api, at_once: AtOnce) -> None:
    """Nobody gets it who wants it twice; one gets it who wants it once."""
    _come(shop, "A")
    twice = at_once(lambda n: _reserve(shop, n, "A", "A"))
    assert _statuses(twice) == {409: CLIENTS}
    assert _statuses(at_once(lambda n: _reserve(shop, n, "A"))) == {201: 1, 409: CLIENTS - 1}


def _one_unit_at_each_of_two_locations(shop: Api, at_once: AtOnce) -> None:
    """Half of them want both, half want one: no more than two are taken."""
    _come(shop, "B", "berlin", "paris")
    answers = at_once(lambda n: _reserve(shop, n, *(["B"] * (1 + n % 2))))
    taken = [part for each in answers if each.is_success for part in each.json()["parts"]]
    assert sorted(part["location"] for part in taken) == ["berlin", "paris"]


def _one_unit_of_an_expired_reservation(
    shop: Api, at_once: AtOnce, let_pass: Callable[[str, float], None]
) -> None:
    """Its owner confirms too late, while all others want it."""
    _come(shop, "C")
    made = done(_reserve(shop, 0, "C"))
    let_pass(str(shop.org), 16 * 60)

    def ask(number: int) -> httpx.Response:
        if number % 4 == 0:
            return shop.send(f"{RESERVATIONS}/{made['id']}/confirm", {"owner": "order-0"})
        return _reserve(shop, number, "C")

    answers = at_once(ask)
    assert _statuses(answers) == {201: 1, 409: CLIENTS - 1}
    assert all(answers[n].status_code == 409 for n in range(0, CLIENTS, 4))


def _one_orders_reservation_and_the_others(shop: Api, at_once: AtOnce) -> None:
    """Others neither confirm nor release it; each of its units leaves once and comes back once."""
    for _ in range(4):
        _come(shop, "D")
    made = done(_reserve(shop, 0, "D", "D", "D"))
    one, owner = f"{RESERVATIONS}/{made['id']}", {"owner": "order-0"}
    ends = ("confirm", "release", "ship")
    others = at_once(lambda n: shop.send(f"{one}/{ends[n % 3]}", {"owner": f"order-{n + 1}"}))
    assert _statuses(others) == {404: CLIENTS}
    confirmed = at_once(lambda n: shop.send(f"{one}/confirm", owner))
    assert _statuses(confirmed) == {200: 1, 409: CLIENTS - 1}
    single = {"lines": [{"sku": "D", "quantity": 1}]}
    shipped = at_once(
        lambda n: shop.send(f"{one}/ship", owner | single) if n < 2 else shop.get(one)
    )
    assert _statuses(shipped) == {200: CLIENTS}
    assert _level(shop, "D") == (2, 1)
    back = owner | single | {"reservation": made["id"], "condition": "sellable"}
    returned = at_once(lambda n: shop.send(f"{MOVEMENTS}/returns", back))
    assert _statuses(returned) == {201: 2, 409: CLIENTS - 2}
    assert _level(shop, "D") == (4, 1)


def _come(shop: Api, sku: str, *locations: str) -> None:
    for location in locations or ("berlin",):
        body = {"location": location, "sku": sku, "quantity": 1}
        done(shop.send(f"{MOVEMENTS}/receipts", body))


def _reserve(shop: Api, number: int, *skus: str) -> httpx.Response:
    lines = [{"sku": sku, "quantity": 1} for sku in skus]
    return shop.send(RESERVATIONS, {"owner": f"order-{number}", "lines": lines})


def _statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(each.status_code for each in answers)


def _level(shop: Api, sku: str) -> tuple[int, int]:
    (found,) = done(shop.get(STOCK, sku=sku))["data"]
    return found["on_hand"], found["reserved"]

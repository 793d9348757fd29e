"""64 clients at once change, open, merge and claim one cart: over HTTP and real PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.api.carts.story import CARTS, holding
from tests.api.served import Api, Served, done

CLIENTS = 64
USD = {"prices": [{"currency": "usd", "amount": "1"}]}


def test_64_clients_change_open_merge_and_claim_one_cart(service: Served, admin: Api) -> None:
    done(admin.send("/v1/prices/skus/a", USD, method="PUT"))
    with ThreadPoolExecutor(CLIENTS) as threads:

        def at_once(ask: Callable[[int], Any]) -> list[Any]:
            return list(threads.map(ask, range(CLIENTS)))

        def send(path: str, body: object, key: str = "new") -> httpx.Response:
            return admin.send(path, body, key=key)

        opened = at_once(lambda _: done(send(CARTS, {"currency": "usd", "user": "ada"})))
        (cart,) = {each["id"] for each in opened}
        one, unit = f"{CARTS}/{cart}", {"sku": "a", "units": 1}
        added = at_once(lambda _: send(f"{one}/items", unit))
        assert _statuses(added) == {200: CLIENTS}
        now = done(admin.get(one))
        assert (now["lines"], now["version"]) == (
            [{"sku": "a", "units": CLIENTS, "slot": None}],
            CLIENTS + 1,
        )
        once = at_once(lambda _: send(f"{one}/items?version={now['version']}", unit))
        assert _statuses(once) == {200: 1, 409: CLIENTS - 1}
        twins = at_once(lambda _: send(f"{one}/items", unit, "twins"))
        assert _statuses(twins) == {200: CLIENTS}
        assert done(admin.get(one))["version"] == now["version"] + 2
        _merge_once(admin, at_once, one)
        version = done(admin.get(one))["version"]
        claim = service.service.carts.claim

        def change_or_claim(number: int) -> str:
            if number % 2:
                return str(send(f"{one}/items?version={version}", unit).status_code)
            claimed = claim(str(admin.org), cart, version, f"order-{number}")
            assert claimed is not None
            return "claimed" if claimed.order == f"order-{number}" else "missed"

        outcomes = Counter(at_once(change_or_claim))
        assert outcomes["200"] + outcomes["claimed"] == 1


def _merge_once(admin: Api, at_once: Callable[[Callable[[int], Any]], list[Any]], one: str) -> None:
    """Half of them merge a guest's cart, half add to the user's: all of it is there once."""
    before = done(admin.get(one))["lines"][0]["units"]
    guest = done(admin.send(CARTS, {"currency": "usd"}, key=None))
    holder, path = holding(admin, guest["secret"]), f"{CARTS}/{guest['id']}"
    done(holder.send(f"{path}/items", {"sku": "a", "units": 1_000}))

    def ask(number: int) -> httpx.Response:
        if number % 2:
            return holder.send(f"{path}/merge", {"user": "ada"}, key=None)
        return admin.send(f"{one}/items", {"sku": "a", "units": 1})

    assert _statuses(at_once(ask)) == {200: 1 + CLIENTS // 2, 404: CLIENTS // 2 - 1}
    assert done(admin.get(one))["lines"][0]["units"] == before + 1_000 + CLIENTS // 2


def _statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(each.status_code for each in answers)

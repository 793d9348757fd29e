"""Checkout of carts: one order of each, at the price that its buyer was told; and a cart is as its
order leaves it, whoever dies in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from ledger.kernel.errors import Unavailable
from tests.api.carts.story import CARTS, holding
from tests.api.ordering.test_checkout import BY_TRANSFER, CHECKOUT, ORDERS, sell
from tests.api.problems import problem
from tests.api.served import Api, Served, done

CLIENTS = 64


@pytest.fixture
def shop(admin: Api) -> Api:
    """An org that sells a for 5.00, as much as one likes."""
    sell(admin, a="5")
    return admin


def filled(api: Api, user: str | None = "ada", units: int = 2) -> tuple[str, Api]:
    """A cart with units of a, and who may see it."""
    opened = done(api.send(CARTS, {"currency": "usd", "user": user}, key=None))
    holder = api if user else holding(api, opened["secret"])
    path = f"{CARTS}/{opened['id']}/items/a"
    done(holder.send(path, {"units": units}, method="PUT", key=None))
    return opened["id"], holder


def asked(cart: str, total: str = "10.00", **more: Any) -> dict[str, Any]:
    return {"cart": cart, "expected_total": total, "payment": BY_TRANSFER} | more


def state(api: Api, cart: str) -> tuple[str, str | None]:
    seen = done(api.get(f"{CARTS}/{cart}"))
    return seen["state"], seen["order"]


def later(service: Served, seconds: int) -> AbstractContextManager[None]:
    """Have it be later for who serves requests."""
    clock = service.service.clock
    return _having(service, "clock", lambda: clock() + seconds * 1_000_000)


@contextmanager
def _having(service: Served, name: str, other: object) -> Iterator[None]:
    """Have who serves requests have another of something."""
    before = getattr(service.service, name)
    object.__setattr__(service.service, name, other)
    try:
        yield
    finally:
        object.__setattr__(service.service, name, before)


class Unheard(NamedTuple):
    """A writer whose answers are lost, with the commands if it never hears them."""

    writer: Any
    hears: bool

    async def submit(self, command: object) -> Any:
        if self.hears:
            await self.writer.submit(command)
        raise Unavailable("the writer does not answer.")


def test_a_cart_is_claimed_freed_and_bought_by_its_orders(shop: Api) -> None:
    cart, _ = filled(shop)
    placed = shop.send(CHECKOUT, asked(cart), key="one")
    order = done(placed)["order"]
    assert state(shop, cart) == ("claimed", order)
    assert done(shop.get(f"{ORDERS}/{order}"))["user"] == "ada"
    again = shop.send(CHECKOUT, asked(cart), key="one")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (placed.json(), "true")
    assert order in problem(shop.send(CHECKOUT, asked(cart)), 409, "conflict", "cart")["detail"]
    done(shop.send(f"{ORDERS}/{order}/cancel", {}))
    assert state(shop, cart) == ("open", None)
    path = f"{CARTS}/{cart}/items/a"
    done(shop.send(path, {"units": 1}, method="PUT", key=None))
    bought = done(shop.send(CHECKOUT, asked(cart, "5.00")))["order"]
    done(shop.send(f"{ORDERS}/{bought}/confirm-transfer", {"reference": "T-1"}))
    assert state(shop, cart) == ("closed", bought)
    assert (
        bought
        in problem(shop.send(CHECKOUT, asked(cart, "5.00")), 409, "conflict", "cart")["detail"]
    )
    assert filled(shop)[0] != cart


def test_what_is_refused_leaves_the_cart_to_its_buyer(service: Served, shop: Api) -> None:
    cart, _ = filled(shop)
    problem(shop.send(CHECKOUT, asked(cart, "9.00")), 409, "cart_changed", "expected_total")
    problem(shop.send(CHECKOUT, asked(cart, "x")), 422, "invalid", "expected_total")
    problem(shop.send(CHECKOUT, asked(cart, payment=None)), 422, "invalid", "payment")
    problem(shop.send(CHECKOUT, asked(cart, user="mia")), 409, "conflict", "user")
    for field, value in (("lines", [{"sku": "a"}]), ("currency", "usd"), ("codes", ["X"])):
        problem(shop.send(CHECKOUT, asked(cart) | {field: value}), 422, "invalid", field)
    assert state(shop, cart) == ("open", None)
    mia = service.issue(str(shop.org), "member", "mia")
    for caller in (mia, service.new_admin()):
        problem(caller.send(CHECKOUT, asked(cart)), 404, "not_found", "cart")
    path = f"{CARTS}/{cart}/items/a"
    done(shop.send(path, {"units": 0}, method="PUT", key=None))
    problem(shop.send(CHECKOUT, asked(cart)), 422, "invalid", "cart")


def test_a_guest_orders_by_the_secret_of_the_cart(service: Served, shop: Api) -> None:
    cart, guest = filled(shop, user=None)
    mia = service.issue(str(shop.org), "member", "mia")
    problem(shop.send(CHECKOUT, asked(cart)), 404, "not_found", "cart")
    signed_in = holding(mia, guest.headers["Guest-Secret"])
    problem(signed_in.send(CHECKOUT, asked(cart)), 409, "conflict", "cart")
    placed = done(guest.send(CHECKOUT, asked(cart)))
    assert placed["secret"] is not None
    assert state(guest, cart) == ("claimed", placed["order"])


def test_a_cart_whose_order_was_never_placed_is_usable_again(service: Served, shop: Api) -> None:
    """As after a crash between the claim and the commit."""
    cart, _ = filled(shop)
    service.service.carts.claim(str(shop.org), cart, 2, "ord_lost")
    problem(shop.send(CHECKOUT, asked(cart)), 409, "conflict", "cart")
    assert state(shop, cart) == ("claimed", "ord_lost")
    with later(service, 61):
        assert state(shop, cart) == ("open", None)
        service.service.carts.claim(str(shop.org), cart, 2, "ord_lost_again")
    with later(service, 122):
        done(shop.send(CHECKOUT, asked(cart)))


@pytest.mark.parametrize("hears", [False, True])
def test_a_checkout_of_which_nobody_knows_what_became_goes_on_when_sent_again(
    service: Served, shop: Api, hears: bool
) -> None:
    cart, _ = filled(shop)
    with _having(service, "writer", Unheard(service.service.writer, hears)):
        problem(shop.send(CHECKOUT, asked(cart), key="lost"), 503, "unavailable", None)
    problem(shop.send(CHECKOUT, asked(cart)), 409, "conflict", "cart")
    placed = done(shop.send(CHECKOUT, asked(cart), key="lost"))
    assert state(shop, cart) == ("claimed", placed["order"])


def test_of_64_checkouts_of_a_cart_one_has_it(shop: Api) -> None:
    cart, _ = filled(shop)
    path = f"{CARTS}/{cart}/items"

    def order(number: int) -> httpx.Response:
        return shop.send(CHECKOUT, asked(cart), key=f"twin-{number // 4}")

    with ThreadPoolExecutor(CLIENTS) as threads:
        answers = list(threads.map(order, range(CLIENTS)))
        placed = {each.json()["order"] for each in answers if each.is_success}
        assert {each.status_code for each in answers} <= {201, 409}
        assert len(placed) == 1
        (first,) = placed
        assert state(shop, cart) == ("claimed", first)
        done(shop.send(f"{ORDERS}/{first}/cancel", {}))

        def change_or_order(number: int) -> httpx.Response:
            if number % 2:
                return shop.send(CHECKOUT, asked(cart))
            return shop.send(path, {"sku": "a", "units": 1})

        answers = list(threads.map(change_or_order, range(CLIENTS)))
    orders = [each.json() for each in answers[1::2] if each.is_success]
    assert Counter(each.status_code for each in answers).keys() <= {200, 201, 409}
    assert len(orders) <= 1
    for each in orders:
        assert done(shop.get(f"{ORDERS}/{each['order']}"))["total"] == "10.00"
        (line,) = done(shop.get(f"{CARTS}/{cart}"))["lines"]
        assert line["units"] == 2

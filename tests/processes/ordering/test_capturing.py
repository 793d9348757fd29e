"""Money that a bank keeps for an order is taken once, when it is sent, whatever is told twice, late
or never; the journal and the sandbox agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.ordering.test_checkout import CHECKOUT, ORDERS, asked, come, level, sell
from tests.api.problems import problem
from tests.api.served import Api, Json, done
from tests.processes.ordering.test_paying import look, saved_card
from tests.processes.purchases.shop import BACK, Shop, shop_over
from tests.processes.purchases.test_reconciliation import twins

KEPT = ("confirmed", "authorised")


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def seller(shop: Shop) -> Api:
    """An org with two mugs for 20.00, whose money is taken when they are sent."""
    admin = shop.new_admin()
    sell(admin, mug="20")
    come(admin, "mug", 2)
    assert done(admin.get(f"{ORDERS}/policy")) == {"capture": "now"}
    policy = {"capture": "at_shipment"}
    assert done(admin.send(f"{ORDERS}/policy", policy, method="PUT")) == policy
    return admin


def placed_with(api: Api, **more: Any) -> Json:
    """Begin to pay for two mugs on a page."""
    body = asked("40", ("mug", 2), user="ada", payment={"provider": "stripe", **BACK})
    return done(api.send(CHECKOUT, body | more))


def kept(shop: Shop, api: Api) -> Json:
    """An order of two mugs whose money a bank keeps."""
    placed = placed_with(api)
    shop.pay(placed)
    shop.catch_up()
    assert stands(api, placed) == KEPT
    return placed


def stands(api: Api, placed: Json) -> tuple[str, str]:
    seen = look(api, placed)
    return seen["status"], seen["payment_status"]


def payment_of(shop: Shop, placed: Json) -> str:
    """The provider's id of the payment of an order."""
    return shop.payment_of({"purchase": f"{placed['order']}-pay"})


def pack(api: Api, placed: Json, **body: Any) -> str:
    """Make a shipment; where it is sent from then on."""
    one = f"{ORDERS}/{placed['order']}/fulfilments"
    return f"{one}/{done(api.send(one, body))['shipment']}/ship"


def test_the_first_shipment_takes_the_money_however_often_all_of_it_is_told(
    shop: Shop, seller: Api
) -> None:
    placed = placed_with(seller)
    shop.pay(placed)
    told = shop.listen()
    for each in [*reversed(told), *told]:
        shop.tell(each.content, each.signature)
    shop.work()
    seen = look(seller, placed)
    assert (seen["capture"], seen["invoice"], shop.money(seller)) == ("at_shipment", None, 0)
    assert seen["authorisation"]["status"] == "open"
    assert seen["authorisation"]["to_capture"] == "40.00"
    assert "capture" in seen["_context"]["actions"]
    problem(seller.send(f"{ORDERS}/{placed['order']}/refunds", {}), 409, "conflict", "id")
    first = pack(seller, placed, lines=[{"line": 1, "units": 1}])
    done(seller.send(first, {}))
    assert stands(seller, placed) == ("partially_fulfilled", "paid")
    assert shop.money(seller) == 4_000
    done(seller.send(pack(seller, placed), {}))
    for each in shop.listen() * 2:
        shop.tell(each.content, each.signature)
    shop.work()
    assert stands(seller, placed) == ("fulfilled", "paid")
    assert (shop.money(seller), level(seller, "mug")) == (4_000, (0, 0))
    assert look(seller, placed)["authorisation"]["status"] == "captured"


@pytest.mark.parametrize("fault", ["error", "lost_answer"])
def test_a_shipment_whose_capture_nobody_answers_is_recorded_once_it_is_known(
    shop: Shop, seller: Api, fault: str
) -> None:
    placed = kept(shop, seller)
    ship = pack(seller, placed)
    shop.run(shop.account.fail_next("ok", fault))
    problem(seller.send(ship, {}, key="ship"), 503, "unavailable", None)
    assert level(seller, "mug") == (2, 2)
    problem(seller.send(f"{ORDERS}/{placed['order']}/cancel", {}), 409, "conflict", "id")
    if fault == "error":
        shop.catch_up()
    done(seller.send(ship, {}, key="ship"))
    assert stands(seller, placed) == ("fulfilled", "paid")
    shop.catch_up()
    assert (shop.money(seller), level(seller, "mug")) == (4_000, (0, 0))


def test_what_is_taken_out_before_is_not_captured_and_a_cancelled_order_costs_nobody(
    shop: Shop, seller: Api
) -> None:
    placed = kept(shop, seller)
    one = f"{ORDERS}/{placed['order']}"
    edit = {"lines": [{"line": 1, "units": 1}], "expected_refund": "20"}
    done(seller.send(f"{one}/edit", edit))
    assert look(seller, placed)["refunds"][0]["why"] == "not_captured"
    captured = done(seller.send(f"{one}/capture"))
    assert (captured["payment_status"], captured["refunded"]) == ("paid", "20.00")
    assert done(seller.send(f"{one}/capture"))["payment_status"] == "paid"
    assert (shop.money(seller), level(seller, "mug")) == (2_000, (2, 1))
    come(seller, "mug", 1)
    other = kept(shop, seller)
    done(seller.send(f"{ORDERS}/{other['order']}/cancel", {}))
    shop.catch_up()
    assert stands(seller, other) == ("cancelled", "unpaid")
    assert look(seller, other)["authorisation"]["status"] == "gone"
    (intent,) = shop.book.all("payment_intent", id=payment_of(shop, other))
    assert intent["status"] == "canceled"
    assert shop.money(seller) == 2_000
    assert shop.run(twins(shop))[0][0] == 0


def test_money_that_a_bank_let_go_sends_nothing(shop: Shop, seller: Api) -> None:
    """Nobody has told of it: the capture finds it."""
    placed = kept(shop, seller)
    ship = pack(seller, placed)
    shop.run(_cancel_there(shop, payment_of(shop, placed)))
    problem(seller.send(ship, {}), 402, "payment_declined", None)
    assert stands(seller, placed) == ("processing", "unpaid")
    problem(seller.send(ship, {}), 409, "conflict", "id")
    done(seller.send(f"{ORDERS}/{placed['order']}/cancel", {}))
    shop.catch_up()
    assert (stands(seller, placed), level(seller, "mug")) == (("cancelled", "unpaid"), (2, 0))


def test_a_saved_card_is_authorised_in_the_answer(shop: Shop, seller: Api) -> None:
    method = saved_card(shop, seller, "4242424242424242")
    placed = placed_with(seller, payment={"provider": "stripe", "payment_method": method})
    assert (placed["status"], placed["payment_status"]) == KEPT
    done(seller.send(pack(seller, placed), {}))
    assert shop.money(seller) == 4_000
    shop.catch_up()
    assert not verify(shop.service.ends).exit_code


async def _cancel_there(shop: Shop, payment: str) -> None:
    """Let the money of an order go at the provider's."""
    async with shop.account.sdk() as sdk:
        await sdk.v1.payment_intents.cancel_async(payment)

"""Whatever dies or does not answer between two steps of the payment of an order, there is one order
in the end, with its money and its mug, or none with neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.ordering.test_checkout import CHECKOUT, ORDERS, asked, come, level, sell
from tests.api.served import Api, Json, done
from tests.processes.ordering.test_paying import look, order, saved_card
from tests.processes.purchases.dying import Step, dies_after
from tests.processes.purchases.shop import BACK, Shop, shop_over
from tests.sampling import every

NO_CALL = (Step.LOOKED_UP, Step.RECORDED, Step.ENDED)
"""The steps of a notice: it is in the inbox already, and the provider is not called."""


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


class Flow(NamedTuple):
    """Something that an order goes through. `begin` leaves it to the process of jobs; the rest is
    what it is in the end, with the money at the provider and what is reserved of the mug."""

    begin: Callable[[Shop, Api], Json]
    steps: tuple[Step, ...]
    status: str
    payment_status: str
    cents: int
    reserved: int


def _only(api: Api) -> Json:
    """The one order that there is."""
    (placed,) = done(api.get(ORDERS, min_sequence=_head(api)))["data"]
    return {"order": placed["order"]}


def _head(api: Api) -> int:
    return int(done(api.get("/v1/audit/events", limit="1"))["data"][0]["sequence"])


def _page(shop: Shop, api: Api) -> Json:
    """A page that the request for it did not open, as its process died."""
    body = asked("20", ("mug", 1), user="ada", payment={"provider": "stripe", **BACK})
    shop.run(shop.account.fail_next("error"))
    assert api.send(CHECKOUT, body).status_code == 503
    return _only(api)


def _paid(shop: Shop, api: Api) -> Json:
    placed = order(api)
    shop.pay(placed)
    shop.hear()
    return placed


def _late(shop: Shop, api: Api) -> Json:
    """Money that comes when another has the mug."""
    placed = order(api)
    shop.service.let_pass(str(api.org), 16 * 60)
    done(api.send(CHECKOUT, asked("20", ("mug", 1))))
    shop.pay(placed)
    shop.hear()
    return placed


def _charge(shop: Shop, api: Api) -> Json:
    """A charge that the request did not make, as its process died."""
    card = {"provider": "stripe", "payment_method": saved_card(shop, api, "4242424242424242")}
    shop.run(shop.account.fail_next("ok", "error"))
    body = asked("20", ("mug", 1), user="ada", payment=card)
    assert api.send(CHECKOUT, body).status_code == 503
    return _only(api)


def _refund(shop: Shop, api: Api) -> Json:
    placed = _paid(shop, api)
    shop.catch_up()
    done(api.send(f"{ORDERS}/{placed['order']}/refunds", {"amount": "5"}))
    return placed


def _kept(shop: Shop, api: Api) -> Json:
    """An order whose money a bank keeps."""
    done(api.send(f"{ORDERS}/policy", {"capture": "at_shipment"}, method="PUT"))
    placed = order(api)
    shop.pay(placed)
    shop.catch_up()
    return placed


def _capture(shop: Shop, api: Api) -> Json:
    """A capture that the request did not make, as its process died."""
    placed = _kept(shop, api)
    shop.run(shop.account.fail_next("error"))
    assert api.send(f"{ORDERS}/{placed['order']}/capture").status_code == 503
    return placed


def _void(shop: Shop, api: Api) -> Json:
    placed = _kept(shop, api)
    done(api.send(f"{ORDERS}/{placed['order']}/cancel", {}))
    return placed


ALL_STEPS = tuple(Step)
FLOWS = {
    "page": Flow(_page, ALL_STEPS, "pending", "unpaid", 0, 1),
    "paid notice": Flow(_paid, NO_CALL, "confirmed", "paid", 2_000, 1),
    "money that comes late": Flow(_late, NO_CALL, "payment_failed", "unpaid", 0, 1),
    "charge": Flow(_charge, ALL_STEPS, "confirmed", "paid", 2_000, 1),
    "capture": Flow(_capture, ALL_STEPS, "confirmed", "paid", 2_000, 1),
    "void": Flow(_void, ALL_STEPS, "cancelled", "unpaid", 0, 0),
    "refund": Flow(_refund, ALL_STEPS, "confirmed", "partly_refunded", 1_500, 1),
}


@pytest.mark.parametrize("name", every(2, FLOWS))
def test_a_process_that_dies_between_two_steps_leaves_nothing_half_done(
    shop: Shop, name: str
) -> None:
    """It dies after each step in turn; whoever comes next goes on."""
    flow, seller = FLOWS[name], shop.new_admin()
    sell(seller, mug="20")
    come(seller, "mug", 1)
    begun = flow.begin(shop, seller)
    for step in flow.steps:
        assert dies_after(step, shop.settings, shop.service.ends.database), step
        shop.revive()
    for _ in range(2):  # what is recorded may ask for more
        shop.catch_up()
    seen = look(seller, begun)
    assert (seen["status"], seen["payment_status"]) == (flow.status, flow.payment_status)
    assert (shop.money(seller), level(seller, "mug")) == (flow.cents, (1, flow.reserved))


def test_what_all_of_that_has_left_verifies(shop: Shop) -> None:
    assert not verify(shop.service.ends).exit_code

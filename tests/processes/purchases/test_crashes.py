"""Whatever dies or does not answer between two steps of a purchase, money and credits are equal in
the end, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.served import Api, Json, done
from tests.processes.purchases.dying import Step, dies_after
from tests.processes.purchases.shop import BACK, Shop, shop_over
from tests.sampling import every

DISPUTED = "4000000000000259"
ALL_STEPS = tuple(Step)
NO_CALL = (Step.LOOKED_UP, Step.RECORDED, Step.ENDED)
"""The steps of a notice: it is in the inbox already, and the provider is not called."""


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


class Flow(NamedTuple):
    """Something that a purchase goes through. `begin` leaves it to the process of jobs."""

    begin: Callable[[Shop, Api], Json]
    steps: tuple[Step, ...]
    status: str
    has: int
    """What the wallet has in the end."""
    cents: int
    """And the money that is with the provider."""


def _checkout(shop: Shop, admin: Api) -> Json:
    """A page that the request for it did not open, as its process died."""
    body = {"user": "ada", "amount": {"amount": "20", "currency": "usd"}, **BACK}
    shop.run(shop.account.fail_next("error"))
    assert admin.send("/v1/billing/checkout", body).status_code == 503
    (started,) = done(admin.get("/v1/billing/purchases"))["data"]
    return {"purchase": started["purchase"]}


def _paid(shop: Shop, admin: Api, card: str = "4242424242424242") -> Json:
    bought = shop.buy(admin, "20")
    shop.pay(bought, card)
    shop.hear()
    return bought


def _refund(shop: Shop, admin: Api) -> Json:
    bought = _paid(shop, admin)
    shop.catch_up()
    done(admin.use("ada", "1000"))
    done(admin.send("/v1/billing/refunds", {"purchase": bought["purchase"]}))
    return bought


def _charge(shop: Shop, admin: Api) -> Json:
    admin.deposit("ada", "6000")
    shop.set_rule(admin)
    done(admin.use("ada", "2000"))
    (begun,) = done(admin.get("/v1/billing/purchases"))["data"]
    return {"purchase": begun["purchase"]}


def _dispute(shop: Shop, admin: Api) -> Json:
    bought = shop.buy(admin, "20")
    shop.pay(bought, DISPUTED)
    for _ in range(2):
        shop.hear()
    return bought


FLOWS = {
    "checkout": Flow(_checkout, ALL_STEPS, "open", 0, 0),
    "paid notice": Flow(_paid, NO_CALL, "paid", 21_000, 2_000),
    "refund": Flow(_refund, ALL_STEPS, "partly_refunded", 0, 96),
    "charge": Flow(_charge, ALL_STEPS, "paid", 25_000, 2_000),
    "dispute": Flow(_dispute, NO_CALL, "disputed", 0, 0),
}


@pytest.mark.parametrize("name", every(2, FLOWS))
def test_a_process_that_dies_between_two_steps_leaves_nothing_half_done(
    shop: Shop, name: str
) -> None:
    """It dies after each step in turn; whoever comes next goes on."""
    flow, admin = FLOWS[name], shop.new_admin()
    begun = flow.begin(shop, admin)
    for step in flow.steps:
        assert dies_after(step, shop.settings, shop.service.ends.database), step
        shop.revive()
    shop.catch_up()
    _has_ended(shop, admin, flow, begun)


@pytest.mark.parametrize(
    "fault", [pytest.param("unavailable", marks=pytest.mark.slow), "lost_answer"]
)
@pytest.mark.parametrize(
    "name",
    [
        "checkout",
        pytest.param("refund", marks=pytest.mark.slow),
        pytest.param("charge", marks=pytest.mark.slow),
    ],
)
def test_a_provider_that_does_not_answer_one_call_is_asked_again(
    shop: Shop, name: str, fault: str
) -> None:
    """Each of its calls in turn: it did nothing, or what it did was not heard of."""
    flow, failed = FLOWS[name], 0
    while True:
        admin = shop.new_admin()
        begun = flow.begin(shop, admin)
        shop.run(shop.account.fail_next(*["ok"] * failed, fault))
        shop.work()
        is_over = bool(shop.control("", method="GET")["faults"]["next"])
        shop.run(shop.account.fail_next())
        shop.catch_up()
        _has_ended(shop, admin, flow, begun)
        if is_over:
            break
        failed += 1
    assert failed


def test_what_all_of_that_has_left_verifies(shop: Shop) -> None:
    assert not verify(shop.service.ends).exit_code


def _has_ended(shop: Shop, admin: Api, flow: Flow, begun: Json) -> None:
    assert shop.look(admin, begun)["status"] == flow.status
    assert (shop.has(admin), shop.money(admin)) == (flow.has, flow.cents)
    assert len(done(admin.get("/v1/billing/purchases"))["data"]) == 1

"""Exchanges over HTTP: what one would come to is said first, then it is done, once; and 64 clients
at once have each unit back once, as money or as something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.fulfilment.story import bought
from tests.api.ordering.test_checkout import BY_TRANSFER, ORDERS, sell
from tests.api.problems import problem
from tests.api.served import Api, Served, done, served

CLIENTS = 64


def come_back(shop: Api, sku: str, units: int, line_units: int = 1) -> tuple[str, str]:
    """The paths of an order of a SKU of 12.50, that was sent, and of a return that has come."""
    one = bought(shop, sku, units)
    sent = done(shop.send(f"{one}/fulfilments", {}))["shipment"]
    done(shop.send(f"{one}/fulfilments/{sent}/ship", {}))
    return one, _again(shop, one, line_units)


def _again(shop: Api, one: str, units: int = 1) -> str:
    asked = {"lines": [{"line": 1, "units": units}]}
    back = f"{one}/returns/{done(shop.send(f'{one}/returns', asked))['id']}"
    done(shop.send(f"{back}/receive", {}))
    return back


def test_an_exchange_is_proposed_and_then_done_once(admin: Api, service: Served) -> None:
    """A pan of 12.50 for a pot of 20.00, which is not paid, and then for a lid of 2.50."""
    one, back = come_back(admin, "PAN", 2)
    order, path = one.rpartition("/")[2], f"{back}/exchange"
    sell(admin, POT="20", LID="2.50")
    pot: dict[str, Any] = {"lines": [{"sku": "POT"}]}
    proposed = done(admin.send(path, pot))
    told = [proposed[name] for name in ("value", "total", "difference", "is_done")]
    assert told == ["12.50", "20.00", "7.50", False]
    pot |= {"expected_value": "12.50", "expected_total": "20", "payment": BY_TRANSFER}
    wrong = pot | {"expected_value": "12"}
    problem(admin.send(path, wrong), 409, "conflict", "expected_value")
    unknown = pot | {"lines": [{"sku": "none"}]}
    problem(admin.send(path, unknown), 422, "invalid", "lines.0.sku")
    exchanged = admin.send(path, pot, key="exchange")
    again = admin.send(path, pot, key="exchange")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (done(exchanged), "true")
    new = exchanged.json()["new_order"]
    assert (new["status"], new["to_collect"], exchanged.json()["refund"]) == (
        *("pending", "7.50", None),
    )
    problem(admin.send(f"{back}/refund"), 422, "invalid", "status")
    seen = done(admin.get(one))
    assert (seen["exchanged_for"], seen["refunded"]) == ([new["order"]], "12.50")
    (refund,) = seen["refunds"]
    (to,) = refund["back_to"]
    assert (refund["why"], to["order"], to["amount"], to["status"]) == (
        *("exchanged", new["order"], "12.50", "pending"),
    )
    paid_by = done(admin.get(f"{ORDERS}/{new['order']}"))["paid_by"]
    assert [(each["by"], each["order"], each["amount"]) for each in paid_by] == [
        *(("exchange", order, "12.50"), ("manual", None, "7.50")),
    ]
    done(admin.send(f"{ORDERS}/{new['order']}/cancel", {}))
    (returned,) = done(admin.get(f"{one}/returns"))["data"]
    assert (returned["status"], returned["new_order"]) == ("received", None)
    lid = {"lines": [{"sku": "LID"}], "expected_value": "12.5", "expected_total": "2.5"}
    cheaper = done(admin.send(path, lid))
    assert (cheaper["difference"], cheaper["new_order"]["status"]) == ("-10.00", "confirmed")
    sent = {"reference": "back"}
    done(admin.send(f"{one}/refunds/{cheaper['refund']}/confirm", sent))
    made = [
        (each["status"], each["amount"]) for each in done(admin.get(f"{one}/exchanges"))["data"]
    ]
    assert made == [("ended", "12.50"), ("done", "2.50")]
    done(admin.send(f"{ORDERS}/{cheaper['new_order']['order']}/refunds", {}))
    assert done(admin.get(f"{one}/exchanges"))["data"][1]["given_back"] == "2.50"
    last = done(admin.get(one))["refunds"][-1]
    assert (last["why"], last["amount"], last["status"]) == ("come_back", "2.50", "pending")
    done(admin.send(f"{one}/refunds/{last['refund']}/confirm", sent | {"reference": "back 2"}))
    ada = service.issue(str(admin.org), "member", "ada")
    assert ada.send(path, lid).status_code == 403
    (listed,) = done(admin.get("/v1/returns"))["data"]
    assert (listed["status"], listed["new_order"]) == (
        *("exchanged", cheaper["new_order"]["order"]),
    )


def test_64_clients_have_each_unit_back_once(new_endpoints: Callable[[], Endpoints]) -> None:
    ends = new_endpoints()
    with served(ends) as service, ThreadPoolExecutor(CLIENTS) as threads:
        shop = service.new_admin()
        sell(shop, POT="20", LID="2.50")
        one, back = come_back(shop, "PAN", 1)
        told = {"expected_value": "12.50", "payment": BY_TRANSFER}
        dearer = told | {"lines": [{"sku": "POT"}], "expected_total": "20"}
        cheaper = told | {"lines": [{"sku": "LID"}], "expected_total": "2.50"}
        unit = {"lines": [{"line": 1, "units": 1}]}
        asks: list[Callable[[], httpx.Response]] = [
            lambda: shop.send(f"{back}/exchange", dearer),
            lambda: shop.send(f"{back}/exchange", cheaper),
            lambda: shop.send(f"{back}/refund"),
            lambda: shop.send(f"{one}/refunds", unit),
        ]
        answers = list(threads.map(lambda n: asks[n % 4](), range(CLIENTS)))
        found = Counter(each.is_success for each in answers)
        assert found == {True: 1, False: CLIENTS - 1}, Counter(each.status_code for each in answers)
        assert {each.status_code for each in answers} <= {200, 201, 409, 422}
        assert done(shop.get(one))["refunded"] == "12.50"
        one, back = come_back(shop, "PAN-RED", 1)
        new = f"{ORDERS}/{done(shop.send(f'{back}/exchange', dearer))['new_order']['order']}"
        asks = [
            lambda: shop.send(f"{new}/cancel", {}),
            lambda: shop.send(f"{new}/confirm-transfer", {"reference": new}),
            lambda: shop.send(f"{back}/refund"),
            lambda: shop.send(f"{one}/refunds", unit),
        ]
        list(threads.map(lambda n: asks[n % 4](), range(CLIENTS)))
        shop.send(f"{back}/refund")  # all of them may have come before the first that cancels
        assert done(shop.get(one))["refunded"] == "12.50"
        report = verify(ends)
        assert report.exit_code == 0, report.as_dict()

"""Internal transfers over HTTP and real PostgreSQL: of 64 clients one receives one; each sees and
takes their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.internal_transfers.story import TRANSFERS, ask_for, asked, offer
from tests.api.problems import problem
from tests.api.served import Api, Served, done, served

CLIENTS = 64


def test_assets_are_moved_once(new_endpoints: Callable[[], Endpoints]) -> None:
    ends = new_endpoints()
    with served(ends) as service:
        shop = service.new_admin()
        offer(shop)
        _64_clients_send_and_receive_one(shop)
        _each_sees_and_takes_their_own(service, shop)
        _what_cannot_be_moved_says_why(shop)
        report = verify(ends)
        assert report.exit_code == 0, report.as_dict()


def _on_hand(shop: Api) -> dict[str, int]:
    return {e["location"]: e["on_hand"] for e in done(shop.get("/v1/stock", sku="LAPTOP"))["data"]}


def _64_clients_send_and_receive_one(shop: Api) -> None:
    transfer = ask_for(shop, 7)
    order = f"/v1/orders/{transfer.removesuffix('-1')}"
    for step, there in (("send", {"it": 13}), ("receive", {"it": 13, "sales": 7})):
        path = f"{TRANSFERS}/{transfer}/{step}"
        with ThreadPoolExecutor(CLIENTS) as threads:
            asks = [threads.submit(shop.send, path, {}) for _ in range(CLIENTS)]
        answers = Counter(each.result().status_code for each in asks)
        assert answers == {200: 1, 422: CLIENTS - 1}
        assert _on_hand(shop) == there
    seen = done(shop.get(order))
    (line,) = seen["lines"]
    assert (line["from_location"], line["to_location"]) == ("it", "sales")
    assert (seen["status"], seen["payment_status"], seen["total"]) == ("fulfilled", "paid", "0.00")
    (line,) = done(shop.get(f"{order}/fulfilments"))["lines"]
    assert (line["shipped"], line["delivered"], line["to_ship"]) == (7, 7, 0)
    moves = done(shop.get("/v1/stock/movements", owner=transfer.removesuffix("-1")))["data"]
    assert [(each["location"], each["on_hand"]) for each in moves[:2]] == [("sales", 7), ("it", -7)]


def _each_sees_and_takes_their_own(service: Served, shop: Api) -> None:
    mia, bob = (service.issue(str(shop.org), "member", user) for user in ("mia", "bob"))
    order = done(mia.send("/v1/checkout", asked(3, None)))["order"]
    one = f"{TRANSFERS}/{order}-1"
    assert mia.send(f"{one}/send", {}).status_code == 403
    done(shop.send(f"{one}/send", {"units": 2}))
    assert problem(bob.get(one), 404, "not_found", "id")
    assert problem(bob.send(f"{one}/receive", {}), 404, "not_found", "id")
    assert done(bob.get(TRANSFERS))["data"] == []
    taken = mia.send(f"{one}/receive", {"units": 1}, key="k")
    again = mia.send(f"{one}/receive", {"units": 1}, key="k")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (done(taken), "true")
    back = done(mia.send(f"{one}/refuse", {"reason": "broken"}))
    assert (back["status"], back["received"], back["refused"]) == ("requested", 1, 1)
    assert problem(shop.send(f"/v1/orders/{order}/cancel", {}), 422, "invalid", "status")
    assert _on_hand(shop) == {"it": 12, "sales": 8}
    listed = done(mia.get(TRANSFERS, status="requested", to_location="sales"))["data"]
    assert [each["id"] for each in listed] == [f"{order}-1"]
    guest = done(shop.send("/v1/checkout", asked(1, None)))
    shop.headers["Guest-Secret"] = guest["secret"]
    (theirs,) = done(shop.get(TRANSFERS, order=guest["order"]))["data"]
    assert (theirs["user"], theirs["status"]) == (None, "requested")
    del shop.headers["Guest-Secret"]


def _what_cannot_be_moved_says_why(shop: Api) -> None:
    body, line = asked(1), asked(1)["lines"][0]
    for wrong, status, code, field in (
        ({"to_location": None}, 422, "invalid", "lines.0.to_location"),
        ({"to_location": "it"}, 422, "invalid", "lines.0.to_location"),
        ({"from_location": "attic"}, 404, "not_found", "lines.0.from_location"),
        ({"units": 100}, 409, "out_of_stock", "lines"),
    ):
        answer = shop.send("/v1/checkout", body | {"lines": [line | wrong]})
        assert problem(answer, status, code, field)
    assert problem(shop.get(TRANSFERS, status="lost"), 422, "invalid", "status")
    assert problem(shop.get(f"{TRANSFERS}/none"), 404, "not_found", "id")

"""What orders give, over HTTP and real PostgreSQL: each sees their own, links are ours and count to
the last one under 64 clients, and what cannot be sold says why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.access.story import DIGEST, FILE, buy, sell
from tests.api.catalogue.story import CATALOGUE
from tests.api.problems import problem
from tests.api.served import Api, Served, done, served

CLIENTS = 64


def test_what_is_bought_is_given_and_counted(new_endpoints: Callable[[], Endpoints]) -> None:
    ends = new_endpoints()
    with served(ends) as service:
        shop = service.new_admin()
        sell(shop, "BOOK", "COURSE", "PACK", "PRO")
        _each_sees_their_own(service, shop)
        _a_guest_has_the_secret(service, shop)
        _64_clients_download_five_times(service, shop)
        _what_is_not_ours_leads_nowhere(service, shop)
        _what_cannot_be_sold_says_why(shop)
        report = verify(ends)
        assert report.exit_code == 0, report.as_dict()


def _each_sees_their_own(service: Served, shop: Api) -> None:
    org = str(shop.org)
    order = buy(shop, "PACK", "COURSE", "PRO", total="30.00", user="mia")["order"]
    assert shop.balance("mia")["available"] == "51000"
    mia, bob = (service.issue(org, "member", user) for user in ("mia", "bob"))
    pro, course, pack = done(mia.get("/v1/grants"))["data"]
    assert (pack["credits"], pack["taken_back"], pack["kind"]) == ("1000", "0", "credits")
    assert (course["course"], course["state"], pro["plan"]) == ("rust-101", "active", "pro")
    assert done(bob.get("/v1/grants"))["data"] == []
    assert problem(bob.get(f"/v1/grants/{pack['id']}"), 404, "not_found", "id")
    assert problem(bob.get("/v1/grants", user="mia"), 403, "forbidden", "user")
    assert problem(mia.send(f"/v1/grants/{course['id']}/revoke", {}), 403, "forbidden", None)
    one = f"/v1/grants/{course['id']}/revoke"
    assert done(shop.send(one, {"reason": "x"}, key="k"))["state"] == "revoked"
    assert shop.send(one, {"reason": "x"}, key="k").headers["Idempotency-Replayed"] == "true"
    assert problem(shop.send(one, {}), 409, "conflict", "grant")
    found = done(shop.get("/v1/grants", order=order, course="rust-101", state="revoked"))
    assert [each["id"] for each in found["data"]] == [course["id"]]
    first = done(shop.get("/v1/grants", order=order, limit="2"))
    rest = done(shop.get("/v1/grants", order=order, limit="2", cursor=first["next_cursor"]))
    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (2, 1, None)
    back = {"lines": [{"line": 1}]}
    done(shop.send(f"/v1/orders/{order}/refunds", back))
    assert shop.balance("mia")["available"] == "50000"


def _a_guest_has_the_secret(service: Served, shop: Api) -> None:
    order = buy(shop, "BOOK", total="10.00", user=None)
    shop.headers["Guest-Secret"] = order["secret"]
    (book,) = done(shop.get("/v1/grants", order=order["order"]))["data"]
    link = done(shop.send(f"/v1/downloads/{book['id']}/link", key=None))
    shop.headers["Guest-Secret"] = "order_no"
    assert shop.get(f"/v1/grants/{book['id']}").status_code == 404
    assert shop.get("/v1/grants", order=order["order"]).status_code == 404
    assert shop.send(f"/v1/downloads/{book['id']}/link", key=None).status_code == 404
    del shop.headers["Guest-Secret"]
    had = service.http.get(link["download_url"])
    assert (had.content, had.headers["content-disposition"]) == (
        FILE,
        "attachment; filename*=UTF-8''book.pdf",
    )


def _64_clients_download_five_times(service: Served, shop: Api) -> None:
    book = f"{buy(shop, 'BOOK', total='10.00')['order']}-1"
    link = done(shop.send(f"/v1/downloads/{book}/link", key=None))["download_url"]

    def ask(number: int) -> httpx.Response:
        while (answer := service.http.get(link)).status_code == 429:
            pass
        return answer

    with ThreadPoolExecutor(CLIENTS) as threads:
        answers = list(threads.map(ask, range(CLIENTS)))
    assert Counter(each.status_code for each in answers) == {200: 5, 409: CLIENTS - 5}
    assert done(shop.get(f"/v1/grants/{book}"))["download"]["used"] == 5
    again = shop.send(f"/v1/downloads/{book}/link", key=None)
    assert problem(again, 409, "conflict", "grant")


def _what_is_not_ours_leads_nowhere(service: Served, shop: Api) -> None:
    book = f"{buy(shop, 'BOOK', total='10.00')['order']}-1"
    link = done(shop.send(f"/v1/downloads/{book}/link", key=None))["download_url"]
    path, _, query = link.partition("?")
    later = query.replace("expires=1", "expires=2")
    other = path.rpartition("-")[0] + "-2"
    for url in (f"{path}?{later}", path, f"{other}?{query}", link[:-1], f"{path}?expires=x"):
        assert service.http.get(url).status_code in (404, 422), url
    assert done(shop.get(f"/v1/grants/{book}"))["download"]["used"] == 0


def _what_cannot_be_sold_says_why(shop: Api) -> None:
    benefit = f"{CATALOGUE}/skus/COURSE/benefit"
    for body, field in (
        ({"file": DIGEST}, "file"),
        ({"course": "x", "days": 0}, "days"),
        ({}, "course"),
        ({"file": "0" * 64, "name": "x", "downloads": 1}, "file"),
    ):
        assert problem(shop.send(benefit, body, method="PUT"), 422, "invalid", field)
    wrong = shop.http.put(f"{CATALOGUE}/files/{'0' * 64}", content=FILE, headers=shop.headers)
    assert problem(wrong, 422, "invalid", "sha256")
    said = {"currency": "usd", "expected_total": "20.00", "payment": {"provider": "manual"}}
    asked: dict[str, Any] = said | {"lines": [{"sku": "COURSE"}, {"sku": "PACK"}]}
    assert problem(shop.send("/v1/checkout", asked), 422, "invalid", "lines.1.sku")
    taken = asked | {"lines": [{"sku": "PRO"}], "expected_total": "10.00", "user": "mia"}
    assert problem(shop.send("/v1/checkout", taken), 409, "conflict", "lines.0.sku")
    again = done(shop.send(benefit, {"course": "rust-102"}, method="PUT"))
    assert (again["version"], again["days"]) == (2, None)

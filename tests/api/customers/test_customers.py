"""Customers over HTTP: what is one's own is one's own, is erased, and is ordered again as far as it
can be sold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.problems import problem
from tests.api.served import Api, Served, done

ME = "/v1/me"
HOME = {"name": "Ada", "country": "DE", "address": ["Street 1"], "phone": "+49 30 901820"}
BY_TRANSFER = {"provider": "manual"}


@pytest.fixture
def ada(service: Served, admin: Api) -> Api:
    """A member of the org."""
    return service.issue(str(admin.org), "member", "ada")


def sell(admin: Api, **prices: str) -> None:
    """Publish what SKUs cost."""
    for sku, amount in prices.items():
        body = {"prices": [{"currency": "usd", "amount": amount}]}
        done(admin.send(f"/v1/prices/skus/{sku}", body, method="PUT"))


def order(buyer: Api, total: str, *lines: tuple[str, int], **more: Any) -> str:
    """An order that waits for its transfer."""
    found = [{"sku": sku, "units": units} for sku, units in lines]
    asked = {"lines": found, "currency": "usd", "expected_total": total, "payment": BY_TRANSFER}
    return str(done(buyer.send("/v1/checkout", asked | more))["order"])


def test_who_they_are_is_kept_in_one_form_and_is_nobody_elses(
    service: Served, admin: Api, ada: Api
) -> None:
    said = {"name": "Ada", "email": "Ada@EXAMPLE.com", "phone": "+44 (20) 7946-0958"}
    kept = {"user": "ada", "name": "Ada", "email": "Ada@example.com", "phone": "+442079460958"}
    nothing = dict.fromkeys(kept) | {"user": "ada"}
    assert done(ada.get(f"{ME}/profile")) == nothing
    assert done(ada.send(f"{ME}/profile", said, method="PUT", key="one")) == kept
    again = ada.send(f"{ME}/profile", said, method="PUT", key="one")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (kept, "true")
    other = ada.send(f"{ME}/profile", said | {"name": "Eve"}, method="PUT", key="one")
    problem(other, 422, "idempotency_key_reused", "Idempotency-Key")
    bo = service.issue(str(admin.org), "member", "bo")
    assert done(bo.get(f"{ME}/profile")) == nothing | {"user": "bo"}
    for wrong in ({"email": "ada"}, {"email": "a@b"}, {"phone": "030 901820"}, {"phone": "+1 2"}):
        field = next(iter(wrong))
        refused = ada.send(f"{ME}/profile", {"name": "Ada"} | wrong, method="PUT")
        problem(refused, 422, "invalid", field)


def test_an_address_is_seen_and_changed_by_whose_it_is_alone(
    service: Served, admin: Api, ada: Api
) -> None:
    first = done(ada.send(f"{ME}/addresses", HOME, key="home"))
    assert (first["default"], first["address"]["phone"]) == (True, "+4930901820")
    assert done(ada.send(f"{ME}/addresses", HOME, key="home")) == first
    second = done(ada.send(f"{ME}/addresses", HOME | {"name": "Work", "default": True}))
    listed = done(ada.get(f"{ME}/addresses"))["data"]
    assert [(each["id"], each["default"]) for each in listed] == [
        (first["id"], False),
        (second["id"], True),
    ]
    one = f"{ME}/addresses/{second['id']}"
    for stranger in (
        service.issue(str(admin.org), "member", "bo"),
        service.issue(str(admin.org), "admin", "bo"),
        service.issue(service.new_org(), "member", "ada"),
    ):
        problem(stranger.get(one), 404, "not_found", "id")
        problem(stranger.send(one, HOME, method="PUT"), 404, "not_found", "id")
        problem(stranger.send(one, method="DELETE"), 404, "not_found", "id")
    wrong = ada.send(f"{ME}/addresses", HOME | {"country": "Germany"})
    problem(wrong, 422, "invalid", "country")
    assert done(ada.send(one, method="DELETE", key="go")) == {"id": second["id"], "removed": True}
    assert ada.send(one, method="DELETE", key="go").headers["Idempotency-Replayed"] == "true"
    (left,) = done(ada.get(f"{ME}/addresses"))["data"]
    assert left == first


def test_a_key_that_is_nobodys_has_nothing_of_its_own(admin: Api) -> None:
    for answer in (
        admin.get(f"{ME}/profile"),
        admin.send(f"{ME}/profile", {"name": "x"}, method="PUT"),
        admin.get(f"{ME}/addresses"),
        admin.send(f"{ME}/addresses", HOME),
        admin.get(f"{ME}/orders"),
        admin.send(f"{ME}/orders/ord_1/reorder"),
    ):
        assert "stands for no user" in problem(answer, 422, "invalid", "Authorization")["detail"]


def test_staff_see_what_customers_have_bought_and_who_they_are_until_that_is_erased(
    admin: Api, ada: Api
) -> None:
    sell(admin, a="50")
    done(ada.send(f"{ME}/profile", {"name": "Ada"}, method="PUT"))
    done(ada.send(f"{ME}/addresses", HOME))
    bought = order(ada, "50", ("a", 1))
    order(admin, "50", ("a", 1), user="bo")
    done(admin.send(f"/v1/orders/{bought}/confirm-transfer", {"reference": "r"}))
    order(admin, "100", ("a", 2), user="cy")
    (seen,) = done(admin.get("/v1/customers"))["data"]
    assert seen["spending"] == [
        {"currency": "usd", "orders": 1, "spent": "50.00", "refunded": "0.00"}
    ]
    assert (seen["user"], seen["name"], seen["orders"]) == ("ada", "Ada", 1)
    whole = done(admin.get("/v1/customers/ada"))
    assert whole["addresses"][0]["address"]["name"] == "Ada"
    assert done(ada.get("/v1/customers"))["data"] == [seen]
    assert done(ada.get("/v1/customers/ada")) == whole
    problem(ada.get("/v1/customers/bo"), 404, "not_found", "id")
    problem(ada.get("/v1/customers", user="bo"), 403, "forbidden", "user")
    admin.erase("ada")
    gone = done(admin.get("/v1/customers/ada"))
    assert (gone["name"], gone["orders"], gone["addresses"][0]["address"]) == (None, 1, None)
    assert done(ada.get(f"{ME}/profile"))["name"] is None


def test_customers_are_listed_by_their_ids_a_page_at_a_time(service: Served, admin: Api) -> None:
    for name in ("ada", "bo", "cy"):
        member = service.issue(str(admin.org), "member", name)
        done(member.send(f"{ME}/profile", {"name": name}, method="PUT"))
    found: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = done(admin.get("/v1/customers", limit="2", **cursor))
        found.append([each["user"] for each in page["data"]])
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == [["ada", "bo"], ["cy"]]


def test_what_was_ordered_is_put_in_again_once_as_far_as_it_can_be_sold(
    service: Served, admin: Api, ada: Api
) -> None:
    sell(admin, a="50", b="1")
    bought = order(ada, "101", ("a", 1), ("b", 1), ("a", 1))
    again = f"{ME}/orders/{bought}/reorder"
    assert [each["order"] for each in done(ada.get(f"{ME}/orders"))["data"]] == [bought]
    euros = {"prices": [{"currency": "eur", "amount": "1"}]}
    done(admin.send("/v1/prices/skus/b", euros, method="PUT"))
    put = done(ada.send(again, key="again"))
    assert [(each["sku"], each["units"]) for each in put["cart"]["lines"]] == [("a", 2)]
    (left,) = put["left_out"]
    assert (left["sku"], left["units"]) == ("b", 1)
    assert "usd" in left["why"]
    twice = ada.send(again, key="again")
    assert twice.headers["Idempotency-Replayed"] == "true"
    assert twice.json()["cart"]["lines"] == put["cart"]["lines"]
    assert done(ada.send(again))["cart"]["lines"] == [{"sku": "a", "units": 4, "slot": None}]
    bo = service.issue(str(admin.org), "member", "bo")
    problem(bo.send(again), 404, "not_found", "id")
    problem(ada.send(f"{ME}/orders/ord_none/reorder"), 404, "not_found", "id")

"""Appointments over HTTP and real PostgreSQL: of 64 clients one has a slot; each sees and moves
their own; carts and edits of orders have them, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.appointments.story import CALENDARS, asked, book, hours, offer
from tests.api.carts.story import CARTS, holding
from tests.api.problems import problem
from tests.api.served import Api, Served, done, served

CLIENTS = 64


def test_slots_are_had_once(new_endpoints: Callable[[], Endpoints]) -> None:
    ends = new_endpoints()
    with served(ends) as service:
        shop = service.new_admin()
        slots = offer(shop, 6)
        _64_clients_race_one_slot(shop, slots[0])
        _each_moves_their_own(service, shop, slots)
        _what_cannot_be_had_says_why(shop, slots)
        _a_cart_has_slots_until_somebody_takes_them(shop, slots)
        _an_hour_is_added_to_an_order(service, shop, slots)
        report = verify(ends)
        assert report.exit_code == 0, report.as_dict()


def _64_clients_race_one_slot(shop: Api, slot: str) -> None:
    with ThreadPoolExecutor(CLIENTS) as threads:
        orders = threads.map(lambda _: shop.send("/v1/checkout", asked(slot)), range(CLIENTS))
        answers = list(orders)
    assert Counter(each.status_code for each in answers) == {201: 1, 409: CLIENTS - 1}
    (order,) = (each.json()["order"] for each in answers if each.status_code == 201)
    (held,) = done(shop.get("/v1/appointments", order=order))["data"]
    assert (held["state"], held["slot"]) == ("held", slot)
    assert [each["slot"] for each in done(shop.get(f"/v1/orders/{order}"))["lines"]] == [slot]
    done(shop.send(f"/v1/orders/{order}/cancel", {}))
    assert done(shop.get(f"{CALENDARS}/coach/slots"))["data"][0]["left"] == 1


def _each_moves_their_own(service: Served, shop: Api, slots: list[str]) -> None:
    org = str(shop.org)
    name = book(shop, slots[1], "mia")
    mia, bob = (service.issue(org, "member", user) for user in ("mia", "bob"))
    one = f"/v1/appointments/{name}"
    assert problem(bob.get(one), 404, "not_found", "id")
    assert problem(bob.send(f"{one}/move", {"slot": slots[2]}), 404, "not_found", "id")
    assert done(bob.get("/v1/appointments"))["data"] == []
    moved = mia.send(f"{one}/move", {"slot": slots[2], "reason": "late"}, key="k")
    assert (done(moved)["slot"], done(moved)["state"]) == (slots[2], "booked")
    again = mia.send(f"{one}/move", {"slot": slots[2], "reason": "late"}, key="k")
    assert again.headers["Idempotency-Replayed"] == "true"
    left = {each["id"]: each["left"] for each in done(mia.get(f"{CALENDARS}/coach/slots"))["data"]}
    assert (left[slots[1]], left[slots[2]]) == (1, 0)
    assert done(mia.send(f"{one}/cancel", {}))["state"] == "freed"
    guest = done(shop.send("/v1/checkout", asked(slots[3], None)))
    shop.headers["Guest-Secret"] = guest["secret"]
    (theirs,) = done(shop.get("/v1/appointments", order=guest["order"]))["data"]
    assert done(shop.get(f"/v1/appointments/{theirs['id']}"))["user"] is None
    shop.headers["Guest-Secret"] = "order_no"
    assert shop.get(f"/v1/appointments/{theirs['id']}").status_code == 404
    del shop.headers["Guest-Secret"]


def _what_cannot_be_had_says_why(shop: Api, slots: list[str]) -> None:
    body = asked(slots[4])
    for line, status, code, field in (
        ({"sku": "HOUR"}, 422, "invalid", "lines.0.slot"),
        ({"sku": "HOUR", "slot": "coach.1"}, 404, "not_found", "lines.0.slot"),
        ({"sku": "HOUR", "slot": slots[3]}, 409, "conflict", "lines.0.slot"),
    ):
        answer = shop.send("/v1/checkout", body | {"lines": [line]})
        assert problem(answer, status, code, field)
    again = shop.send(f"{CALENDARS}/coach/slots", hours(1))
    assert problem(again, 422, "invalid", "slots.0")
    assert problem(shop.get(f"{CALENDARS}/none/slots"), 404, "not_found", "calendar")
    taken = shop.send(f"{CALENDARS}/coach/slots/{slots[3]}", method="DELETE")
    assert problem(taken, 409, "conflict", "slot")
    done(shop.send(f"{CALENDARS}/coach/slots/{slots[5]}", method="DELETE"))


def _a_cart_has_slots_until_somebody_takes_them(shop: Api, slots: list[str]) -> None:
    opened = done(shop.send(CARTS, {"currency": "usd"}, key=None))
    guest, one = holding(shop, opened["secret"]), f"{CARTS}/{opened['id']}"
    for slot in slots[:2]:
        done(guest.send(f"{one}/items", {"sku": "HOUR", "slot": slot}))
    for wrong in ({"sku": "HOUR"}, {"sku": "HOUR", "slot": slots[5]}):
        assert problem(guest.send(f"{one}/items", wrong), 422, "invalid", "slot")
    taken = {"units": 1, "slot": slots[3]}
    answer = guest.send(f"{one}/items/HOUR", taken, method="PUT", key=None)
    assert problem(answer, 409, "conflict", "slot")
    merged = done(guest.send(f"{one}/merge", {"user": "mia"}, key=None))
    cart = f"{CARTS}/{merged['id']}"
    assert [each["slot"] for each in merged["lines"]] == slots[:2]
    assert (merged["quote"]["total"], merged["unsold"]) == ("100.00", [])
    book(shop, slots[0])
    seen = done(shop.get(cart))
    assert [(each["slot"], each["units"]) for each in seen["unsold"]] == [(slots[0], 1)]
    assert seen["quote"]["total"] == "50.00"
    body: dict[str, Any] = {"cart": merged["id"], "payment": {"provider": "manual"}}
    for total in ("100.00", "50.00"):
        answer = shop.send("/v1/checkout", body | {"expected_total": total})
        assert problem(answer, 409, "conflict", "lines.0.slot")
    out = {"units": 0, "slot": slots[0]}
    done(shop.send(f"{cart}/items/HOUR", out, method="PUT", key=None))
    order = done(shop.send("/v1/checkout", body | {"expected_total": "50.00"}))["order"]
    (held,) = done(shop.get("/v1/appointments", order=order))["data"]
    assert (held["slot"], held["user"]) == (slots[1], "mia")
    assert done(shop.get(cart))["unsold"] == []


def _an_hour_is_added_to_an_order(service: Served, shop: Api, slots: list[str]) -> None:
    prices = {"prices": [{"currency": "usd", "amount": "5"}]}
    done(shop.send("/v1/prices/skus/MUG", prices, method="PUT"))
    mug = asked(slots[2]) | {"lines": [{"sku": "MUG"}], "expected_total": "5.00"}
    order = done(shop.send("/v1/checkout", mug))["order"]
    done(shop.send(f"/v1/orders/{order}/confirm-transfer", {"reference": f"SEPA {order}"}))
    ada, edit = service.issue(str(shop.org), "member", "ada"), f"/v1/orders/{order}/edit"
    added = {"expected_total": "50.00", "payment": {"provider": "manual"}}
    gone, there = ({"add": [{"sku": "HOUR", "slot": slots[each]}]} for each in (3, 2))
    assert problem(ada.send(edit, added | gone), 409, "conflict", "add.0.slot")
    edited = done(ada.send(edit, added | there))
    (held,) = done(ada.get("/v1/appointments", order=edited["added"]["order"]))["data"]
    assert (held["state"], held["slot"]) == ("held", slots[2])

"""Appointments over HTTP and real PostgreSQL: of 64 clients one has a slot; each sees and moves
their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.appointments.story import CALENDARS, asked, book, hours, offer
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

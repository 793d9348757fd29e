"""Carts over HTTP: opened, filled, priced, merged; whose they are; and what is wrong is named."""

from __future__ import annotations

from contextlib import closing
from threading import Event
from typing import Any

import msgspec
import pytest

from api.container import clock_us, event_store, ledger
from api.jobs.carts import CartSweep
from api.writer.every_shard import EveryShard
from ledger.carts.cart import Cart, CartLine, cart_id
from ledger.kernel.limits import CART_LINES_MAX, UNITS_MAX
from ledger.kernel.times import parse_time
from tests.api.carts.story import CARTS, holding
from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

DAY_US = 86_400_000_000


def opened(api: Api, user: str | None = None, **more: Any) -> Json:
    return done(api.send(CARTS, {"currency": "usd", "user": user} | more, key=None))


def put(api: Api, cart: str, sku: str, units: object, **query: Any) -> Any:
    path = f"{CARTS}/{cart}/items/{sku}" + "".join(f"?{n}={e}" for n, e in query.items())
    return api.send(path, {"units": units}, method="PUT", key=None)


def add(
    api: Api, cart: str, sku: str, units: int = 1, version: int | None = None, key: str = "new"
) -> Any:
    path = f"{CARTS}/{cart}/items" + ("" if version is None else f"?version={version}")
    return api.send(path, {"sku": sku, "units": units}, key=key)


def price(api: Api, sku: str, *prices: dict[str, Any]) -> None:
    done(api.send(f"/v1/prices/skus/{sku}", {"prices": list(prices)}, method="PUT"))


def usd(amount: str, **more: Any) -> dict[str, Any]:
    return {"currency": "usd", "amount": amount, **more}


@pytest.fixture
def shop(admin: Api) -> Api:
    """An org that sells a and b, for 10.00 and 3.00, to the trade a for 7.00."""
    price(admin, "a", usd("10"), usd("7", group="trade"))
    price(admin, "b", usd("3"))
    return admin


def lines(cart: Json) -> dict[str, int]:
    return {line["sku"]: line["units"] for line in cart["lines"]}


def test_a_cart_is_quoted_whenever_it_is_seen_as_an_order_would_be(shop: Api) -> None:
    cart = opened(shop, "ada", group="trade")
    assert (cart["version"], cart["lines"], cart["quote"], cart["secret"]) == (1, [], None, None)
    done(add(shop, cart["id"], "a"))
    seen = done(put(shop, cart["id"], "b", 2, version=2))
    assert (seen["version"], lines(seen), seen["unsold"]) == (3, {"a": 1, "b": 2}, [])
    codes = {"codes": ["nope", "NOPE"]}
    coded = done(shop.send(f"{CARTS}/{cart['id']}/codes", codes, method="PUT", key=None))
    assert (coded["codes"], coded["quote"]["promotions"][0]["applies"]) == (["NOPE"], False)
    asked = {"currency": "usd", "group": "trade", "user": "ada", "codes": ["nope"]}
    asked["lines"] = seen["lines"]
    quote = done(shop.send("/v1/orders/quote", asked, key=None))
    found = done(shop.get(f"{CARTS}/{cart['id']}"))
    assert found["quote"] | {"priced_at": ""} == quote | {"priced_at": ""}
    assert (found["quote"]["total"], found["user"], found["state"]) == ("13.00", "ada", "open")
    assert done(put(shop, cart["id"], "b", 2))["version"] == 4
    assert lines(done(put(shop, cart["id"], "a", 0))) == {"b": 2}


def test_an_addition_that_is_sent_again_is_made_once(service: Served, shop: Api) -> None:
    cart = opened(shop, "ada")["id"]
    first = add(shop, cart, "a", version=1, key="one")
    again = add(shop, cart, "a", version=1, key="one")
    assert (lines(done(first)), lines(done(again))) == ({"a": 1}, {"a": 1})
    assert (again.headers["Idempotency-Replayed"], done(again)["version"]) == ("true", 2)
    other = add(shop, cart, "a", units=2, key="one")
    problem(other, 422, "idempotency_key_reused", "Idempotency-Key")
    path = f"{CARTS}/{cart}/items"
    problem(shop.send(path, {"sku": "a"}, key=None), 400, "missing_input", "Idempotency-Key")
    service.service.carts.claim(str(shop.org), cart, 2, "order-1")
    assert done(add(shop, cart, "a", key="one"))["state"] == "claimed"


def test_a_user_has_one_cart_in_each_currency(shop: Api) -> None:
    first = opened(shop, "ada")
    assert opened(shop, "ada")["id"] == first["id"] != opened(shop, "ada", currency="eur")["id"]
    active = shop.get(f"{CARTS}/active", user="ada", currency="usd")
    assert done(active)["id"] == first["id"]
    problem(shop.get(f"{CARTS}/active", user="mia", currency="usd"), 404, "not_found", "user")
    problem(shop.get(f"{CARTS}/active", currency="usd"), 400, "missing_input", "user")
    gone = done(shop.send(f"{CARTS}/{first['id']}", method="DELETE", key=None))
    assert gone == {"id": first["id"], "removed": True}
    problem(shop.get(f"{CARTS}/{first['id']}"), 404, "not_found", "id")
    assert opened(shop, "ada")["id"] != first["id"]


def test_one_line_makes_no_cart_unreadable(shop: Api) -> None:
    cart = opened(shop, "ada")["id"]
    price(shop, "dozen", usd("1", from_units=12))
    problem(add(shop, cart, "dozen"), 422, "invalid", "sku")
    for sku, units in (("a", 2), ("b", 1), ("dozen", 12)):
        done(add(shop, cart, sku, units))
    price(shop, "a")
    price(shop, "dozen", {"currency": "eur", "amount": "1"})
    seen = done(shop.get(f"{CARTS}/{cart}"))
    assert [(each["sku"], each["units"]) for each in seen["unsold"]] == [("a", 2), ("dozen", 12)]
    assert all("has no price" in each["why"] for each in seen["unsold"])
    assert (seen["quote"]["total"], len(seen["quote"]["lines"])) == ("3.00", 1)
    price(shop, "b")
    seen = done(shop.get(f"{CARTS}/{cart}"))
    assert (seen["quote"], len(seen["unsold"])) == (None, 3)
    assert lines(done(put(shop, cart, "b", 0))) == {"a": 2, "dozen": 12}


def test_lines_that_together_are_too_much_are_named_all(shop: Api) -> None:
    cart = opened(shop, "ada")["id"]
    for number in range(10):
        price(shop, f"dear{number}", usd("9000000000"))
        done(put(shop, cart, f"dear{number}", 10**6))
    seen = done(put(shop, cart, "dear0", 5 * 10**6))
    assert seen["quote"] is None
    assert [each["sku"] for each in seen["unsold"]] == [f"dear{n}" for n in range(10)]


def test_a_guest_has_a_cart_by_its_secret_alone(service: Served, shop: Api) -> None:
    cart = opened(shop)
    one, guest = f"{CARTS}/{cart['id']}", holding(shop, cart["secret"])
    assert (cart["user"], cart["secret"].startswith("tally_guest_")) == (None, True)
    assert "secret" not in done(guest.get(one))
    done(add(guest, cart["id"], "a"))
    member = service.issue(str(shop.org), "member", "mia")
    other = service.new_admin()
    other_cart = opened(other)
    strangers = [
        *(shop, member, other, holding(other, cart["secret"]), holding(other, "x")),
        *(holding(shop, each) for each in (other_cart["secret"], "", cart["secret"][:-1])),
    ]
    asked = [
        answer
        for each in strangers
        for answer in (
            each.get(one),
            add(each, cart["id"], "a"),
            put(each, cart["id"], "a", 0),
            each.send(f"{one}/codes", {"codes": []}, method="PUT", key=None),
            each.send(f"{one}/merge", {"user": "mia"}, key=None),
            each.send(one, method="DELETE", key=None),
        )
    ]
    nobodys = [shop.get(f"{CARTS}/cart_{'0' * 24}"), shop.get(f"{CARTS}/cart_1%00")]
    for answer in (*asked, *nobodys):
        problem(answer, 404, "not_found", "id")
    assert len({answer.content for answer in (*asked, *nobodys)}) == 1
    assert lines(done(guest.get(one))) == {"a": 1}


def test_wrong_secrets_are_counted_as_refused_requests(shop: Api) -> None:
    cart = opened(shop)["id"]
    for number in range(64):
        problem(holding(shop, f"guess {number}").get(f"{CARTS}/{cart}"), 404, "not_found", "id")
    noted = done(shop.get("/v1/audit/refusals", order="asc"))["data"]
    assert sum(each["times"] for each in noted) == 64
    assert {(each["code"], each["path"]) for each in noted} == {("forbidden", f"{CARTS}/{{cart}}")}
    assert "guess" not in str(noted)


def test_a_members_cart_is_theirs_and_prices_are_not_for_them_to_choose(
    service: Served, shop: Api
) -> None:
    mia, ada = (service.issue(str(shop.org), "member", each) for each in ("mia", "ada"))
    cart = opened(mia)
    assert (cart["user"], opened(mia, "mia")["id"]) == ("mia", cart["id"])
    problem(mia.send(CARTS, {"currency": "usd", "user": "ada"}, key=None), 403, "forbidden", "user")
    for field in ("group", "price_list"):
        asked = {"currency": "usd", field: "trade"}
        problem(mia.send(CARTS, asked, key=None), 403, "forbidden", field)
    assert opened(mia, price_list="default")["id"] == cart["id"]
    problem(ada.get(f"{CARTS}/{cart['id']}"), 404, "not_found", "id")
    problem(ada.get(f"{CARTS}/active", user="mia", currency="usd"), 403, "forbidden", "user")
    problem(service.new_admin().get(f"{CARTS}/{cart['id']}"), 404, "not_found", "id")
    assert done(shop.get(f"{CARTS}/{cart['id']}"))["id"] == cart["id"]
    assert done(mia.get(f"{CARTS}/active", currency="usd"))["id"] == cart["id"]


def test_a_guest_who_signs_in_finds_all_in_one_cart(service: Served, shop: Api) -> None:
    mia = service.issue(str(shop.org), "member", "mia")
    done(put(mia, opened(mia)["id"], "a", 2))
    cart = opened(shop)
    done(put(holding(shop, cart["secret"]), cart["id"], "a", 3))
    done(put(holding(shop, cart["secret"]), cart["id"], "b", 1))
    signed_in, merge = holding(mia, cart["secret"]), f"{CARTS}/{cart['id']}/merge"
    problem(mia.send(merge, {}, key=None), 404, "not_found", "id")
    problem(signed_in.send(merge, {"user": "ada"}, key=None), 403, "forbidden", "user")
    merged = done(signed_in.send(merge, {}, key=None))
    assert (merged["user"], lines(merged), merged["version"]) == ("mia", {"a": 5, "b": 1}, 3)
    problem(signed_in.send(merge, {}, key=None), 404, "not_found", "id")
    problem(signed_in.get(f"{CARTS}/{cart['id']}"), 404, "not_found", "id")
    own = f"{CARTS}/{merged['id']}/merge"
    problem(mia.send(own, {}, key=None), 409, "conflict", "id")
    problem(shop.send(own, {}, key=None), 422, "invalid", "user")


def test_a_cart_that_an_order_has_claimed_is_left_as_it_is(service: Served, shop: Api) -> None:
    cart, guest, carts = opened(shop, "ada")["id"], opened(shop), service.service.carts
    org, merge = str(shop.org), f"{CARTS}/{guest['id']}/merge"
    done(put(shop, cart, "a", 1))
    carts.claim(org, cart, 2, "order-7")
    merged = holding(shop, guest["secret"]).send(merge, {"user": "ada"}, key=None)
    assert "order-7" in problem(merged, 409, "conflict", "id")["detail"]
    _is_left(shop, cart, "claimed")
    assert opened(shop, "ada")["id"] == cart
    carts.free(org, cart, "order-7")
    done(put(shop, cart, "a", 1, version=2))
    carts.claim(org, cart, 2, "order-7")
    carts.close(org, cart, "order-7")
    _is_left(shop, cart, "closed")
    assert opened(shop, "ada")["id"] != cart


def _is_left(shop: Api, cart: str, state: str) -> None:
    for answer in (
        add(shop, cart, "a"),
        put(shop, cart, "a", 0),
        shop.send(f"{CARTS}/{cart}/codes", {"codes": ["x"]}, method="PUT", key=None),
        shop.send(f"{CARTS}/{cart}", method="DELETE", key=None),
    ):
        assert "order-7" in problem(answer, 409, "conflict", "id")["detail"]
    seen = done(shop.get(f"{CARTS}/{cart}"))
    assert (seen["state"], seen["order"], lines(seen)) == (state, "order-7", {"a": 1})


def test_a_cart_lasts_so_many_days_after_its_last_change_and_is_swept(
    service: Served, shop: Api
) -> None:
    carts, org = service.service.carts, str(shop.org)
    user, guest = opened(shop, "ada"), opened(shop)
    for each, days in ((user, 30), (guest, 7)):
        lasts = parse_time(each["expires_at"], "at") - parse_time(each["changed_at"], "at")
        assert lasts == days * DAY_US
    long_ago = service.service.clock() - 31 * DAY_US
    past = Cart(
        org=org,
        id=cart_id(b"0" * 12),
        user="mia",
        currency="usd",
        created_us=long_ago,
        changed_us=long_ago,
        expires_us=long_ago + 30 * DAY_US,
    )
    left = msgspec.structs.replace(
        past, id=cart_id(b"1" * 12), user="noa", lines=[CartLine("a", 3)]
    )
    carts.open(past)
    carts.open(left)
    problem(shop.get(f"{CARTS}/{past.id}"), 404, "not_found", "id")
    problem(shop.get(f"{CARTS}/active", user="mia", currency="usd"), 404, "not_found", "user")
    with closing(event_store(service.ends.database, "sweep")) as store:
        sweep = CartSweep(carts, EveryShard(ledger(store), clock_us), service.service.clock)
        assert sweep.run(Event()) >= 2
        sweep.run(Event())
    assert (carts.read(org, past.id), carts.read(org, left.id)) == (None, None)
    (counted,) = [
        each
        for each in done(shop.get("/v1/audit/events"))["data"]
        if each["type"] == "ordering.CartsAbandoned"
    ]
    assert [(each["carts"], each["units"]) for each in counted["body"]["counts"]] == [(1, 3)]
    assert done(shop.get(f"{CARTS}/{user['id']}"))["id"] == user["id"]


def test_what_is_wrong_is_named(shop: Api) -> None:
    cart = opened(shop, "ada")["id"]
    for units in (-1, UNITS_MAX + 1, 1.5, "1", True, None):
        problem(put(shop, cart, "a", units), 422, "invalid", "units")
    done(put(shop, cart, "a", UNITS_MAX))
    problem(add(shop, cart, "a"), 422, "invalid", "units")
    problem(put(shop, cart, "a", 1, version=1), 409, "conflict", "version")
    for version in ("0", "x", "%00", "9" * 30):
        problem(put(shop, cart, "a", 1, version=version), 422, "invalid", "version")
    problem(put(shop, cart, "none", 1), 422, "invalid", "sku")
    for sku in ("%00", "a%20b", "é", "x" * 65):
        problem(put(shop, cart, sku, 1), 422, "invalid", "sku")
    for sku in ("\0", "a b", "x" * 65):
        problem(add(shop, cart, sku), 422, "invalid", "sku")
    for codes in (["c" * 10_000], ["\0"], [7], ["c"] * 21):
        answer = shop.send(f"{CARTS}/{cart}/codes", {"codes": codes}, method="PUT", key=None)
        assert (answer.status_code, answer.json()["field"].partition(".")[0]) == (422, "codes")
    for field, value in (
        ("currency", "xxx"),
        ("currency", "usd\0"),
        ("user", "@pool"),
        ("group", "\0"),
        ("price_list", ""),
        ("more", 1),
    ):
        problem(shop.send(CARTS, {"currency": "usd", field: value}), 422, "invalid", field)
    problem(shop.get(f"{CARTS}/active", user="\0", currency="usd"), 422, "invalid", "user")
    problem(shop.get(f"{CARTS}/active", user="ada", currency="\0"), 422, "invalid", "currency")


def test_a_cart_has_a_hundred_skus_and_is_merged_into_no_more(shop: Api) -> None:
    item = {"prices": [usd("1")]}
    for number in range(CART_LINES_MAX + 1):
        done(shop.send(f"/v1/prices/skus/s{number}", item, method="PUT"))
    cart, guest = opened(shop, "ada")["id"], opened(shop)
    for number in range(CART_LINES_MAX):
        seen = done(put(shop, cart, f"s{number}", 1))
    assert seen["quote"]["total"] == "100.00"
    problem(add(shop, cart, f"s{CART_LINES_MAX}"), 422, "invalid", "sku")
    holder, merge = holding(shop, guest["secret"]), f"{CARTS}/{guest['id']}/merge"
    done(put(holder, guest["id"], f"s{CART_LINES_MAX}", 1))
    problem(holder.send(merge, {"user": "ada"}, key=None), 409, "conflict", "id")
    done(put(shop, cart, "s0", 0))
    assert len(done(holder.send(merge, {"user": "ada"}, key=None))["lines"]) == CART_LINES_MAX

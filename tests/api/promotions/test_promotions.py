"""Promotions over HTTP: published, quoted, redeemed by 64 at once, paused; and what is wrong is
named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.served import Api, Served, done

PROMOTIONS, QUOTE = "/v1/promotions", "/v1/orders/quote"
TENTH: dict[str, Any] = {"name": "Spring", "kind": "percent", "bps": 1_000}


def publish(api: Api, id: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return done(api.send(f"{PROMOTIONS}/{id}", fields, method="PUT", **more))


def quoted(api: Api, *skus: str, **more: Any) -> dict[str, Any]:
    asked = {"currency": "usd", "lines": [{"sku": sku} for sku in skus]}
    return done(api.send(QUOTE, asked | more, key=None))


def redeemed(order: str, **more: Any) -> dict[str, Any]:
    return {"order": order, "amount": "1.00", "currency": "usd"} | more


@pytest.fixture
def shop(admin: Api) -> Api:
    """An org that sells a and b, for 10.00 and 3.00."""
    for sku, amount in (("a", "10"), ("b", "3")):
        prices = {"prices": [{"currency": "usd", "amount": amount}]}
        done(admin.send(f"/v1/prices/skus/{sku}", prices, method="PUT"))
    return admin


def test_a_limit_of_one_is_redeemed_by_one_of_64(shop: Api) -> None:
    publish(shop, "once", TENTH | {"redemptions_max": 1})
    publish(shop, "each", TENTH | {"per_customer_max": 1})
    publish(shop, "budget", TENTH | {"budget": "5.00", "currency": "usd"})
    for name, user, won in (("once", None, 1), ("each", "ada", 1), ("budget", None, 5)):
        path = f"{PROMOTIONS}/{name}/redemptions"
        bodies = [redeemed(f"{name}-{n}", user=user) for n in range(64)]
        with ThreadPoolExecutor(64) as threads:
            answers = list(threads.map(lambda body, path=path: shop.send(path, body), bodies))
        codes = [each.status_code for each in answers]
        assert (codes.count(201), codes.count(409)) == (won, 64 - won)
        assert done(shop.get(f"{PROMOTIONS}/{name}"))["redeemed"] == won


def test_64_publish_one_code_and_one_has_it(shop: Api) -> None:
    with ThreadPoolExecutor(64) as threads:
        answers = list(
            threads.map(
                lambda n: shop.send(f"{PROMOTIONS}/p{n}", TENTH | {"code": "Same"}, method="PUT"),
                range(64),
            )
        )
    assert sorted({each.status_code for each in answers}) == [200, 409]
    assert sum(each.status_code == 200 for each in answers) == 1
    assert {each.json().get("field") for each in answers if each.status_code == 409} == {"code"}


def test_a_code_is_quoted_however_it_is_written_and_redeemed(shop: Api) -> None:
    made = publish(shop, "spring", TENTH | {"code": "spring10", "per_customer_max": 1}, key="same")
    assert (made["code"], made["version"], made["standing"]) == ("SPRING10", 1, "running")
    publish(shop, "lines", TENTH | {"scope": "lines", "skus": ["b"], "name": "B"})
    found = quoted(shop, "a", "b", codes=["Spring10", "nope"], user="ada")
    assert (found["subtotal"], found["discount"], found["total"]) == ("13.00", "1.57", "11.43")
    assert [(e["kind"], e["of"], e["delta"]) for e in found["lines"][1]["steps"]] == [
        ("base_price", "b", "3.00"),
        ("promotion", "lines", "-0.30"),
        ("order_promotion", "spring", "-0.27"),
    ]
    said = [(e["code"], e["promotion"], e["applies"], e["amount"]) for e in found["promotions"]]
    assert said == [
        (None, "lines", True, "0.30"),
        ("SPRING10", "spring", True, "1.27"),
        ("NOPE", None, False, "0.00"),
    ]
    path = f"{PROMOTIONS}/spring/redemptions"
    one = done(shop.send(path, redeemed("o-1", user="ada", amount="1.27"), key="r"))
    assert (one["order"], one["amount"], one["released"]) == ("o-1", "1.27", False)
    again = shop.send(path, redeemed("o-1", user="ada", amount="1.27"), key="r")
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", one)
    refused = quoted(shop, "a", codes=["SPRING10"], user="ada")["promotions"]
    assert [(each["applies"], bool(each["why"])) for each in refused] == [(False, True)]
    gone = done(shop.send(f"{path}/o-1", method="DELETE"))
    assert gone == one | {"released": True}
    assert shop.send(f"{path}/o-1", method="DELETE").status_code == 404
    (listed, _) = sorted(done(shop.get(PROMOTIONS))["data"], key=lambda each: -len(each["id"]))
    assert (listed["id"], listed["redeemed"]) == ("spring", 0)


def test_a_promotion_is_paused_resumed_and_ended(shop: Api) -> None:
    publish(shop, "spring", TENTH)
    assert quoted(shop, "a")["total"] == "9.00"
    for step, standing, total in (
        ("pause", "paused", "10.00"),
        ("resume", "running", "9.00"),
        ("end", "ended", "10.00"),
    ):
        changed = done(shop.send(f"{PROMOTIONS}/spring/{step}", key=step))
        assert changed == {"promotion": "spring", "standing": standing}
        assert quoted(shop, "a")["total"] == total
    again = shop.send(f"{PROMOTIONS}/spring/pause", key="pause")
    assert again.json() == {"promotion": "spring", "standing": "paused"}
    assert shop.send(f"{PROMOTIONS}/spring/resume").status_code == 409
    assert shop.send(f"{PROMOTIONS}/none/pause").status_code == 404


def test_free_shipping_and_what_is_got_are_quoted(shop: Api) -> None:
    publish(shop, "ship", {"name": "Ship", "kind": "free_shipping"})
    publish(shop, "third", {"name": "Third", "kind": "buy_get", "buy": 2, "get": 1})
    found = quoted(shop, "a", "a", "b")
    assert (found["free_shipping"], found["total"]) == (True, "20.00")


def test_a_member_asks_for_their_own_order(service: Served, shop: Api) -> None:
    publish(shop, "each", TENTH | {"per_customer_max": 1})
    mia = service.issue(str(shop.org), "member", "mia")
    assert quoted(mia, "a")["total"] == "9.00"
    done(shop.send(f"{PROMOTIONS}/each/redemptions", redeemed("o-1", user="mia")))
    assert quoted(mia, "a", user="mia")["total"] == "10.00"
    asked = {"currency": "usd", "lines": [{"sku": "a"}], "user": "ada"}
    assert mia.send(QUOTE, asked, key=None).status_code == 403
    assert mia.get(PROMOTIONS).status_code == 403
    other = service.new_admin()
    assert other.get(f"{PROMOTIONS}/each").status_code == 404
    assert done(other.get(PROMOTIONS))["data"] == []
    publish(other, "each", TENTH | {"code": "FREE-THERE"})


def test_a_list_has_pages(admin: Api) -> None:
    for name in ("b", "a", "c"):
        publish(admin, name, TENTH)
    first = done(admin.get(PROMOTIONS, limit="2"))
    rest = done(admin.get(PROMOTIONS, limit="2", cursor=first["next_cursor"]))
    found = [each["id"] for page in (first, rest) for each in page["data"]]
    assert (found, rest["next_cursor"]) == (["a", "b", "c"], None)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("bps", {"bps": 0}),
        ("kind", {"kind": "gift"}),
        ("code", {"code": "a b"}),
        ("currency", {"budget": "1"}),
        ("budget", {"budget": "0", "currency": "usd"}),
        ("budget", {"budget": 1.5, "currency": "usd"}),
        ("amount", {"amount": "1", "currency": "usd"}),
        ("scope", {"scope": "shop"}),
        ("skus.0", {"skus": [7]}),
        ("per_customer_max", {"per_customer_max": 0}),
        ("redemptions_max", {"redemptions_max": 10**16}),
        ("ends_at", {"starts_at": "2026-02-02T00:00:00Z", "ends_at": "2026-02-01T00:00:00Z"}),
    ],
)
def test_what_is_wrong_is_named(admin: Api, field: str, fields: dict[str, Any]) -> None:
    answer = admin.send(f"{PROMOTIONS}/spring", TENTH | fields, method="PUT")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("order", {"order": "a b"}),
        ("amount", {"amount": "1.005"}),
        ("amount", {"amount": "-1"}),
        ("currency", {"currency": "xxx"}),
        ("user", {"user": "@pool"}),
    ],
)
def test_what_is_wrong_with_a_redemption_is_named(
    admin: Api, field: str, fields: dict[str, Any]
) -> None:
    publish(admin, "spring", TENTH)
    answer = admin.send(f"{PROMOTIONS}/spring/redemptions", redeemed("o") | fields)
    assert (answer.status_code, answer.json()["field"]) == (422, field)

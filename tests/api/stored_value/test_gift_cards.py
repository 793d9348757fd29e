"""Gift cards and store credit over HTTP: a code is shown once, guesses learn nothing, and what is
asked for twice is done once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.served import Api, Served, done

CARDS = "/v1/gift-cards"
CREDITS = "/v1/store-credits"
ASKED = {"amount": "50.00", "currency": "usd"}


def issued(admin: Api, **more: Any) -> dict[str, Any]:
    """A new gift card."""
    return done(admin.send(CARDS, ASKED | more))


def looked_up(caller: Api, code: str) -> Any:
    """What a code opens."""
    return caller.send(f"{CARDS}/lookup", {"code": code}, key=None)


def test_a_code_is_shown_once_and_opens_the_card_however_it_is_typed(
    service: Served, admin: Api
) -> None:
    first = admin.send(CARDS, ASKED | {"note": "for Bob"}, key="one")
    again = admin.send(CARDS, ASKED | {"note": "for Bob"}, key="one")
    made = done(first)
    assert done(again) == made | {"code": None}
    assert again.headers["Idempotency-Replayed"] == "true"
    card = done(admin.get(f"{CARDS}/{made['id']}"))
    assert (card["status"], card["available"], card["note"]) == ("usable", "50.00", "for Bob")
    assert "code" not in card
    typed = made["code"].lower().replace("-", " ")
    for caller in (admin, service.issue(str(admin.org), "member", "mia")):
        found = done(looked_up(caller, typed))
        assert (found["id"], found["available"]) == (made["id"], "50.00")
    events = admin.get("/v1/audit/events", limit=200).text
    assert made["code"] not in events
    assert made["code"].replace("-", "") not in events


def test_a_mistyped_code_is_told_apart_and_one_that_is_anothers_is_not_found(
    service: Served, admin: Api
) -> None:
    code = issued(admin)["code"]
    wrong = looked_up(admin, code[:-1] + ("2" if code[-1] != "2" else "3"))
    assert (wrong.status_code, wrong.json()["field"]) == (422, "code")
    assert code[:4] not in wrong.text
    unknown = looked_up(service.new_admin(), code)
    assert (unknown.status_code, unknown.json()["detail"]) == (
        404,
        "there is no gift card with that code.",
    )


def test_a_card_says_why_it_cannot_be_used(service: Served, admin: Api) -> None:
    made = issued(admin)
    one = f"{CARDS}/{made['id']}"
    claim = {"order": "o1", **ASKED}
    done(admin.send(f"{one}/claims", claim))
    assert done(looked_up(admin, made["code"]))["status"] == "spent"
    disabled = done(admin.send(f"{one}/disable", key="off"))
    assert disabled["disabled"] is True
    assert done(looked_up(admin, made["code"]))["status"] == "disabled"
    done(admin.send(f"{one}/enable"))
    assert done(admin.send(f"{one}/disable", key="off")) == disabled
    done(admin.send(f"{one}/claims/o1/release"))
    found = done(admin.get(one))
    assert (found["status"], found["claimed"]) == ("usable", "0.00")


def test_lists_are_filtered_and_have_pages(admin: Api) -> None:
    mine = {issued(admin, user="ada")["id"] for _ in range(3)}
    sold = issued(admin, order="o9", user="bob")["id"]
    first = done(admin.get(CARDS, user="ada", limit="2"))
    rest = done(admin.get(CARDS, user="ada", limit="2", cursor=first["next_cursor"]))
    assert {each["id"] for each in first["data"] + rest["data"]} == mine
    assert [each["id"] for each in done(admin.get(CARDS, order="o9"))["data"]] == [sold]
    assert not done(admin.get(CARDS, currency="eur"))["data"]


def test_an_order_pays_in_part_with_a_card_and_gets_it_back(admin: Api) -> None:
    one = f"{CARDS}/{issued(admin)['id']}"
    part = {"order": "o1", "amount": "20", "currency": "usd"}
    first = admin.send(f"{one}/claims", part, key="claim")
    assert done(admin.send(f"{one}/claims", part, key="claim")) == done(first)
    assert admin.send(f"{one}/claims", part).status_code == 409
    done(admin.send(f"{one}/claims/o1/settle"))
    back = {"amount": "5.00", "currency": "usd"}
    done(admin.send(f"{one}/claims/o1/give-back", back))
    moved = done(admin.get(f"{one}/movements"))["data"]
    assert [(each["kind"], each["balance"], each["claimed"]) for each in moved] == [
        ("give_back", "5.00", "0.00"),
        ("settlement", "-20.00", "-20.00"),
        ("claim", "0.00", "20.00"),
        ("issue", "50.00", "0.00"),
    ]


def test_a_member_reads_their_own_store_credit_and_no_other(service: Served, admin: Api) -> None:
    for user in ("mia", "bob"):
        body = {"user": user, "amount": "7.50", "currency": "eur", "reason": "goodwill"}
        done(admin.send(f"{CREDITS}/adjust", body))
    mia = service.issue(str(admin.org), "member", "mia")
    (own,) = done(mia.get(CREDITS))["data"]
    assert (own["user"], own["available"]) == ("mia", "7.50")
    (moved,) = done(mia.get(f"{CREDITS}/movements", currency="eur"))["data"]
    assert (moved["kind"], moved["reason"]) == ("adjustment", "goodwill")
    assert mia.get(CREDITS, user="bob").status_code == 403
    assert mia.get(f"{CREDITS}/movements", user="bob", currency="eur").status_code == 403
    assert mia.send(f"{CREDITS}/adjust", body).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "10000000000.01"}, "amount"),
        ({"amount": 1.5}, "amount"),
        ({"currency": "credit"}, "currency"),
        ({"currency": "xxx"}, "currency"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ({"order": "/"}, "order"),
        ({"user": "@pool"}, "user"),
        ({"note": ""}, "note"),
        ({"code": "MINE"}, "code"),
    ],
)
def test_what_is_wrong_is_named(admin: Api, change: dict[str, Any], field: str) -> None:
    refused = admin.send(CARDS, ASKED | change)
    assert (refused.status_code, refused.json()["field"]) == (422, field)

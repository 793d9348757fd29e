"""Holds: what a gateway sends before and after a long request, and what comes back."""

from __future__ import annotations

import time

import pytest

from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

HOLDS = "/v1/billing/holds"
REPLAYED = "Idempotency-Replayed"
ENDS: list[tuple[str, Json | None]] = [
    ("capture", {"amount": 1}),
    ("release", None),
    ("extend", {"expires_in": 9}),
]


@pytest.fixture
def ada(admin: Api) -> Api:
    """An org in which ada has 100 credits."""
    admin.deposit("ada", "100")
    return admin


def test_a_hold_is_answered_and_sets_credit_aside(ada: Api) -> None:
    answer = ada.send(HOLDS, {"user": "ada", "amount": "30", "reference": "request 7"})
    hold = done(answer)
    assert answer.status_code == 201
    assert hold["id"].startswith("hold_")
    assert len(bytes.fromhex(hold["hash"])) == 32
    assert (hold["user"], hold["owner"], hold["status"]) == ("ada", "ada", "open")
    assert (hold["amount"], hold["reference"]) == ("30", "request 7")
    assert [(lot["kind"], lot["amount"]) for lot in hold["lots"]] == [("purchased", "30")]
    balance = ada.balance("ada")
    assert (balance["available"], balance["held"], balance["balance"]) == ("70", "30", 100)
    assert [(lot["amount"], lot["held"]) for lot in balance["lots"]] == [("70", "30")]
    assert done(ada.get(f"{HOLDS}/{hold['id']}")) == hold


def test_the_first_answer_is_given_again_also_when_the_hold_has_ended(ada: Api) -> None:
    body = {"user": "ada", "amount": "30"}
    first = ada.send(HOLDS, body, key="k")
    path = f"{HOLDS}/{first.json()['id']}"
    extended = ada.send(f"{path}/extend", {"expires_in": 3600}, key="extend")
    captured = ada.send(f"{path}/capture", {"amount": "10", "metadata": {"a": "b"}}, key="capture")
    again = ada.send(HOLDS, body | {"amount": "30.00"}, key="k")
    assert again.headers[REPLAYED] == "true"
    assert again.content == first.content
    more = ada.send(f"{path}/extend", {"expires_in": 3600}, key="extend")
    assert (more.headers[REPLAYED], more.content) == ("true", extended.content)
    more = ada.send(f"{path}/capture", {"amount": "10.0", "metadata": {"a": "b"}}, key="capture")
    assert (more.headers[REPLAYED], more.content) == ("true", captured.content)
    for other in ({"amount": "11", "metadata": {"a": "b"}}, {"amount": "10"}):
        refused = ada.send(f"{path}/capture", other, key="capture")
        problem(refused, 422, "idempotency_key_reused", "Idempotency-Key")


def test_a_capture_charges_what_was_used_and_gives_the_rest_back(ada: Api) -> None:
    hold = ada.hold("ada", "30")
    path = f"{HOLDS}/{hold['id']}"
    answer = done(ada.send(f"{path}/capture", {"amount": "12.5"}))
    assert answer["hold"]["status"] == "captured"
    assert answer["hold"]["ended_at"] == answer["transaction"]["recorded_at"]
    transaction = answer["transaction"]
    assert (transaction["category"], transaction["amount"]) == ("usage", "-12.5")
    assert transaction["usage"]["id"] == hold["id"]
    assert ada.balance("ada")["available"] == "87.5"
    assert done(ada.get(path)) == answer["hold"]
    assert done(ada.get(f"/v1/billing/transactions/{transaction['id']}")) == transaction


def test_a_capture_with_a_usage_body_is_a_line_of_the_holds_user(ada: Api) -> None:
    hold = ada.hold("ada", "30")
    line = {"id": "r1", "model": "m", "input_tokens": 10, "amount": "40", "metadata": {"t": "1"}}
    answer = done(ada.send(f"{HOLDS}/{hold['id']}/capture", line))["transaction"]
    assert (answer["user"], answer["reference"], answer["metadata"]) == ("ada", "r1", {"t": "1"})
    assert answer["usage"]["quantities"] == {"input_tokens": 10}
    assert ada.balance("ada")["available"] == "60"
    again = ada.send("/v1/billing/usage", line)
    assert (again.status_code, again.headers[REPLAYED]) == (201, "true")
    second = ada.hold("ada", "5")
    refused = ada.send(f"{HOLDS}/{second['id']}/capture", line)
    problem(refused, 422, "invalid", "id")
    refused = ada.send(f"{HOLDS}/{second['id']}/capture", {"user": "bob", "amount": 1})
    problem(refused, 422, "invalid", "user")


def test_a_released_hold_is_back_and_an_extended_one_lasts_longer(ada: Api) -> None:
    hold = ada.hold("ada", "30", expires_in=60)
    path = f"{HOLDS}/{hold['id']}"
    longer = done(ada.send(f"{path}/extend", {"expires_in": 3600}))
    assert longer["expires_at"] > hold["expires_at"]
    assert done(ada.get(HOLDS, user="ada"))["data"] == [longer]
    released = done(ada.send(f"{path}/release"))
    assert (released["status"], released["expires_at"]) == ("released", longer["expires_at"])
    assert done(ada.get(path)) == released
    assert ada.balance("ada")["available"] == "100"
    for what, body in (
        ("capture", {"amount": 1}),
        ("release", None),
        ("extend", {"expires_in": 9}),
    ):
        problem(ada.send(f"{path}/{what}", body), 409, "conflict", "id")


def test_an_expired_hold_is_back_and_can_be_captured_for_a_day(service: Served, ada: Api) -> None:
    hold = ada.hold("ada", "30", expires_in=1)
    path = f"{HOLDS}/{hold['id']}"
    time.sleep(1.1)
    expired = done(ada.get(path))
    assert (expired["status"], expired["ended_at"]) == ("expired", hold["expires_at"])
    assert ada.balance("ada")["available"] == "100"
    assert done(ada.get(HOLDS))["data"] == []
    ada.deposit("ada", "1")  # records what has fallen due
    assert done(ada.get(path)) == expired
    problem(ada.send(f"{path}/release"), 409, "conflict", "id")
    answer = done(ada.send(f"{path}/capture", {"amount": "10"}))
    assert answer["hold"]["status"] == "captured"
    assert ada.balance("ada")["available"] == "91"


def test_a_hold_by_an_estimate_is_priced_by_the_rate_card(ada: Api) -> None:
    price = {"model": "m", "meter": "input_tokens", "price": "1", "per": 1_000_000}
    prices = [price, price | {"meter": "output_tokens", "price": "10"}]
    done(ada.send("/v1/billing/rate-cards", {"prices": prices}, method="PUT"))
    estimate = {"user": "ada", "model": "m", "input_tokens": 1000, "max_output_tokens": 500}
    hold = done(ada.send(HOLDS, estimate))
    assert hold["amount"] == "6"
    line = {"model": "m", "input_tokens": 1000, "output_tokens": 100}
    captured = done(ada.send(f"{HOLDS}/{hold['id']}/capture", line))["transaction"]
    assert captured["amount"] == "-2"
    refused = ada.send(HOLDS, {"user": "ada", "model": "m", "input_tokens": 0})
    problem(refused, 422, "invalid", "quantities")


def test_a_hold_that_is_not_covered_is_402(service: Served, ada: Api) -> None:
    before = service.events(ada.org)
    facts = problem(
        ada.send(HOLDS, {"user": "ada", "amount": "130"}), 402, "insufficient_credits", None
    )
    assert (facts["available"], facts["required"], facts["missing"]) == ("100", "130", "30")
    assert service.events(ada.org) == before


def test_a_hold_in_a_shared_org_is_the_pools_and_listed_under_both(service: Served) -> None:
    admin = service.new_admin(billing_mode="shared")
    done(admin.send("/v1/billing/deposits", {"amount": 50}))
    hold = admin.hold("ada", "10")
    other = admin.hold("bob", "10")
    assert (hold["user"], hold["owner"]) == ("ada", "@pool")
    assert done(admin.get(HOLDS, user="ada"))["data"] == [hold]
    assert done(admin.get(HOLDS, user="@pool"))["data"] == [other, hold]
    member = service.issue(str(admin.org), "member", subject="ada")
    assert done(member.get(HOLDS))["data"] == [hold]
    assert done(member.get(f"{HOLDS}/{hold['id']}")) == hold
    problem(member.get(f"{HOLDS}/{other['id']}"), 404, "not_found", "id")
    captured = admin.send(f"{HOLDS}/{hold['id']}/capture", {"amount": "1"})
    transaction = done(captured)["transaction"]
    assert (transaction["user"], transaction["owner"]) == ("ada", "@pool")


def test_open_holds_are_paged(ada: Api) -> None:
    made = [ada.hold("ada", "1") for _ in range(5)]
    seen: list[Json] = []
    page = done(ada.get(HOLDS, limit=2))
    while True:
        seen += page["data"]
        if page["next_cursor"] is None:
            break
        page = done(ada.get(HOLDS, limit=2, cursor=page["next_cursor"]))
    assert [each["id"] for each in seen] == [each["id"] for each in made[::-1]]


def test_the_holds_of_another_org_are_not_there(service: Served, ada: Api) -> None:
    hold = ada.hold("ada", "1")
    other = service.new_admin()
    path = f"{HOLDS}/{hold['id']}"
    problem(other.get(path), 404, "not_found", "id")
    for what, body in (
        ("capture", {"amount": 1}),
        ("release", None),
        ("extend", {"expires_in": 9}),
    ):
        problem(other.send(f"{path}/{what}", body), 404, "not_found", "id")
    assert done(other.get(HOLDS))["data"] == []

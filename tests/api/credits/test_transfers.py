"""Transfers between wallets, conversion of dollars, and a change of whose wallets pay."""

from __future__ import annotations

from tests.api.problems import problem
from tests.api.served import Api, Served, done

TRANSFERS, CONVERSIONS = "/v1/billing/transfers", "/v1/billing/conversions"
REPLAYED = "Idempotency-Replayed"


def test_a_transfer_is_the_givers_transaction_and_the_receivers(admin: Api) -> None:
    admin.deposit("@pool", "10")
    body = {"from_user": "@pool", "to_user": "ada", "amount": "4"}
    first = admin.send(TRANSFERS, body, key="k")
    answer = done(first)
    assert (first.status_code, answer["category"]) == (201, "transfer")
    assert (answer["owner"], answer["amount"], answer["reference"]) == ("@pool", "-4", "ada")
    again = admin.send(TRANSFERS, body | {"amount": "4.0"}, key="k")
    assert (again.headers[REPLAYED], again.content) == ("true", first.content)
    assert admin.balance("@pool")["available"] == "6"
    assert admin.balance("ada")["available"] == "4"
    query = {"category": "transfer", "min_sequence": answer["sequence"]}
    (received,) = done(admin.get("/v1/billing/transactions", user="ada", **query))["data"]
    assert (received["amount"], received["reference"]) == ("4", "@pool")
    back = {"from_user": "ada", "to_user": "@pool", "amount": "5"}
    problem(admin.send(TRANSFERS, back), 402, "insufficient_credits", None)


def test_money_is_transferred_in_its_own_scale(admin: Api) -> None:
    admin.deposit("ada", "10", asset="usd")
    body = {"from_user": "ada", "to_user": "bob", "amount": "2.50", "asset": "usd"}
    assert done(admin.send(TRANSFERS, body))["amount"] == "-2.50"
    assert admin.balance("bob", asset="usd")["available"] == "2.50"


def test_dollars_become_credits_at_the_fixed_rate(admin: Api) -> None:
    admin.deposit("ada", "10", asset="usd")
    first = admin.send(CONVERSIONS, {"user": "ada", "amount": "2.5"}, key="k")
    answer = done(first)
    assert (first.status_code, answer["category"], answer["asset"]) == (201, "conversion", "usd")
    assert (answer["amount"], answer["credits"]) == ("-2.50", "2500")
    again = admin.send(CONVERSIONS, {"user": "ada", "amount": "2.50"}, key="k")
    assert (again.headers[REPLAYED], again.content) == ("true", first.content)
    assert admin.balance("ada")["available"] == "2500"
    assert admin.balance("ada", asset="usd")["available"] == "7.50"
    refused = admin.send(CONVERSIONS, {"user": "ada", "amount": "7.51"})
    problem(refused, 402, "insufficient_credits", None)


def test_another_billing_mode_has_other_wallets_pay(service: Served, admin: Api) -> None:
    path = f"/v1/orgs/{admin.org}"
    admin.deposit("ada", "5")
    admin.deposit("@pool", "5")
    first = admin.send(path, {"billing_mode": "shared"}, method="PATCH", key="k")
    assert done(first)["billing_mode"] == "shared"
    assert done(admin.get(path)) == first.json()
    assert done(admin.use("ada", "1"))["owner"] == "@pool"
    conflict = admin.send(path, {"billing_mode": "shared"}, method="PATCH")
    problem(conflict, 409, "conflict", "billing_mode")
    operator = service.operator
    done(operator.send(path, {"billing_mode": "individual"}, method="PATCH"))
    assert done(admin.use("ada", "1"))["owner"] == "ada"
    again = admin.send(path, {"billing_mode": "shared"}, method="PATCH", key="k")
    assert (again.headers[REPLAYED], again.content) == ("true", first.content)
    wrong = admin.send(path, {"billing_mode": "none"}, method="PATCH")
    problem(wrong, 422, "invalid", "billing_mode")
    billing = service.issue(str(admin.org), "billing")
    refused = billing.send(path, {"billing_mode": "shared"}, method="PATCH")
    problem(refused, 403, "forbidden", None)

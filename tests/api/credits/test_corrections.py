"""Reversals, adjustments, zap and suspension: what finance and support do by hand."""

from __future__ import annotations

import pytest

from tests.api.problems import problem
from tests.api.served import Api, Served, done

REVERSE = "/v1/billing/transactions/{id}/reverse"
ADJUSTMENTS, ZAP = "/v1/billing/adjustments", "/v1/billing/zap"
WALLETS = "/v1/billing/wallets/{user}/{what}"
REPLAYED = "Idempotency-Replayed"


def test_a_debit_is_reversed_in_parts_and_never_above_the_original(
    service: Served, admin: Api
) -> None:
    admin.deposit("ada", "10")
    use = done(admin.use("ada", "8"))
    path = REVERSE.format(id=use["id"])
    first = admin.send(path, {"amount": "3", "reason": "half was bad"}, key="k")
    answer = done(first)
    assert (first.status_code, answer["category"]) == (201, "reversal")
    assert (answer["amount"], answer["reference"]) == ("3", use["id"])
    assert (answer["user"], answer["reason"]) == ("ada", "half was bad")
    again = admin.send(path, {"amount": "3.00", "reason": "half was bad"}, key="k")
    assert (again.headers[REPLAYED], again.content) == ("true", first.content)
    before = service.events(admin.org)
    over = admin.send(path, {"amount": "6", "reason": "again"})
    problem(over, 409, "conflict", "amount")
    assert service.events(admin.org) == before
    assert done(admin.send(path, {"reason": "all of it"}))["amount"] == "5"
    problem(admin.send(path, {"reason": "once more"}), 409, "conflict", "id")
    assert admin.balance("ada")["available"] == "10"


def test_a_deposit_is_reversed_and_what_was_spent_of_it_is_debt(admin: Api) -> None:
    deposit = admin.deposit("ada", "10")
    done(admin.use("ada", "4"))
    answer = done(admin.send(REVERSE.format(id=deposit["id"]), {"reason": "charged back"}))
    assert (answer["amount"], answer["balance_after"]) == ("-10", "-4")
    assert admin.balance("ada")["debt"] == "4"


def test_money_is_reversed_in_its_own_scale(admin: Api) -> None:
    deposit = admin.deposit("ada", "10", asset="jpy")
    path = REVERSE.format(id=deposit["id"])
    problem(admin.send(path, {"amount": "1.5", "reason": "x"}), 422, "invalid", "amount")
    assert done(admin.send(path, {"amount": "4", "reason": "x"}))["amount"] == "-4"


def test_the_reason_of_a_reversal_is_erased_with_the_person_it_is_about(
    service: Served, admin: Api
) -> None:
    use = done(admin.use("ada", "8"))
    reversal = done(admin.send(REVERSE.format(id=use["id"]), {"reason": "she complained"}))
    assert service.persons(str(admin.org), "reason") == {"ada"}
    admin.erase("ada")
    erased = done(admin.get(f"/v1/billing/transactions/{reversal['id']}"))
    assert erased == reversal | {"reason": None, "erased": True}


@pytest.mark.parametrize("id_", ["1", "0-0", "99999999-0", "1-9999", "x"])
def test_what_is_not_there_cannot_be_reversed(admin: Api, id_: str) -> None:
    problem(admin.send(REVERSE.format(id=id_), {"reason": "x"}), 404, "not_found", "id")


def test_credit_is_added_and_taken_by_hand(service: Served, admin: Api) -> None:
    body = {"user": "ada", "amount": "10.5", "reason": "an apology"}
    first = admin.send(ADJUSTMENTS, body, key="k")
    answer = done(first)
    assert (answer["category"], answer["amount"]) == ("adjustment", "10.5")
    assert [lot["kind"] for lot in answer["lots"]] == ["adjustment"]
    again = admin.send(ADJUSTMENTS, body | {"amount": "10.50"}, key="k")
    assert (again.headers[REPLAYED], again.content) == ("true", first.content)
    taken = done(admin.send(ADJUSTMENTS, body | {"amount": "-0.5"}))
    assert (taken["amount"], taken["balance_after"]) == ("-0.5", "10")
    before = service.events(admin.org)
    problem(admin.send(ADJUSTMENTS, body | {"amount": -11}), 402, "insufficient_credits", None)
    assert service.events(admin.org) == before


def test_zap_clears_balance_and_debt(admin: Api) -> None:
    admin.deposit("ada", "10")
    answer = done(admin.send(ZAP, {"user": "ada", "reason": "closed"}))
    assert (answer["amount"], answer["balance_after"]) == ("-10", "0")
    done(admin.use("ada", "3"))
    cleared = done(admin.send(ZAP, {"user": "ada", "reason": "closed"}))
    assert (cleared["amount"], cleared["balance_after"]) == ("3", "0")
    problem(admin.send(ZAP, {"user": "ada", "reason": "closed"}), 409, "conflict", "user")


@pytest.mark.parametrize("user", ["ada", "team/a b".replace(" ", "/"), "x/suspend", "@pool"])
@pytest.mark.reaches("wallet_suspended")
def test_a_suspended_wallet_admits_nothing_and_charges_what_was_done(admin: Api, user: str) -> None:
    admin.deposit(user, "10")
    suspend, resume = (WALLETS.format(user=user, what=what) for what in ("suspend", "resume"))
    assert admin.balance(user)["suspended"] is False
    first = admin.send(suspend, {"reason": "fraud?"}, key="k")
    answer = done(first)
    assert first.status_code == 200
    assert (answer["user"], answer["suspended"], answer["reason"]) == (user, True, "fraud?")
    again = admin.send(suspend, {"reason": "fraud?"}, key="k")
    assert (again.headers[REPLAYED], again.content) == ("true", first.content)
    assert admin.balance(user)["suspended"] is True
    problem(admin.send(suspend, {"reason": "x"}), 409, "conflict", "user")
    refused = admin.send("/v1/billing/holds", {"user": user, "amount": 1})
    problem(refused, 402, "wallet_suspended", "user")
    problem(admin.use(user, "1", on_shortfall="reject"), 402, "wallet_suspended", "user")
    done(admin.use(user, "1"))
    assert done(admin.send(resume, {"reason": "not fraud"}))["suspended"] is False
    assert admin.hold(user, "1")["status"] == "open"


def test_a_wallet_of_nobody_cannot_be_suspended(admin: Api) -> None:
    for user in ("a b", "-", "a\u00e9", "a%0Ab", "%0A"):
        path = WALLETS.format(user=user, what="suspend")
        problem(admin.send(path, {"reason": "x"}), 422, "invalid", "user")

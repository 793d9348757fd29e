"""The starter credit over HTTP: once for a verified identity, of which only a digest is taken."""

from __future__ import annotations

import pytest

from tests.api.problems import problem
from tests.api.served import Api, done

STARTER, ALLOWANCE = "/v1/billing/credits/starter", "/v1/billing/allowance"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def test_an_identity_is_welcomed_once_whatever_user_comes_with_it(admin: Api) -> None:
    done(admin.send(STARTER, {"user": "ada", "identity": DIGEST}))
    problem(admin.send(STARTER, {"user": "bo", "identity": DIGEST}), 409, "conflict", "identity")
    done(admin.send(STARTER, {"user": "bo", "identity": DIGEST[::-1]}))


def test_the_free_credit_of_a_month_may_be_for_those_alone_who_are_verified(admin: Api) -> None:
    decided = {"free_monthly": 7, "verified_only": True}
    assert done(admin.send(ALLOWANCE, decided, method="PUT"))["verified_only"] is True
    assert done(admin.get(ALLOWANCE))["verified_only"] is True
    done(admin.send(STARTER, {"user": "ada", "identity": DIGEST}))
    done(admin.send(STARTER, {"user": "bo"}))
    balances = [done(admin.get("/v1/billing/balance", user=each)) for each in ("ada", "bo")]
    assert [each["balance"] for each in balances] == [5007, 5000]


@pytest.mark.parametrize("wrong", ["ada@example.com", "+49 170 1234567", "", "a" * 31, 7])
def test_what_names_a_person_is_no_identity(admin: Api, wrong: object) -> None:
    problem(admin.send(STARTER, {"user": "ada", "identity": wrong}), 422, "invalid", "identity")

"""Deposits, grants, usage and balances: what a caller sends and what comes back."""

from __future__ import annotations

import time
import uuid

import pytest

from tests.api.problems import problem
from tests.api.served import Api, Served, done


def test_a_deposit_is_answered_as_a_transaction(admin: Api) -> None:
    paid = {"amount": "1.05", "currency": "usd"}
    answer = admin.deposit("ada", "1000.5", paid=paid, reference="invoice 7")
    assert answer["id"] == f"{answer['sequence']}-0"
    assert len(bytes.fromhex(answer["hash"])) == 32
    assert answer["user"] == answer["owner"] == "ada"
    assert answer["asset"] == "credit"
    assert answer["category"] == "deposit"
    assert answer["amount"] == answer["balance_after"] == "1000.5"
    assert [lot["kind"] for lot in answer["lots"]] == ["purchased"]
    assert answer["reference"] == "invoice 7"
    assert answer["recorded_at"].endswith("Z")


def test_a_balance_is_read_your_writes_after_every_command(admin: Api) -> None:
    for times in range(1, 20):
        sequence = admin.deposit("ada", "1")["sequence"]
        balance = admin.balance("ada")
        assert balance["available"] == str(times)
        assert balance["as_of_sequence"] == sequence


def test_a_balance_has_every_field_of_the_contract(admin: Api) -> None:
    admin.deposit("ada", "2.5")
    done(admin.use("ada", "4"))
    admin.send("/v1/billing/credits", {"user": "ada", "amount": 1, "kind": "promotional",
                                       "effective_at": "2999-01-01T00:00:00Z"})  # fmt: skip
    balance = admin.balance("ada")
    assert balance["balance"] == -2  # -1.5, rounded down
    assert balance["balance_usd"] == "-0.0015"
    assert (balance["available"], balance["held"], balance["debt"]) == ("0", "0", "1.5")
    assert balance["pending"] == "1"
    assert [lot["kind"] for lot in balance["lots"]] == ["promotional"]
    for name in ("tier", "credits_included", "credits_used", "credits_remaining"):
        assert balance[name] is None
    for name in ("period_start", "period_end", "auto_recharge"):
        assert balance[name] is None


def test_a_balance_never_written_is_zero(admin: Api) -> None:
    balance = admin.balance("nobody")
    assert (balance["balance"], balance["available"], balance["debt"]) == (0, "0", "0")
    assert balance["lots"] == []


def test_what_expired_since_the_last_event_is_not_in_the_balance(admin: Api) -> None:
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    grant = {"user": "ada", "amount": 5, "kind": "promotional", "expires_at": soon}
    done(admin.send("/v1/billing/credits", grant))
    assert admin.balance("ada")["available"] == "5"
    time.sleep(2.1)
    assert admin.balance("ada")["available"] == "0"


def test_money_keeps_the_scale_of_its_currency(admin: Api) -> None:
    assert admin.deposit("ada", "10", asset="usd")["amount"] == "10.00"
    assert admin.deposit("ada", "10", asset="jpy")["amount"] == "10"
    found = done(admin.get("/v1/billing/balance/all", user="ada"))["data"]
    assert {each["asset"]: each["available"] for each in found} == {"usd": "10.00", "jpy": "10"}
    assert admin.balance("ada", asset="usd")["balance_usd"] == "10.00"


def test_usage_is_recorded_even_below_zero_and_the_shortfall_is_debt(admin: Api) -> None:
    admin.deposit("ada", "1")
    answer = done(admin.use("ada", "3", model="m", service="chat"))
    assert answer["category"] == "usage"
    assert (answer["amount"], answer["balance_after"]) == ("-3", "-2")
    assert answer["usage"]["debt"] == "2"
    assert answer["usage"]["model"] == "m"
    assert admin.deposit("ada", "5")["balance_after"] == "3"
    assert admin.balance("ada")["debt"] == "0"


def test_usage_that_asks_to_be_refused_is_refused_and_says_what_is_missing(
    service: Served, admin: Api
) -> None:
    admin.deposit("ada", "1")
    before = service.events(admin.org)
    refused = admin.use("ada", "3.5", on_shortfall="reject")
    facts = problem(refused, 402, "insufficient_credits", None)
    assert (facts["available"], facts["required"], facts["missing"]) == ("1", "3.5", "2.5")
    assert "billing_url" in facts
    assert service.events(admin.org) == before


def test_a_refused_id_may_succeed_after_a_top_up(admin: Api) -> None:
    body = {"id": "r1", "user": "ada", "amount": 2, "on_shortfall": "reject"}
    assert admin.send("/v1/billing/usage", body).status_code == 402
    admin.deposit("ada", "2")
    assert admin.send("/v1/billing/usage", body).status_code == 201


def test_the_pool_of_a_shared_org_pays_and_the_member_is_recorded(service: Served) -> None:
    admin = service.new_admin(billing_mode="shared")
    done(admin.send("/v1/billing/deposits", {"amount": 10}))
    answer = done(admin.use("ada", "4"))
    assert (answer["user"], answer["owner"]) == ("ada", "@pool")
    assert admin.balance("@pool")["available"] == "6"
    assert admin.balance("ada")["available"] == "0"


def test_metadata_and_reason_come_back_and_an_erased_one_is_null(admin: Api) -> None:
    metadata = {"ticket": "T-1", "note": "größer"}
    answer = done(admin.use("ada", "1", metadata=metadata))
    assert answer["metadata"] == metadata
    again = done(admin.get(f"/v1/billing/transactions/{answer['id']}"))
    assert again == answer
    admin.erase("ada")
    erased = done(admin.get(f"/v1/billing/transactions/{answer['id']}"))
    assert erased == answer | {"metadata": None, "erased": True}


def test_a_rate_card_prices_usage_and_is_pinned_in_the_line(admin: Api) -> None:
    prices = [
        {"model": "m", "meter": "input_tokens", "price": "2.50", "per": 1_000_000},
        {"model": "m", "meter": "output_tokens", "price": 10, "per": 1_000_000},
    ]
    card = done(admin.send("/v1/billing/rate-cards", {"prices": prices}, method="PUT"))
    assert (card["card"], card["version"], card["effective_from"]) == (admin.org, 1, None)
    body = {"id": "r1", "user": "ada", "model": "m", "input_tokens": 1000, "output_tokens": 10}
    answer = done(admin.send("/v1/billing/usage", body))
    assert answer["amount"] == "-2.6"
    assert answer["usage"]["rate"] == {
        "card": admin.org,
        "version": 1,
        "unit_prices_usd": {"input_tokens": "0.0000025", "output_tokens": "0.00001"},
        "used_before": None,
    }
    prices[0]["price"] = "5"
    second = done(admin.send("/v1/billing/rate-cards", {"prices": prices}, method="PUT"))
    assert second["version"] == 2
    versions = done(admin.get("/v1/billing/rate-cards"))["data"]
    assert [each["version"] for each in versions] == [2, 1]
    assert versions[1]["prices"][0]["price"] == "2.50"


def test_the_default_card_of_the_platform_prices_every_org(service: Served, admin: Api) -> None:
    price = {"model": f"m-{uuid.uuid4()}", "meter": "requests", "price": "0.001", "per": 1}
    platform = service.operator_of("platform")
    done(platform.send("/v1/billing/rate-cards", {"prices": [price]}, method="PUT"))
    body = {"id": "r1", "user": "ada", "model": price["model"], "quantities": {"requests": 3}}
    assert done(admin.send("/v1/billing/usage", body))["amount"] == "-3"
    versions = done(admin.get("/v1/billing/rate-cards", card="default"))["data"]
    assert versions[0]["prices"][0]["model"] == price["model"]


@pytest.mark.parametrize("path", ["/v1/billing/deposits", "/v1/billing/credits"])
def test_without_a_user_credit_goes_to_the_subject_or_the_pool(
    service: Served, admin: Api, path: str
) -> None:
    body = {"amount": 1} if path.endswith("deposits") else {"amount": 1, "kind": "free"}
    assert done(admin.send(path, body))["user"] == "@pool"
    billing = service.issue(str(admin.org), "billing", subject="ada")
    assert done(billing.send(path, body))["user"] == "ada"

"""Credit granted for later: counted from its grant, and told apart until it is in effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.api.served import Api, Json, Served, done

CREDITS, STATEMENT = "/v1/billing/credits", "/v1/billing/statement"
DAY_S = 86_400


def in_days(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def later(admin: Api, amount: str, days: int = 2, **more: object) -> Json:
    begins = in_days(days).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"user": "ada", "amount": amount, "kind": "promotional", "effective_at": begins, **more}
    return done(admin.send(CREDITS, body))


def statement(admin: Api, days: int = 0, **more: object) -> Json:
    """The month in which it will be that day."""
    return done(admin.get(STATEMENT, user="ada", period=f"{in_days(days):%Y-%m}", **more))


def adds_up(admin: Api, found: Json) -> None:
    """closing = balance + pending, as the wallet has it now."""
    wallet = admin.balance("ada")
    total = Decimal(wallet["available"]) + Decimal(wallet["held"]) - Decimal(wallet["debt"])
    assert (Decimal(found["balance"]), found["pending"]) == (total, wallet["pending"])
    assert Decimal(found["closing"]) == Decimal(found["balance"]) + Decimal(found["pending"])


def test_every_transaction_says_what_is_not_in_effect_after_it(admin: Api) -> None:
    first = admin.deposit("ada", "10")
    granted = later(admin, "4")
    used = done(admin.use("ada", "3"))
    hold = admin.hold("ada", "2")
    captured = done(admin.send(f"/v1/billing/holds/{hold['id']}/capture", {"amount": 1}))
    items = [{"id": f"b{n}", "user": "ada", "amount": 1} for n in range(2)]
    batch = {"mode": "atomic", "items": items}
    results = done(admin.send("/v1/billing/usage/batch", batch, key=None))["results"]
    made = [first, granted, used, captured["transaction"], *(r["transaction"] for r in results)]
    assert [each["pending_after"] for each in made] == ["0", "4", "4", "4", "4", "4"]
    assert [each["balance_after"] for each in made] == ["10", "14", "11", "10", "9", "8"]
    seen = made[-1]["sequence"]
    listed = done(admin.get("/v1/billing/transactions", user="ada", min_sequence=seen))["data"]
    assert listed == made[::-1]
    adds_up(admin, statement(admin, min_sequence=seen))


def test_what_is_pending_is_so_until_it_begins_whoever_looks_when(
    service: Served, admin: Api
) -> None:
    admin.deposit("ada", "10")
    granted = later(admin, "4", days=2)
    later(admin, "7", days=400)
    assert admin.org is not None
    service.let_pass(admin.org, 70 * DAY_S)
    last = admin.deposit("bob", "1")["sequence"]
    found = statement(admin, days=70, min_sequence=last)
    assert (found["opening"], found["opening_pending"]) == ("21", "7")
    assert (found["closing"], found["pending"], found["balance"]) == ("21", "7", "14")
    adds_up(admin, found)
    then = statement(admin, as_of=granted["sequence"])
    assert (then["closing"], then["pending"], then["balance"]) == ("14", "4", "10")


@pytest.mark.parametrize("amount", [None, "1.5"])
def test_what_is_taken_back_before_it_begins_is_pending_no_more(
    admin: Api, amount: str | None
) -> None:
    admin.deposit("ada", "10")
    granted = later(admin, "4")
    body = {"reason": "x"} | ({} if amount is None else {"amount": amount})
    back = done(admin.send(f"/v1/billing/transactions/{granted['id']}/reverse", body))
    left = "0" if amount is None else "2.5"
    assert back["pending_after"] == left
    found = statement(admin, min_sequence=back["sequence"])
    assert (found["pending"], found["balance"]) == (left, "10")
    adds_up(admin, found)
    zapped = done(admin.send("/v1/billing/zap", {"user": "ada", "reason": "x"}))
    found = statement(admin, min_sequence=zapped["sequence"])
    assert (zapped["pending_after"], found["closing"], found["pending"]) == ("0", "0", "0")

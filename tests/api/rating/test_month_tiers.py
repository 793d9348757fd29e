"""Prices that count over a month, as callers publish, quote, use and read them.

A credit is a thousandth of a dollar.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

CARDS, QUOTE = "/v1/billing/rate-cards", "/v1/billing/rate-cards/quote"
USAGE, BATCH, HOLDS = "/v1/billing/usage", "/v1/billing/usage/batch", "/v1/billing/holds"
FREE = {
    "model": "m",
    "meter": "input_tokens",
    "per": 1_000_000,
    "price": "2",
    "free_per_month": 1_000_000,
}
STEPS = [{"up_to": 10, "price": "3"}, {"up_to": 20, "price": "2"}, {"price": "1"}]


def monthly(mode: str = "graduated", **more: object) -> Json:
    tiered = {"model": "m", "meter": "requests", "per": 1, "mode": mode, "tiers": STEPS}
    return {**tiered, "tier_scope": "month", **more}


def put(admin: Api, *prices: Json) -> Json:
    return done(admin.send(CARDS, {"prices": list(prices)}, method="PUT"))


def line(number: int, requests: int, user: str = "ada", **more: object) -> Json:
    quantities = {"requests": requests}
    return {"id": f"r{number}", "user": user, "model": "m", "quantities": quantities, **more}


def quoted(admin: Api, requests: int, user: str = "ada", **more: object) -> Json:
    body = {"user": user, "model": "m", "quantities": {"requests": requests}, **more}
    return done(admin.send(QUOTE, body, key=None))


def test_a_free_allowance_is_a_first_tier_that_costs_nothing(admin: Api) -> None:
    """Of 1,500,000 tokens the first million are free, half a million at 2 dollars cost one."""
    card = put(admin, FREE)
    assert card["prices"][0] | {"model": "m", "meter": "input_tokens", "per": 1_000_000} == {
        **card["prices"][0],
        "mode": "graduated",
        "price": None,
        "tiers": [{"up_to": 1_000_000, "price": "0"}, {"up_to": None, "price": "2"}],
        "tier_scope": "month",
        "tier_over": "payer",
    }
    (shown,) = done(admin.get(CARDS))["data"]
    assert shown["prices"] == card["prices"]
    uses = [{"id": f"{n}", "user": "ada", "model": "m", "input_tokens": 750_000} for n in range(2)]
    first, second = (done(admin.send(USAGE, use)) for use in uses)
    assert (first["amount"], second["amount"]) == ("0", "-1000")
    assert first["usage"]["rate"]["used_before"] == {"input_tokens": 0}
    assert second["usage"]["rate"]["used_before"] == {"input_tokens": 750_000}
    assert second["usage"]["rate"]["unit_prices_usd"] == {"input_tokens": "0.000002"}


def test_what_is_shown_can_be_published_again(admin: Api) -> None:
    card = put(admin, FREE, monthly(tier_over="org"))
    assert put(admin, *card["prices"])["prices"] == card["prices"]


def test_a_quote_is_at_the_present_counter_and_counts_nothing(admin: Api) -> None:
    """4 quoted are 12 dollars; after 8 used, 4 are 2*3 + 2*2 = 10, again and again."""
    put(admin, monthly())
    assert quoted(admin, 4)["amount"] == "12000"
    done(admin.send(USAGE, line(1, 8)))
    answers = [quoted(admin, 4) for _ in range(2)]
    assert [each["amount"] for each in answers] == ["10000", "10000"]
    assert answers[0]["rate"]["used_before"] == {"requests": 8}
    assert quoted(admin, 4, user="bo")["amount"] == "12000"
    assert quoted(admin, 4, occurred_at="2020-01-01T00:00:00Z")["amount"] == "12000"
    assert done(admin.send(USAGE, line(2, 4)))["amount"] == "-10000"


def test_a_shared_org_quotes_what_its_pool_has_used(service: Served) -> None:
    admin = service.new_admin(billing_mode="shared")
    put(admin, monthly())
    assert quoted(admin, 4)["amount"] == "12000"
    done(admin.send(USAGE, line(1, 8, user="bo")))
    assert quoted(admin, 4)["amount"] == "10000"


def test_a_batch_and_a_hold_go_on_from_each_other(admin: Api) -> None:
    """10*3 and 5*2 = 40 dollars; a hold of 6 is 5*2 + 1 = 11; captured for 1 it is 2."""
    put(admin, monthly())
    admin.deposit("ada", "100000")
    body = {"mode": "atomic", "items": [line(1, 10), line(2, 5)]}
    results = done(admin.send(BATCH, body, key=None))["results"]
    assert [each["transaction"]["amount"] for each in results] == ["-30000", "-10000"]
    estimate = {"user": "ada", "model": "m", "quantities": {"requests": 6}}
    hold = done(admin.send(HOLDS, estimate))
    assert hold["amount"] == "11000"
    capture = {"model": "m", "quantities": {"requests": 1}}
    answer = done(admin.send(f"{HOLDS}/{hold['id']}/capture", capture))
    assert answer["transaction"]["amount"] == "-2000"
    assert quoted(admin, 1)["rate"]["used_before"] == {"requests": 16}


def test_a_line_sent_again_is_answered_as_it_was(admin: Api) -> None:
    put(admin, monthly())
    first = done(admin.send(USAGE, line(1, 8)))
    done(admin.send(USAGE, line(2, 8)))
    assert done(admin.send(USAGE, line(1, 8))) == first
    assert quoted(admin, 1)["rate"]["used_before"] == {"requests": 16}


FLAT = {"model": "m", "meter": "requests", "per": 1, "price": "1"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (FLAT | {"tier_scope": "month"}, "prices.0.tier_scope"),
        (FLAT | {"tier_scope": "week"}, "prices.0.tier_scope"),
        (FLAT | {"tier_over": "org"}, "prices.0.tier_over"),
        (monthly(tier_scope="line", tier_over="org"), "prices.0.tier_over"),
        (monthly(tier_over="user"), "prices.0.tier_over"),
        (FREE | {"free_per_month": 0}, "prices.0.free_per_month"),
        (FREE | {"free_per_month": 10**15 + 1}, "prices.0.free_per_month"),
        (FREE | {"tier_scope": "line"}, "prices.0.tier_scope"),
        (FREE | {"mode": "package"}, "prices.0.free_per_month"),
        (monthly(free_per_month=5), "prices.0.free_per_month"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_counts_nothing_over_a_month_is_refused(admin: Api, wrong: Json, field: str) -> None:
    problem(admin.send(CARDS, {"prices": [wrong]}, method="PUT"), 422, "invalid", field)


def test_lines_that_come_at_once_go_on_from_each_other(admin: Api) -> None:
    """Together 40 cost 10*3 + 10*2 + 20*1 = 70 dollars, in whatever order they came."""
    put(admin, monthly(tier_over="org"))
    bodies = [line(n, 1, user=f"u{n % 7}") for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: done(admin.send(USAGE, body)), bodies))
    assert sum(int(answer["amount"]) for answer in answers) == -70_000
    before = [answer["usage"]["rate"]["used_before"]["requests"] for answer in answers]
    assert sorted(before) == list(range(40))

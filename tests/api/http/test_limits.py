"""Limits over HTTP: a refusal comes before anything is done, and says when to come again."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest
import stripe
from starlette.types import ASGIApp

from api.container import Endpoints, stripe_given
from api.http.app import create_front
from api.http.service import Service
from api.settings import Settings
from ledger.stored_value.gift_card_code import code_of
from tests.api.problems import problem
from tests.api.served import OPERATOR_KEY, Api, Served, done, served

BALANCE, USAGE, BATCH = "/v1/billing/balance", "/v1/billing/usage", "/v1/billing/usage/batch"
CHECKOUT = "/v1/billing/checkout"
TRANSACTIONS, STATEMENT = "/v1/billing/transactions", "/v1/billing/statement"
LINES, REQUESTS, NOTICES = 1_000, 100, 3
SIGNS = "whsec_of_limits"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 50_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def service(ends: Endpoints, clock: Clock) -> Iterator[Served]:
    """A service whose windows end when a test says so."""

    def front(service: Service) -> ASGIApp:
        return create_front(replace(service, window_clock=clock))

    settings = Settings(
        operator_key=OPERATOR_KEY,
        limits={"requests": REQUESTS, "usage-lines": LINES, "webhooks-in": NOTICES},
        stripe_key="sk_test_of_limits",
        stripe_webhook_secrets=(SIGNS,),
    )
    ends = replace(ends, stripe=stripe_given(settings))
    with served(ends, settings=settings, front=front) as running:
        yield running


@pytest.fixture(autouse=True)
def another_minute(clock: Clock) -> None:
    clock.now += 60


@pytest.fixture
def member(service: Served, admin: Api) -> Api:
    return service.issue(str(admin.org), "member", "ada")


def limited(answer: httpx.Response, limit: str, policy: str) -> int:
    """Check a refusal by a limit; return the seconds after which it says to come again."""
    body = problem(answer, 429, "rate_limited", None)
    seconds = int(answer.headers["Retry-After"])
    assert (body["limit"], body["retry_after"]) == (limit, seconds)
    assert answer.headers["RateLimit-Policy"] == f'"{limit}";{policy}'
    assert answer.headers["RateLimit"] == f'"{limit}";r=0;t={seconds}'
    assert answer.headers["X-Request-Id"]
    return seconds


def is_counted(service: Served, limit: str) -> float:
    page, counter = service.operator.get("/metrics").text, "tally_http_limited_total"
    found = [line for line in page.splitlines() if f'{counter}{{limit="{limit}"}}' in line]
    return float(found[0].split()[-1]) if found else 0


@pytest.mark.reaches("rate_limited")
def test_a_user_may_ask_for_a_balance_sixty_times_a_minute(
    service: Served, admin: Api, member: Api, clock: Clock
) -> None:
    before = is_counted(service, "balance")
    for left in reversed(range(60)):
        answer = member.get(BALANCE)
        assert answer.is_success
        assert answer.headers["RateLimit-Policy"].endswith('"balance";q=60;w=60')
        assert f'"balance";r={left};t=' in answer.headers["RateLimit"]
    events = service.events(admin.org)
    seconds = limited(member.get(BALANCE), "balance", "q=60;w=60")
    limited(member.get(f"{BALANCE}/all"), "balance", "q=60;w=60")
    assert is_counted(service, "balance") == before + 2
    assert member.get("/v1/billing/holds").is_success
    done(admin.get(BALANCE, user="ada"))
    done(service.issue(str(admin.org), "member", "bob").get(BALANCE))
    assert service.events(admin.org) == events + 1  # the key
    clock.now += seconds
    done(member.get(BALANCE))


@pytest.mark.reaches("rate_limited")
def test_a_users_transactions_and_statements_are_one_limit_and_reports_another(
    member: Api,
) -> None:
    for _ in range(15):
        done(member.get(TRANSACTIONS))
        done(member.get(STATEMENT, period="2026-02"))
    limited(member.get(TRANSACTIONS), "transactions", "q=30;w=60")
    limited(member.get(STATEMENT, period="2026-02"), "transactions", "q=30;w=60")


def test_a_users_reports_of_usage_are_ten_a_minute(member: Api) -> None:
    for _ in range(10):
        done(member.get(USAGE, period="2026-02"))
    limited(member.get(USAGE, period="2026-02"), "usage-queries", "q=10;w=60")


def test_a_user_begins_to_buy_ten_times_a_minute(member: Api) -> None:
    for _ in range(10):
        problem(member.send(CHECKOUT, {}), 400, "missing_input", "success_url")
    limited(member.send(CHECKOUT, {}), "checkout", "q=10;w=60")


def test_notices_of_a_provider_are_limited_once_they_are_known_to_be_its(service: Served) -> None:
    about = {"id": "evt_1", "type": "price.created", "created": 1, "data": {"object": {}}}
    content = json.dumps(about)
    signed = stripe.WebhookSignature.generate_signature_header(content, SIGNS, int(time.time()))

    def tell(signature: str) -> httpx.Response:
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        return service.http.post("/webhooks/stripe", content=content, headers=headers)

    for _ in range(2 * NOTICES):
        problem(tell("t=1,v1=00"), 400, "forged", "Stripe-Signature")
    for _ in range(NOTICES):
        done(tell(signed))
    limited(tell(signed), "webhooks-in", f"q={NOTICES};w=60")


def test_a_refusal_by_a_limit_is_none_of_access(member: Api, admin: Api) -> None:
    while member.get(USAGE, period="2026-02").is_success:
        pass
    for _ in range(3):
        limited(member.get(USAGE, period="2026-02"), "usage-queries", "q=10;w=60")
    problem(member.get("/v1/billing/caps"), 403, "forbidden", None)
    noted = done(admin.get("/v1/audit/refusals"))["data"]
    assert {each["code"] for each in noted} <= {"forbidden"}


def batch(api: Api, lines: int) -> httpx.Response:
    items = [{"id": str(uuid.uuid4()), "user": "ada", "amount": "1"} for _ in range(lines)]
    return api.send(BATCH, {"mode": "atomic", "items": items}, key=None)


def line(api: Api, escaped: bool) -> httpx.Response:
    """One line, as the fast path takes it or as it does not."""
    user = b'"\\u0061da"' if escaped else b'"ada"'
    content = b'{"id": "%b", "user": %b, "amount": "1"}' % (str(uuid.uuid4()).encode(), user)
    return api.raw(USAGE, content, "application/json")


def test_lines_of_an_org_are_counted_alone_and_in_batches_by_every_key_of_it(
    service: Served, admin: Api, clock: Clock
) -> None:
    policy = f'q={LINES};w=1;tally-unit="lines"'
    gateway = service.issue(str(admin.org), "gateway")
    done(batch(admin, LINES - 2))
    assert line(gateway, escaped=False).status_code == 201
    events = service.events(admin.org)
    refused = batch(gateway, 2)
    assert problem(refused, 429, "rate_limited", None)["limit"] == "usage-lines"
    assert refused.headers["RateLimit"] == '"usage-lines";r=1;t=1'
    assert service.events(admin.org) == events
    assert line(gateway, escaped=True).status_code == 201
    for escaped in (False, True):
        limited(line(admin, escaped), "usage-lines", policy)
    limited(batch(admin, 1), "usage-lines", policy)
    other = service.new_admin()
    assert line(other, escaped=False).status_code == 201
    clock.now += 1
    same = {"id": "again", "user": "ada", "amount": "1"}
    done(batch(admin, LINES))
    limited(admin.send(USAGE, same, key=None), "usage-lines", policy)
    clock.now += 1
    first = admin.send(USAGE, same, key=None)
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first.headers


def test_a_key_has_its_requests_on_the_fast_path_and_beside_it(
    service: Served, admin: Api, clock: Clock
) -> None:
    policy = f"q={REQUESTS};w=1"
    asked: list[Callable[[], httpx.Response]] = [
        lambda: admin.get(BALANCE, user="ada"),
        lambda: admin.get("/v1/billing/holds"),
        lambda: line(admin, escaped=False),
        lambda: line(admin, escaped=True),
    ]
    for each in asked:
        each()
    clock.now += 1
    for _ in range(REQUESTS // len(asked)):
        for each in asked:
            assert each().is_success  # none is counted twice
    for each in asked:
        limited(each(), "requests", policy)
    done(service.issue(str(admin.org), "gateway").get(BALANCE, user="ada"))
    clock.now += 1
    done(admin.get(BALANCE, user="ada"))


def test_a_command_that_is_refused_is_done_when_it_comes_again(
    service: Served, admin: Api, clock: Clock
) -> None:
    while admin.get("/v1/billing/holds").is_success:
        pass
    events = service.events(admin.org)
    deposit = {"user": "ada", "amount": "5"}
    sent = [admin.send("/v1/billing/deposits", deposit, key="once") for _ in range(2)]
    for answer in sent:
        limited(answer, "requests", f"q={REQUESTS};w=1")
    assert service.events(admin.org) == events
    clock.now += 1
    first, again = (admin.send("/v1/billing/deposits", deposit, key="once") for _ in range(2))
    assert done(first) == done(again)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert admin.balance("ada")["available"] == "5"


def test_where_two_limits_are_reached_the_answer_names_the_longer(
    member: Api, clock: Clock
) -> None:
    for _ in range(10):
        done(member.get(USAGE, period="2026-02"))
    for _ in range(REQUESTS - 10):
        member.get("/v1/billing/holds")
    limited(member.get("/v1/billing/holds"), "requests", f"q={REQUESTS};w=1")
    limited(member.get(USAGE, period="2026-02"), "usage-queries", "q=10;w=60")


def test_operators_health_and_who_is_not_known_are_not_limited(service: Served, admin: Api) -> None:
    operator, nobody = service.operator_of(str(admin.org)), service.as_holder_of("not ours")
    for _ in range(REQUESTS + 5):
        done(operator.get(BALANCE, user="ada"))
        done(operator.get("/v1/billing/holds"))
        assert service.http.get("/healthz").is_success
        problem(nobody.get(BALANCE), 401, "unauthenticated", "Authorization")


def test_a_key_is_told_what_is_left_when_little_is(admin: Api) -> None:
    told = [admin.get(BALANCE, user="ada").headers.get("RateLimit", "") for _ in range(REQUESTS)]
    assert not any(told[: REQUESTS // 2])
    assert told[-1] == '"requests";r=0;t=1'


@pytest.mark.reaches("rate_limited")
def test_a_user_tries_ten_codes_of_gift_cards_a_minute_and_a_service_more(
    admin: Api, member: Api
) -> None:
    code = code_of(b"nobody has this one")
    order = {"lines": [{"sku": "none"}], "currency": "usd", "expected_total": "1"}

    def guess(caller: Api, *, buys: bool = False) -> httpx.Response:
        if buys:
            return caller.send("/v1/checkout", order | {"gift_cards": [code]})
        return caller.send("/v1/gift-cards/lookup", {"code": code}, key=None)

    assert {guess(member, buys=n % 2 > 0).status_code for n in range(10)} == {404}
    limited(guess(member), "gift-card-codes", "q=10;w=60")
    assert {guess(admin).status_code for _ in range(11)} == {404}

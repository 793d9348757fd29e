"""Limits: what is let through, what is refused, and what is told, by a clock of the test's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import pytest

from api.http.errors import RateLimited
from api.http.limits import limiter as limiters
from api.http.limits.counters import REST_S, SWEEP_S, MemoryCounters, SharedCounters
from api.http.limits.limiter import Demand, Limiter
from api.http.limits.standing import told
from api.limits import LIMITS, OF_USERS, REQUESTS, USAGE_LINES, Limit, configured, parse_amounts
from api.permissions import GRANTED
from ledger.kernel.ids import PLATFORM
from ledger.kernel.limits import LINES_PER_EVENT_MAX
from tests.reached import raises

BALANCE = LIMITS["balance"]
ADA: Demand = (BALANCE, "acme", "ada")
KEY: Demand = (REQUESTS, "acme", "key")
LINES: Demand = (USAGE_LINES, "acme", "")
BY_CODE = {
    *("requests", "usage-lines", "webhooks-in", "long-reads", "open-streams"),
    *("gift-card-codes", "gift-card-lookups"),
}


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Scene:
    """A limiter, its counters and its clock."""

    def __init__(self, **amounts: int | None) -> None:
        self.clock = Clock()
        self.counters = MemoryCounters(self.clock)
        self.refused: list[str] = []
        amount_of = configured({name.replace("_", "-"): each for name, each in amounts.items()})
        noted = self.refused.append
        self.limiter = Limiter(self.counters, amount_of, noted, self.clock, epoch=0.0)

    def spends(self, *demands: Demand, cost: int = 1) -> dict[str, str]:
        """What is told when all is let through."""

        async def inside() -> dict[str, str]:
            await self.limiter.spend(demands, cost)
            return told()

        return asyncio.run(inside())

    def refuses(self, *demands: Demand, cost: int = 1) -> tuple[RateLimited, dict[str, str]]:
        """The refusal, and what is told of it."""

        async def inside() -> tuple[RateLimited, dict[str, str]]:
            with raises(RateLimited) as raised:
                await self.limiter.spend(demands, cost)
            assert isinstance(raised.value, RateLimited)
            return raised.value, told()

        return asyncio.run(inside())


def test_the_table_has_the_standards_amounts_and_names_permissions_that_there_are() -> None:
    minute = {name: limit.amount for name, limit in LIMITS.items() if limit.seconds == 60}
    assert minute == {
        "balance": 60,
        "transactions": 30,
        "usage-queries": 10,
        "checkout": 10,
        "orders": 60,
        "subscribe": 5,
        "webhooks-in": 1_000,
        "gift-card-codes": 10,
        "gift-card-lookups": 600,
    }
    assert OF_USERS.keys() <= GRANTED.keys()
    counted = BY_CODE | {limit.name for limit in OF_USERS.values()}
    assert LIMITS.keys() == counted
    assert USAGE_LINES.least == LINES_PER_EVENT_MAX


@pytest.mark.reaches("rate_limited")
def test_an_amount_is_let_through_in_a_window_and_again_in_the_next() -> None:
    scene = Scene()
    for left in reversed(range(60)):
        headers = scene.spends(ADA)
        assert headers["RateLimit-Policy"] == '"balance";q=60;w=60'
        assert headers["RateLimit"].startswith(f'"balance";r={left};t=')
    refusal, headers = scene.refuses(ADA)
    seconds = refusal.facts["retry_after"]
    assert refusal.facts["limit"] == "balance"
    assert headers["RateLimit"] == f'"balance";r=0;t={seconds}'
    assert isinstance(seconds, int)
    assert 0 < seconds <= 60
    assert f"{seconds} s." in refusal.detail
    scene.spends((BALANCE, "acme", "bob"))
    scene.spends((BALANCE, "other", "ada"))
    scene.clock.now += seconds
    scene.spends(ADA)
    assert scene.refused == ["balance"]


def test_of_two_limits_that_are_reached_the_one_that_lasts_longest_is_told() -> None:
    scene = Scene(requests=3, balance=5)
    for _ in range(3):
        scene.spends(KEY, ADA)
    for both in ((KEY, ADA), (ADA, KEY)):
        assert scene.refuses(*both)[0].facts["limit"] == "requests"  # the minute has room
    scene.clock.now += 1
    for _ in range(2):
        scene.spends(KEY, ADA)
    scene.spends(KEY)
    for both in ((KEY, ADA), (ADA, KEY)):
        refusal, headers = scene.refuses(*both)
        assert refusal.facts["limit"] == "balance"
        assert int(str(refusal.facts["retry_after"])) > 1
        assert headers["RateLimit"].startswith('"balance";r=0')


def test_a_refusal_by_one_limit_spends_nothing_of_another() -> None:
    scene = Scene(balance=2, requests=5)
    for _ in range(2):
        scene.spends(KEY, ADA)
    for _ in range(10):
        scene.refuses(KEY, ADA)
    for _ in range(3):
        scene.spends(KEY)
    assert scene.refuses(KEY)[0].facts["limit"] == "requests"


def test_a_batch_that_is_refused_leaves_what_there_is_to_a_smaller_one() -> None:
    scene = Scene(usage_lines=1_500)
    scene.spends(LINES, cost=1_000)
    _, headers = scene.refuses(LINES, cost=1_000)
    assert headers["RateLimit"] == '"usage-lines";r=500;t=1'
    assert headers["RateLimit-Policy"] == '"usage-lines";q=1500;w=1;tally-unit="lines"'
    scene.spends(LINES, cost=500)
    scene.refuses(LINES)


def test_a_key_is_told_when_little_is_left_and_a_user_always() -> None:
    scene = Scene(requests=1_000)
    assert scene.spends(KEY) == {}
    assert [*scene.spends(KEY, ADA).values()][1].startswith('"balance";r=59')
    told_of = [bool(scene.spends(KEY)) for _ in range(998)]
    assert not any(told_of[:800])
    assert all(told_of[-100:])


def test_what_is_taken_already_is_spent_without_asking() -> None:
    scene = Scene()
    assert not scene.limiter.spend_here(KEY)
    scene.spends(KEY)
    portion = 50_000 // 64
    assert [scene.limiter.spend_here(KEY) for _ in range(portion)] == [True] * (portion - 1) + [
        False
    ]
    scene.spends(KEY)
    scene.clock.now += 1
    assert not scene.limiter.spend_here(KEY)


def test_a_limit_that_is_lifted_holds_nobody_and_is_not_told_of() -> None:
    scene = Scene(balance=None)
    assert scene.spends(ADA) == {}
    assert all(scene.limiter.spend_here(ADA, 10**9) for _ in range(1_000))


def test_operators_are_not_limited() -> None:
    scene = Scene(requests=1)
    operator: Demand = (REQUESTS, PLATFORM, "environment")
    for _ in range(10):
        assert scene.spends(operator) == {}


def test_an_amount_is_looked_up_for_each_org_and_each_window() -> None:
    amounts = {"acme": 1, "plus": 3}
    clock = Clock()

    def of_plan(org: str, limit: Limit) -> int | None:
        return amounts[org]

    async def let_through(limiter: Limiter, org: str) -> int:
        for times in range(10):
            try:
                await limiter.spend([(BALANCE, org, "ada")])
            except RateLimited:
                return times
        return 10

    limiter = Limiter(MemoryCounters(clock), of_plan, lambda _: None, clock, epoch=0.0)
    assert asyncio.run(let_through(limiter, "acme")) == 1
    assert asyncio.run(let_through(limiter, "plus")) == 3
    amounts["acme"] = 5
    assert asyncio.run(let_through(limiter, "acme")) == 0
    clock.now += 60
    assert asyncio.run(let_through(limiter, "acme")) == 5


def test_who_is_forgotten_gets_no_more_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiters, "ALLOTMENTS_MAX", 2)
    scene = Scene(balance=2)
    scene.spends(ADA)
    for user in ("bob", "eve", "mia"):
        scene.spends((BALANCE, "acme", user))
    scene.spends(ADA)
    scene.refuses(ADA)


def test_counters_that_have_ended_take_no_room() -> None:
    scene = Scene()
    for number in range(500):
        scene.spends((BALANCE, "acme", f"user {number}"))
    assert len(scene.counters) == 500
    scene.clock.now += 2 * 60 + SWEEP_S
    scene.spends(ADA)
    assert len(scene.counters) == 1


def test_the_amounts_that_an_operator_sets_are_read_or_refused() -> None:
    assert parse_amounts("balance=120 requests=none\n usage-lines=1000") == {
        "balance": 120,
        "requests": None,
        "usage-lines": 1000,
    }
    for wrong, why in (
        ("balances=1", "there is no limit balances: there are requests,"),
        ("balance", "balance must be a number from 1 to"),
        ("balance=0", "balance must be a number from 1 to"),
        ("balance=1.5", "or none"),
        ("usage-lines=999", "usage-lines must be a number from 1000 to"),
        (f"balance={10**10}", "to 1000000000"),
    ):
        with pytest.raises(ValueError, match=why):
            parse_amounts(wrong)


class Gone:
    """A store that does not answer while it is away."""

    def __init__(self) -> None:
        self.is_away = True
        self.asked = 0

    async def incr(self, key: str, expiry: int, amount: int) -> int:
        self.asked += 1
        if self.is_away:
            raise ConnectionError("away")
        return 40 + amount

    async def close(self) -> None:
        """Nothing is open."""


def test_while_a_store_is_away_a_process_counts_for_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, clock = Gone(), Clock()
    counters = SharedCounters(store, MemoryCounters(clock), clock)

    def add() -> int:
        counted: Coroutine[Any, Any, int] = counters.incr("key", 60, 1)
        return asyncio.run(counted)

    with caplog.at_level(logging.WARNING):
        assert [add() for _ in range(5)] == [1, 2, 3, 4, 5]
    assert store.asked == 1
    assert len(caplog.records) == 1
    clock.now += REST_S
    assert add() == 6
    assert store.asked == 2
    clock.now += REST_S
    store.is_away = False
    assert add() == 41

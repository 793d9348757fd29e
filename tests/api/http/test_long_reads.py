"""Reads that take long: bounded in bytes, few of one org at once, and out of the others' way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from api.container import Endpoints
from api.http.read_turns import ReadTurns
from api.limits import LONG_READS, OPEN_STREAMS, configured
from api.queries import spans
from api.queries.credits import transactions
from api.settings import Settings
from api.writer.recent_orgs import RecentOrgs
from tests.api.problems import problem
from tests.api.served import LIFTED, OPERATOR_KEY, Api, Json, Served, done, served

EVENTS, LISTED = "/v1/audit/events", "/v1/billing/transactions"
LONG: list[tuple[str, Json]] = [
    (EVENTS, {}),
    (f"{EVENTS}/1", {}),
    ("/v1/audit/refusals", {}),
    (LISTED, {}),
    ("/v1/billing/statement", {"period": "2026-02"}),
    ("/v1/billing/usage", {"period": "2026-02"}),
    ("/v1/billing/balance", {"as_of": "1"}),
    ("/v1/billing/balance/all", {"as_of": "1"}),
    ("/v1/billing/holds", {}),
    ("/v1/billing/caps", {}),
    ("/v1/billing/alerts", {}),
    ("/v1/billing/rate-cards", {}),
]
STREAMS: list[tuple[str, Json]] = [
    ("/v1/audit/export", {"from": "1", "to": "1"}),
    ("/v1/audit/journal", {"format": "csv"}),
]


def batch(api: Api, name: str, lines: int) -> None:
    """One event of many lines."""
    items = [{"id": f"{name}.{n}", "user": "ada", "amount": "0.001"} for n in range(lines)]
    sent = api.send("/v1/billing/usage/batch", {"mode": "atomic", "items": items}, key=None)
    assert done(sent)["results"][-1]["status"] == 201


# -- bounded in bytes ----------------------------------------------------------------------------


def test_a_list_of_events_carries_lines_only_on_request(admin: Api) -> None:
    batch(admin, "b", 200)
    (listed,) = done(admin.get(EVENTS, type="credits.UsageRecorded"))["data"]
    assert listed["body"] is None
    (whole,) = done(admin.get(EVENTS, type="credits.UsageRecorded", lines="true"))["data"]
    assert len(whole["body"]["lines"]) == 200
    stored = json.dumps(whole["body"], separators=(",", ":"), ensure_ascii=False)
    assert whole["body_bytes"] == listed["body_bytes"] == len(stored.encode())
    assert done(admin.get(f"{EVENTS}/{listed['sequence']}")) == whole
    problem(admin.get(EVENTS, lines="yes"), 422, "invalid", "lines")
    others = done(admin.get(EVENTS, type="tenancy.OrgRegistered"))["data"]
    assert all(each["body"] for each in others)


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_page_of_events_is_bounded_in_bytes_and_the_walk_is_whole(
    admin: Api, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(spans, "PAGE_BYTES", 30_000)
    for number in range(6):
        batch(admin, f"b{number}", 100)
    query = {"order": order, "lines": "true", "limit": 1000}
    seen: list[int] = []
    sizes: list[int] = []
    cursor: Json = {}
    while True:
        answer = admin.get(EVENTS, **query, **cursor)
        page = done(answer)
        seen += [each["sequence"] for each in page["data"]]
        sizes.append(len(answer.content))
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen, reverse=order == "desc") == seen == list(dict.fromkeys(seen))
    assert len(seen) == page["as_of_sequence"]
    assert len(sizes) > 2
    assert max(sizes) < 80_000


def test_a_filter_that_reads_bodies_looks_at_a_bounded_part_of_them(
    admin: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans, "SPAN_BYTES", 10_000)
    monkeypatch.setattr(spans, "SPANS_MAX", 2)
    done(admin.use("bob", "1"))
    for number in range(6):
        batch(admin, f"b{number}", 100)
    found: list[Json] = []
    cursor: Json = {}
    pages = 0
    while True:
        page = done(admin.get(EVENTS, user="bob", limit=1000, **cursor))
        pages, found = pages + 1, found + page["data"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert pages > 2
    assert {each["wallet"]["owner"] for each in found} == {"bob"}


def test_a_list_of_transactions_with_long_metadata_is_bounded(
    admin: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "TEXTS_MAX", 2_000)
    monkeypatch.setattr(transactions, "TEXTS_PART", 2)
    for number in range(7):
        done(admin.use("ada", "1", metadata={"a": "x" * 490, "b": f"{number}" * 490}))
    seen: list[str] = []
    cursor: Json = {}
    while True:
        page = done(admin.get(LISTED, limit=1000, **cursor))
        assert len(page["data"]) <= 4
        seen += [each["metadata"]["b"][0] for each in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == list("6543210")


# -- few of one org ------------------------------------------------------------------------------


@pytest.fixture
def full(service: Served, admin: Api) -> Iterator[Api]:
    """An admin whose org has as many long reads and streams as it may."""
    reads, org = service.service.reads, str(admin.org)
    with ExitStack() as held:
        for _ in range(LONG_READS.amount):
            held.enter_context(reads.asked(org))
        for _ in range(OPEN_STREAMS.amount):
            held.enter_context(reads.stream(org))
        yield admin


@pytest.mark.parametrize(("path", "query"), LONG + STREAMS)
@pytest.mark.reaches("too_many_reads")
def test_an_org_has_a_small_number_of_long_reads_at_once(
    service: Served, full: Api, path: str, query: Json
) -> None:
    refused = full.get(path, **query)
    problem(refused, 429, "too_many_reads", None)
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["RateLimit"] in ('"long-reads";r=0', '"open-streams";r=0')
    assert 'qu="concurrent-requests"' in refused.headers["RateLimit-Policy"]
    other = service.new_admin()
    answered = other.get(path, **query)
    assert answered.is_success or answered.json()["code"] == "not_sealed"
    done(full.get("/v1/billing/balance", user="ada"))


def test_reads_of_one_org_wait_for_each_other_and_are_all_answered(admin: Api) -> None:
    admin.deposit("ada", "5")
    with ThreadPoolExecutor(12) as threads:
        asked = [threads.submit(admin.get, "/v1/billing/balance", as_of="2") for _ in range(12)]
        assert {each.result().status_code for each in asked} == {200}


def test_a_place_is_free_again_when_a_read_has_ended_or_was_refused(ends: Endpoints) -> None:
    few = LIFTED | {LONG_READS.name: 4, OPEN_STREAMS.name: 4}
    with served(ends, settings=Settings(operator_key=OPERATOR_KEY, limits=few)) as service:
        admin = service.new_admin()
        for path, query in LONG + STREAMS:
            for _ in range(6):
                assert admin.get(path, **query).status_code != 429, path
        while service.service.reads.orgs():  # while others are here, a turn is left after a rest
            done(admin.get("/v1/billing/balance", user="ada"))


def test_an_org_has_one_turn_at_a_time_and_leaves_others_theirs() -> None:
    refused: list[str] = []
    turns, order = ReadTurns(RecentOrgs(), configured({}), refused.append), []

    async def read(org: str) -> None:
        async with turns.turn(org):
            order.append(org)

    async def scene() -> None:
        async with turns.turn("a"):
            second = asyncio.create_task(read("a"))
            await asyncio.gather(*(read(org) for org in "bcd"))
            assert order == list("bcd")
        await second

    asyncio.run(scene())
    assert order == list("bcda")

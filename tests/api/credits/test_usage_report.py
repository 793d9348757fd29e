"""Usage reports: of any period and group, from either copy, as JSON or as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import httpx
import pytest

from api.container import Endpoints
from tests.api.problems import problem
from tests.api.served import Api, done, served

USAGE = "/v1/billing/usage"
FEBRUARY = {"period": "2026-02"}
LINES = (
    ("ada", "1.5", "2026-02-01T00:00:00Z", "m1", "chat", 10),
    ("ada", "0.000001", "2026-02-01T00:59:59.999999Z", "m2", None, 20),
    ("bob", "2", "2026-02-01T01:00:00Z", "m1", "=1+1", 30),
    ("bob", "3", "2026-02-28T23:59:59Z", "m1", "-2", 40),
    ("bob", "7", "2026-03-01T00:00:00Z", "m1", "chat", 50),
)


@pytest.fixture(scope="module")
def told(ends: Endpoints) -> Iterator[Api]:
    with served(ends) as service:
        admin = service.new_admin()
        for user, amount, at, model, label, tokens in LINES:
            more = {"model": model, "occurred_at": at, "input_tokens": tokens}
            if label:
                more["service"] = label
            last = done(admin.use(user, amount, quantities={"images": 2}, **more))
        done(admin.get(USAGE, **FEBRUARY, min_sequence=last["sequence"]))
        yield admin


@pytest.fixture(scope="module")
def without_clickhouse(ends: Endpoints, told: Api) -> Iterator[Api]:
    """The same org, asked of a service that cannot reach ClickHouse."""
    away = replace(ends, clickhouse_url="http://x:y@127.0.0.1:9/none")
    with served(away, read_models=False) as service:
        yield Api(service.http, told.secret, told.org)


def as_csv(api: Api, **query: str) -> httpx.Response:
    return api.http.get(USAGE, params=query, headers=api.headers | {"Accept": "text/csv"})


def test_both_copies_say_the_same_of_every_group(told: Api, without_clickhouse: Api) -> None:
    groups = ("model", "service", "project", "provider", "user")
    asked = [",".join(names) for many in range(4) for names in combinations(groups, many)]
    for place, group_by in enumerate(asked):
        query: dict[str, object] = {"period": "2026-02-01..2026-03", "group_by": group_by or None}
        query["granularity"] = (None, "daily", "monthly")[place % 3]
        given = {name: value for name, value in query.items() if value}
        answers = [done(api.get(USAGE, **given)) for api in (told, without_clickhouse)]
        assert [each.pop("source") for each in answers] == ["clickhouse", "postgresql"]
        assert answers[0] == answers[1], given
        assert sum(each["lines"] for each in answers[0]["data"]) == len(LINES)


def test_pages_of_either_copy_follow_each_other(told: Api, without_clickhouse: Api) -> None:
    query = {**FEBRUARY, "granularity": "hourly", "group_by": "user,service", "limit": 1}
    for api in (told, without_clickhouse):
        seen, cursor = [], None
        while True:
            page = done(api.get(USAGE, **query, **({"cursor": cursor} if cursor else {})))
            seen += [(each["hour"], each["user"], each["service"]) for each in page["data"]]
            if not (cursor := page["next_cursor"]):
                break
        assert seen == [
            ("2026-02-01T00:00:00Z", "ada", None),
            ("2026-02-01T00:00:00Z", "ada", "chat"),
            ("2026-02-01T01:00:00Z", "bob", "=1+1"),
            ("2026-02-28T23:00:00Z", "bob", "-2"),
        ]


def test_a_period_is_a_year_a_month_a_day_or_a_range(told: Api) -> None:
    lines = {
        "2026": 5,
        "2026-02": 4,
        "2026-02-01": 3,
        "2026-02-02": 0,
        "2026-02-28..2026-03": 2,
        "2025..2026": 5,
    }
    for period, many in lines.items():
        report = done(told.get(USAGE, period=period))
        assert report["period"] == period
        assert sum(each["lines"] for each in report["data"]) == many
    months = done(told.get(USAGE, period="2026", granularity="monthly"))["data"]
    assert [(each["month"], each["amount"]) for each in months] == [
        ("2026-02", "6.500001"),
        ("2026-03", "7"),
    ]


def test_a_table_is_exact_and_no_cell_is_a_formula(told: Api, without_clickhouse: Api) -> None:
    for api, source in ((told, "clickhouse"), (without_clickhouse, "postgresql")):
        answer = as_csv(api, **FEBRUARY, group_by="service,model")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert answer.headers["Tally-Source"] == source
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [(each["service"], each["model"], each["amount"]) for each in rows] == [
            ("", "m2", "0.000001"),
            ("'-2", "m1", "3"),
            ("'=1+1", "m1", "2"),
            ("chat", "m1", "1.5"),
        ]
        assert rows[0]["amount_usd"] == "0.000000001"
        assert {each["images"] for each in rows} == {"2"}


@pytest.mark.parametrize("name", ["limit", "cursor"])
def test_a_table_has_no_pages(told: Api, name: str) -> None:
    problem(as_csv(told, **FEBRUARY, **{name: "1"}), 422, "invalid", name)

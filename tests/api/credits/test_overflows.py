"""Sums of what fits, which do not fit themselves: added up exactly, or refused by name."""

from __future__ import annotations

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.lazy_client import LazyClient
from ledger.kernel.times import format_time
from projections.credits.usage import READ_MODEL, UsageRow
from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

MOST = "9223372036854.775807"
"""2**63 - 1 microcredits."""

PERIOD = "2026-02"
STARTER, ALLOWANCE = "/v1/billing/credits/starter", "/v1/billing/allowance"


def test_a_cap_counts_beyond_64_bits(admin: Api) -> None:
    caps: list[Json] = [
        {"id": period, "limit": MOST, "period": period, "thresholds": [100, 200]}
        for period in ("day", "month")
    ]
    caps.append({"id": "week", "limit": MOST, "period": "rolling", "days": 7})
    done(admin.send("/v1/billing/caps", {"caps": caps}, method="PUT"))
    for user in ("ada", "bob", "cy"):
        done(admin.use(user, MOST))
    read = done(admin.get("/v1/billing/caps"))["data"]
    assert [cap["counters"][0]["spent"] for cap in read] == ["27670116110564.327421"] * 3
    alerts = done(admin.get("/v1/billing/alerts"))["data"]
    assert {alert["spent"] for alert in alerts} == {MOST, "18446744073709.551614"}
    refused = admin.use("ada", "1", on_shortfall="reject")
    assert refused.status_code == 402


def test_a_reversal_that_would_take_the_debt_over_64_bits_is_refused(
    service: Served, admin: Api
) -> None:
    deposited = admin.deposit("ada", MOST)
    done(admin.use("ada", MOST))
    done(admin.use("ada", MOST))
    before = service.events(admin.org)
    reverse = f"/v1/billing/transactions/{deposited['id']}/reverse"
    problem(admin.send(reverse, {"reason": "x"}), 422, "invalid", "amount")
    problem(admin.send(reverse, {"reason": "x", "amount": 1}), 422, "invalid", "amount")
    assert service.events(admin.org) == before
    assert admin.balance("ada")["debt"] == MOST


def test_a_starter_is_given_also_where_the_allowance_does_not_fit(
    service: Served, admin: Api
) -> None:
    admin.deposit("ada", "9223372031854.775807")  # with the starter's 5,000 it is full
    done(admin.send(ALLOWANCE, {"free_monthly": 1}, method="PUT"))
    before = service.events(admin.org)
    given = done(admin.send(STARTER, {"user": "ada"}))
    assert given["amount"] == "5000"
    assert service.events(admin.org) == before + 1
    admin.deposit("bob", MOST)
    before = service.events(admin.org)
    problem(admin.send(STARTER, {"user": "bob"}), 422, "invalid", "user")
    assert service.events(admin.org) == before
    assert admin.balance("bob")["available"] == MOST


def test_a_report_adds_up_beyond_64_bits(service: Served, admin: Api) -> None:
    line = {"id": "r", "user": "ada", "amount": MOST, "quantities": {"requests": 1}}
    seen = done(admin.send("/v1/billing/usage", line, key=None))["sequence"]
    done(admin.get("/v1/billing/usage", period=PERIOD, min_sequence=seen))
    table = ClickHouseTable(LazyClient(service.ends.clickhouse_url), READ_MODEL)
    assert admin.org is not None
    (row,) = map(UsageRow._make, table.at(admin.org, seen, 0))
    rows = [_large(row, place) for place in (1, 2, 3)]
    table.insert(rows, "large")
    table.close()
    month = done(admin.get("/v1/billing/usage", period=_month(row)))["data"][0]
    for name in ("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens"):
        assert month[name] == 3 * 2**63
    assert month["quantities"] == {"requests": 3 * 2**63 + 1}
    assert month["amount"] == "36893488147419.103228"


def _large(row: UsageRow, line: int) -> UsageRow:
    most = 2**63
    return row._replace(
        line=line,
        input_tokens=most,
        cached_tokens=most,
        cache_write_tokens=most,
        output_tokens=most,
        quantities={"requests": most},
    )


def _month(row: UsageRow) -> str:
    return format_time(row.occurred_at)[:7]


def test_a_list_does_not_wait_for_a_sequence_that_is_not_there(admin: Api) -> None:
    for path in ("transactions", "statement", "usage"):
        query = {} if path == "transactions" else {"period": PERIOD}
        answer = admin.get(f"/v1/billing/{path}", min_sequence=2**63 - 1, **query)
        problem(answer, 422, "invalid", "min_sequence")

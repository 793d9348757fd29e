"""Starter credit and monthly allowances through the API and the scheduler, on real engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.container import clock_us
from ledger.kernel.times import format_time, moment, month_of, parse_time
from tests.api.served import Served, done, served
from tests.processes.jobs.store import Store, wait_for

STARTER = "/v1/billing/credits/starter"
ALLOWANCE = "/v1/billing/allowance"
CREDITS = "/v1/billing/credits"


@pytest.fixture(scope="module")
def service(store: Store) -> Iterator[Served]:
    with served(store.ends) as running:
        yield running


def test_64_requests_at_once_are_one_starter_credit(service: Served, store: Store) -> None:
    admin = service.new_admin()
    with ThreadPoolExecutor(64) as pool:
        answers = list(
            pool.map(lambda n: admin.send(STARTER, {"user": "ada"}, key=f"k{n}"), range(64))
        )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 63}
    (first,) = (answer for answer in answers if answer.status_code == 201)
    given = done(first)
    assert (given["amount"], given["lots"][0]["kind"]) == ("5000", "promotional")
    days = parse_time(given["lots"][0]["expires_at"], "t") - parse_time(given["recorded_at"], "t")
    assert days == 30 * 24 * 3600 * 1_000_000
    assert admin.balance("ada")["available"] == "5000"
    store.verify()


def test_the_same_request_again_is_answered_again(service: Served) -> None:
    admin = service.new_admin()
    first = admin.send(STARTER, {"user": "ada"}, key="k")
    again = admin.send(STARTER, {"user": "ada"}, key="k")
    assert done(again) == done(first)
    assert again.headers["Idempotency-Replayed"] == "true"
    refused = admin.send(STARTER, {"user": "@pool"})
    assert (refused.status_code, refused.json()["field"]) == (422, "user")
    assert service.issue(str(admin.org), "gateway").send(STARTER, {"user": "b"}).status_code == 403


def test_an_allowance_is_given_to_every_wallet_once_by_the_scheduler(
    service: Served, store: Store, tmp_path: Path
) -> None:
    admin = service.new_admin()
    for n in range(20):
        admin.deposit(f"user-{n}", "1")
    admin.deposit("@pool", "1")
    assert done(admin.get(ALLOWANCE))["free_monthly"] is None
    assert done(admin.send(ALLOWANCE, {"free_monthly": 100}, method="PUT"))["free_monthly"] == "100"
    month = month_of(clock_us())
    with store.jobs(tmp_path), store.jobs(tmp_path):
        wait_for(lambda: done(admin.get(ALLOWANCE))["granted_month"] == month)
    for n in range(20):
        assert admin.balance(f"user-{n}")["available"] == "101"
    assert admin.balance("@pool")["available"] == "1"
    assert store.count(str(admin.org), "AllowancesGranted") == 1
    ends = {lot["expires_at"] for lot in admin.balance("user-1")["lots"] if lot["kind"] == "free"}
    (end,) = ends
    assert (end[8:], month_of(parse_time(end, "t") - 1)) == ("01T00:00:00.000000Z", month)
    # Welcomed after the first: at once, and not again.
    done(admin.send(STARTER, {"user": "late"}))
    assert admin.balance("late")["available"] == "5100"
    store.verify()


def test_an_allowance_that_is_none_is_read_and_taken_back(service: Served) -> None:
    admin = service.new_admin()
    done(admin.send(ALLOWANCE, {"free_monthly": "0.5"}, method="PUT"))
    assert done(admin.get(ALLOWANCE))["free_monthly"] == "0.5"
    done(admin.send(ALLOWANCE, {"free_monthly": None}, method="PUT"))
    assert done(admin.get(ALLOWANCE))["free_monthly"] is None
    for wrong in ({}, {"free_monthly": 0}, {"free_monthly": "-1"}, {"free_monthly": 1.5}):
        assert admin.send(ALLOWANCE, wrong, method="PUT").status_code == 422


def test_included_credit_ends_90_days_after_its_period(service: Served) -> None:
    admin = service.new_admin()
    end_us = clock_us() // 1_000_000 * 1_000_000
    body = {"user": "ada", "amount": 10, "kind": "included", "period_end": format_time(end_us)}
    (lot,) = done(admin.send(CREDITS, body))["lots"]
    assert (moment(parse_time(lot["expires_at"], "t")) - moment(end_us)).days == 90
    refused = admin.send(CREDITS, body | {"kind": "free"})
    assert (refused.status_code, refused.json()["field"]) == (422, "period_end")


def test_free_credit_resets_over_http_and_verifies(service: Served, store: Store) -> None:
    admin = service.new_admin()
    for amount in ("5", "3"):
        done(admin.send(CREDITS, {"user": "ada", "amount": amount, "kind": "free"}))
    assert admin.balance("ada")["available"] == "3"
    store.verify()

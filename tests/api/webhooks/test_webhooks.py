"""Webhooks over HTTP: bad ones are refused with the field at fault, and a request sent again has
its first answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.container import Endpoints
from ledger.webhooks.webhook_book import WEBHOOKS_MAX
from tests.api.served import Api, Served, done, served

WEBHOOKS = "/v1/webhooks"
URL = "https://93.184.215.14/told"
GOOD = {"url": URL, "events": ["credits.*"]}


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    with served(ends, read_models=False) as running:
        yield running


@pytest.fixture
def admin(service: Served) -> Api:
    return service.new_admin()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"events": ["*"]}, "url"),
        ({"url": URL}, "events"),
        ({**GOOD, "url": 7}, "url"),
        ({**GOOD, "url": "http://example.com/"}, "url"),
        ({**GOOD, "url": "https://169.254.169.254/latest/meta-data"}, "url"),
        ({**GOOD, "url": "https://u:p@example.com/"}, "url"),
        ({**GOOD, "events": []}, "events"),
        ({**GOOD, "events": "*"}, "events"),
        ({**GOOD, "events": ["*"] * 51}, "events"),
        ({**GOOD, "events": ["credits.*", "credits.Nothing"]}, "events.1"),
        ({**GOOD, "events": [None]}, "events.0"),
        ({**GOOD, "secret": "mine"}, "secret"),
    ],
)
def test_what_is_no_webhook_is_refused_with_its_field(
    admin: Api, body: dict[str, Any], field: str
) -> None:
    answer = admin.send(WEBHOOKS, body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert done(admin.get(WEBHOOKS))["data"] == []


def test_a_request_sent_again_has_the_same_answer_and_secret(admin: Api) -> None:
    first, again = (admin.send(WEBHOOKS, GOOD, key="once") for _ in range(2))
    assert done(first) == done(again)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(done(admin.get(WEBHOOKS))["data"]) == 1


def test_an_org_has_so_many_and_no_more(admin: Api) -> None:
    for _ in range(WEBHOOKS_MAX):
        done(admin.send(WEBHOOKS, GOOD))
    answer = admin.send(WEBHOOKS, GOOD)
    assert answer.status_code == 409
    assert "at most" in answer.json()["detail"]


def test_secrets_differ_by_org_webhook_and_generation(service: Served) -> None:
    secrets = set()
    for _ in range(2):
        admin = service.new_admin()
        for _ in range(2):
            added = done(admin.send(WEBHOOKS, GOOD))
            secrets.add(added["secret"])
            rotated = done(admin.send(f"{WEBHOOKS}/{added['id']}/secret", {}))
            secrets.add(rotated["secret"])
    assert len(secrets) == 8


def test_a_secret_is_in_no_event_and_in_no_list(service: Served, admin: Api) -> None:
    added = done(admin.send(WEBHOOKS, GOOD))
    shown = added["secret"].removeprefix("whsec_")
    assert shown not in admin.get(WEBHOOKS).text
    assert shown not in service.operator.get("/v1/audit/events", limit="1000").text


def test_a_call_of_no_event_and_of_no_webhook_is_refused(admin: Api) -> None:
    added = done(admin.send(WEBHOOKS, GOOD))
    for path, body, status in (
        (f"{WEBHOOKS}/{added['id']}/calls", {"sequence": 999_999}, 404),
        (f"{WEBHOOKS}/{added['id']}/calls", {"sequence": 0}, 422),
        (f"{WEBHOOKS}/wh_{'0' * 24}/calls", {"sequence": 1}, 404),
        (f"{WEBHOOKS}/nonsense/calls", {"sequence": 1}, 404),
    ):
        assert admin.send(path, body).status_code == status
    assert admin.get(f"{WEBHOOKS}/wh_{'0' * 24}/calls").status_code == 404
    assert admin.get(f"{WEBHOOKS}/{added['id']}/calls", state="lost").status_code == 422

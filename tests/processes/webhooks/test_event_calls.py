"""Webhooks are told of their events: in order, signed, again until they take them, once more when
asked for; who does not answer keeps no other waiting."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from standardwebhooks import Webhook as Verifier

from api.container import Endpoints
from api.jobs.effect_retry import GIVE_UP_S
from api.settings import Settings, WebhookCalls
from tests.api.served import OPERATOR_KEY, Api, Json, Served, done, served
from tests.contracts.effects.hostile import Receiver, free_port, receiving
from tests.effect_work import make_all_due, make_calls

SETTINGS = Settings(operator_key=OPERATOR_KEY, webhooks=WebhookCalls.PRIVATE)
REFUSES = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Told:
    """An org with a webhook, and who is there."""

    api: Api
    org: str
    receiver: Receiver
    webhook: Json
    service: Served
    begun: int = field(default=0)

    @property
    def path(self) -> str:
        return f"/v1/webhooks/{self.webhook['id']}"

    def calls(self, **filters: str) -> list[Any]:
        """What became of the calls, the oldest event first."""
        listed = done(self.api.get(f"{self.path}/calls", **filters))["data"]
        return list(reversed(listed))

    def look(self) -> Json:
        """The webhook as it is now."""
        return done(self.api.get(self.path))

    def ids(self) -> list[str]:
        """The ids that were posted, in order."""
        return [headers["webhook-id"] for headers in self.receiver.headers]


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    with served(ends, read_models=False, settings=SETTINGS) as running:
        yield running


@pytest.fixture
def tell(service: Served) -> Callable[[], None]:
    """Does what the process of jobs does, until nothing is left that is due."""

    return lambda: make_calls(SETTINGS, service.ends.database)


@pytest.fixture
def new_told(service: Served) -> Iterator[Callable[..., Told]]:
    """Makes an org with a webhook of a receiver of its own."""
    receivers: list[Any] = []

    def make(*events: str, url: str | None = None) -> Told:
        receivers.append(running := receiving(Receiver()))
        receiver = running.__enter__()
        org = service.new_org()
        api = service.issue(org, "admin")
        body = {"url": url or receiver.url, "events": list(events) or ["credits.*"]}
        webhook = done(api.send("/v1/webhooks", body))
        return Told(api, org, receiver, webhook, service)

    yield make
    for running in receivers:
        running.__exit__(None, None, None)


@pytest.fixture
def told(new_told: Callable[..., Told]) -> Told:
    return new_told()


def test_events_are_told_in_order_signed_and_once(told: Told, tell: Callable[[], None]) -> None:
    for amount in range(1, 6):
        told.api.deposit("ada", str(amount))
    tell()
    tell()
    calls = told.calls()
    assert [each["state"] for each in calls] == ["done"] * len(calls)
    assert len(calls) >= 5
    assert told.ids() == [f"{told.org}-{each['sequence']}" for each in calls]
    verifier = Verifier(told.webhook["secret"])
    for headers in told.receiver.headers:
        content = told.receiver.taken[headers["webhook-id"]]
        said = verifier.verify(content, headers)
        assert said["org"] == told.org
        assert said == json.loads(content)


def test_what_was_not_named_and_what_was_before_is_not_told(
    new_told: Callable[..., Told], tell: Callable[[], None]
) -> None:
    told = new_told("rating.*")
    told.api.deposit("ada", "1")
    tell()
    assert told.calls() == []


def test_a_call_that_is_not_taken_is_made_again_and_the_next_waits_for_it(
    told: Told, tell: Callable[[], None], service: Served
) -> None:
    told.receiver.answer, taken = REFUSES, told.receiver.answer
    told.api.deposit("ada", "1")
    told.api.deposit("ada", "2")
    tell()
    first, *rest = told.calls(state="waiting")
    assert (first["attempts"], first["error"]) == (1, "it answered 503.")
    assert {each["attempts"] for each in rest} == {0}
    told.receiver.answer = taken
    make_all_due(service.ends.database)
    tell()
    assert {each["state"] for each in told.calls()} == {"done"}
    assert told.ids() == sorted(told.ids(), key=lambda each: int(each.rpartition("-")[2]))


def test_who_does_not_answer_keeps_no_other_waiting(
    new_told: Callable[..., Told], tell: Callable[[], None]
) -> None:
    silent, other = new_told(url=f"http://127.0.0.1:{free_port()}/"), new_told()
    for each in (silent, other):
        each.api.deposit("ada", "1")
        each.api.deposit("ada", "2")
    tell()
    assert {each["state"] for each in silent.calls()} == {"waiting"}
    assert {each["state"] for each in other.calls()} == {"done"}


def test_who_says_that_it_is_gone_is_disabled_and_what_waits_is_ended(
    told: Told, tell: Callable[[], None]
) -> None:
    told.receiver.answer = GONE
    told.api.deposit("ada", "1")
    told.api.deposit("ada", "2")
    tell()
    assert told.look()["enabled"] is False
    assert told.look()["why"] == "it answered 410."
    assert {each["state"] for each in told.calls()} == {"done", "failed"}
    assert len(told.receiver.headers) == 1, "it is told nothing more"


def test_what_is_not_taken_for_three_days_disables_it(
    told: Told, tell: Callable[[], None], service: Served
) -> None:
    told.receiver.answer = REFUSES
    told.api.deposit("ada", "1")
    tell()
    with psycopg.connect(service.ends.database.owner) as owner:
        owner.execute(
            "UPDATE tally.effects SET deferred_us = deferred_us - %s WHERE org = %s",
            [GIVE_UP_S * 1_000_000, told.org],
        )
    make_all_due(service.ends.database)
    tell()
    (disabled, *_) = [told.look()]
    assert disabled["enabled"] is False
    assert "for three days: it answered 503." in disabled["why"]
    told.api.deposit("ada", "2")
    tell()
    assert {each["state"] for each in told.calls()} == {"failed"}


def test_an_event_is_told_once_more_under_the_same_id(told: Told, tell: Callable[[], None]) -> None:
    told.api.deposit("ada", "1")
    tell()
    sequence = told.calls()[-1]["sequence"]
    told.receiver.taken.clear()
    asked = done(told.api.send(f"{told.path}/calls", {"sequence": sequence}))
    tell()
    assert told.ids().count(f"{told.org}-{sequence}") == 2
    again = [each for each in told.calls() if each["asked"] is not None]
    assert [(each["sequence"], each["asked"], each["state"]) for each in again] == [
        (sequence, asked["asked"], "done")
    ]


def test_both_secrets_sign_until_the_overlap_is_over(told: Told, tell: Callable[[], None]) -> None:
    rotated = done(told.api.send(f"{told.path}/secret", {"overlap": 3600}))
    assert rotated["secret"] != told.webhook["secret"]
    told.api.deposit("ada", "1")
    tell()
    headers = told.receiver.headers[-1]
    content = told.receiver.taken[headers["webhook-id"]]
    for secret in (told.webhook["secret"], rotated["secret"]):
        Verifier(secret).verify(content, headers)
    final = done(told.api.send(f"{told.path}/secret", {"overlap": 0}))
    told.api.deposit("ada", "2")
    tell()
    headers = told.receiver.headers[-1]
    assert len(headers["webhook-signature"].split()) == 1
    Verifier(final["secret"]).verify(told.receiver.taken[headers["webhook-id"]], headers)


def test_a_removed_webhook_is_told_nothing_more(told: Told, tell: Callable[[], None]) -> None:
    told.api.deposit("ada", "1")
    done(told.api.send(told.path, method="DELETE"))
    tell()
    assert told.receiver.headers == []
    assert told.api.get(told.path).status_code == 404


def test_one_that_is_enabled_again_is_told_of_what_comes_then(
    told: Told, tell: Callable[[], None]
) -> None:
    body = {"url": told.receiver.url, "events": ["credits.*"]}
    done(told.api.send(told.path, {**body, "enabled": False}, method="PUT"))
    told.api.deposit("ada", "1")
    tell()
    assert told.calls() == []
    done(told.api.send(told.path, {**body, "enabled": True}, method="PUT"))
    told.api.deposit("ada", "2")
    tell()
    assert len(told.ids()) == 1

"""A retry is always safe: one effect, the first answer again, and never another's content."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest

from tests.api.problems import problem
from tests.api.served import Api, Served, done

DEPOSITS, CREDITS = "/v1/billing/deposits", "/v1/billing/credits"
USAGE, BATCH = "/v1/billing/usage", "/v1/billing/usage/batch"
CLIENTS = 1_000
REPLAYED = "Idempotency-Replayed"
PATIENCE_S = 120.0
"""How long all may take: a thousand at once wait for each other on a busy machine."""
AGAIN_S = 0.5


async def post_at_once(url: str, headers: dict[str, str], body: Any) -> list[tuple[int, bytes]]:
    """The same request from `CLIENTS` connections, all open at the same time; who is told to send
    it again does so."""
    ready = asyncio.Barrier(CLIENTS)

    async def one(session: aiohttp.ClientSession) -> tuple[int, bytes]:
        await ready.wait()
        while True:
            async with session.post(url, json=body, headers=headers) as response:
                if response.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    return response.status, await response.read()
            await asyncio.sleep(AGAIN_S)

    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.gather(*(one(session) for _ in range(CLIENTS)))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (DEPOSITS, {"user": "ada", "amount": "7", "reference": "at once"}),
        (CREDITS, {"user": "ada", "amount": "7", "kind": "free", "reason": "at once"}),
        (USAGE, {"id": "at-once", "user": "ada", "amount": "7", "metadata": {"a": "1"}}),
    ],
)
def test_a_thousand_clients_with_one_key_make_one_event_and_get_equal_answers(
    service: Served, admin: Api, path: str, body: dict[str, Any]
) -> None:
    admin.deposit("ada", "1")  # the wallet is open: the effect is one event
    before = service.events(admin.org)
    headers = admin.headers | {"Idempotency-Key": "at once"}
    answers = asyncio.run(post_at_once(service.base_url + path, headers, body))
    assert len(answers) == CLIENTS
    assert {status for status, _ in answers} == {201}
    assert len({content for _, content in answers}) == 1
    assert service.events(admin.org) == before + 1


WITHOUT_USER: list[tuple[str, dict[str, Any]]] = [
    (USAGE, {"id": "r1", "amount": 1}),
    (BATCH, {"mode": "atomic", "items": [{"id": "r1", "amount": 1}]}),
    (BATCH, {"mode": "independent", "items": [{"id": "r1", "amount": 1, "project": "\\"}]}),
    (DEPOSITS, {"amount": 1}),
    (CREDITS, {"amount": 1, "kind": "free"}),
    ("/v1/billing/holds", {"amount": 1}),
    ("/v1/billing/conversions", {"amount": 1}),
]


@pytest.mark.parametrize(("path", "body"), WITHOUT_USER)
def test_what_only_the_credential_says_whose_it_is_is_anothers_for_another(
    service: Served, path: str, body: dict[str, Any]
) -> None:
    org = service.new_org()
    ada, *others = [service.issue(org, "admin", subject) for subject in ("ada", "bob", None)]
    for asset in ("credit", "usd"):
        done(ada.send(DEPOSITS, {"amount": 9, "asset": asset}))
    done(ada.send(path, body, key="same"))
    before = service.events(org)
    for other in others:
        if path == BATCH and body["mode"] == "independent":
            (item,) = done(other.send(path, body, key="same"))["results"]
            assert item["problem"]["code"] == "idempotency_key_reused"
        else:
            field = "id" if path in (USAGE, BATCH) else "Idempotency-Key"
            answer = other.send(path, body, key="same")
            problem(answer, 422, "idempotency_key_reused", field)
    assert done(ada.send(path, body, key="same"))
    assert service.events(org) == before


def test_an_answer_given_again_says_so_and_is_the_same_bytes(service: Served, admin: Api) -> None:
    bodies = [
        (DEPOSITS, {"user": "ada", "amount": 5, "paid": {"amount": "1.5", "currency": "usd"}}),
        (CREDITS, {"user": "ada", "amount": 5, "kind": "free", "reason": "welcome"}),
    ]
    for path, body in bodies:
        first = admin.send(path, body, key=path)
        again = admin.send(path, body, key=path)
        assert REPLAYED not in first.headers
        assert again.headers[REPLAYED] == "true"
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.content == again.content


def test_the_same_amount_written_otherwise_is_the_same_content(admin: Api) -> None:
    first = admin.send(DEPOSITS, {"user": "ada", "amount": 10, "asset": "usd"}, key="k")
    again = admin.send(DEPOSITS, {"asset": "usd", "amount": "10.00", "user": "ada"}, key="k")
    assert again.headers[REPLAYED] == "true"
    assert first.content == again.content


@pytest.mark.parametrize(
    "other",
    [
        {"user": "ada", "amount": 2},
        {"user": "eve", "amount": 1},
        {"user": "ada", "amount": 1, "reference": "x"},
        {"user": "ada", "amount": 1, "asset": "usd"},
        {"amount": 1},
    ],
)
@pytest.mark.reaches("idempotency_key_reused")
def test_a_key_with_other_content_is_refused(
    service: Served, admin: Api, other: dict[str, Any]
) -> None:
    done(admin.send(DEPOSITS, {"user": "ada", "amount": 1}, key="k"))
    before = service.events()
    refused = admin.send(DEPOSITS, other, key="k")
    problem(refused, 422, "idempotency_key_reused", "Idempotency-Key")
    assert service.events() == before


def test_a_key_of_one_command_is_refused_to_another(admin: Api) -> None:
    done(admin.send(DEPOSITS, {"user": "ada", "amount": 1}, key="k"))
    refused = admin.send(CREDITS, {"user": "ada", "amount": 1, "kind": "purchased"}, key="k")
    problem(refused, 422, "idempotency_key_reused", "Idempotency-Key")


def test_another_reason_is_other_content(admin: Api) -> None:
    body = {"user": "ada", "amount": 1, "kind": "free", "reason": "welcome"}
    done(admin.send(CREDITS, body, key="k"))
    for other in (body | {"reason": "sorry"}, {**body, "reason": None}):
        refused = admin.send(CREDITS, other, key="k")
        problem(refused, 422, "idempotency_key_reused", "Idempotency-Key")


def test_other_metadata_is_other_content_and_its_order_is_not(admin: Api) -> None:
    body = {"id": "r1", "user": "ada", "amount": 1, "metadata": {"a": "1", "b": "2"}}
    first = admin.send(USAGE, body)
    assert admin.send(USAGE, body | {"metadata": {"b": "2", "a": "1"}}).content == first.content
    refused = admin.send(USAGE, body | {"metadata": {"a": "2"}})
    problem(refused, 422, "idempotency_key_reused", "id")


def test_keys_of_two_orgs_are_two_keys(service: Served, admin: Api) -> None:
    other = service.new_admin()
    first = admin.send(DEPOSITS, {"user": "ada", "amount": 1}, key="k")
    second = other.send(DEPOSITS, {"user": "ada", "amount": 2}, key="k")
    assert (first.status_code, second.status_code) == (201, 201)


def test_a_line_alone_and_in_a_batch_is_the_same_line(admin: Api) -> None:
    line = {"id": "r1", "user": "ada", "amount": "1.50", "metadata": {"a": "1"}}
    first = admin.send(USAGE, line)
    for mode in ("independent", "atomic"):
        batch = {"mode": mode, "items": [line | {"amount": "1.5"}, line | {"id": f"r-{mode}"}]}
        known, new = done(admin.send(BATCH, batch))["results"]
        assert known["replayed"] is True
        assert known["transaction"] == first.json()
        assert new["replayed"] is False
    assert admin.balance("ada")["debt"] == "4.5"


def test_twins_in_one_batch_are_charged_once(service: Served, admin: Api) -> None:
    line = {"id": "r1", "user": "ada", "amount": 1}
    results = done(admin.send(BATCH, {"mode": "independent", "items": [line] * 1000}))["results"]
    assert [each["replayed"] for each in results] == [False] + [True] * 999
    assert {each["transaction"]["id"] for each in results} == {results[0]["transaction"]["id"]}
    assert admin.balance("ada")["debt"] == "1"


def test_an_org_and_a_key_registered_again_are_the_same(service: Served, admin: Api) -> None:
    body = {"id": f"{admin.org}-b", "name": "B"}
    first = service.operator.send("/v1/orgs", body, key=f"org {admin.org}")
    again = service.operator.send("/v1/orgs", body, key=f"org {admin.org}")
    assert again.headers[REPLAYED] == "true"
    assert first.content == again.content


def test_a_secret_is_shown_once(admin: Api) -> None:
    path = f"/v1/orgs/{admin.org}/api-keys"
    body = {"name": "gw", "role": "gateway"}
    first = done(admin.send(path, body, key="k"))
    again = admin.send(path, body, key="k")
    assert first["secret"].startswith("tally_live_")
    assert again.headers[REPLAYED] == "true"
    assert done(again) == first | {"secret": None}
    listed = admin.get(path)
    assert first["secret"] not in listed.text
    assert "hash" not in listed.json()["data"][0]


def test_a_rate_card_published_again_is_the_same_version(admin: Api) -> None:
    price = {"model": "m", "meter": "requests", "price": "1.0", "per": 1}
    path = "/v1/billing/rate-cards"
    first = admin.send(path, {"prices": [price]}, method="PUT", key="k")
    again = admin.send(path, {"prices": [price]}, method="PUT", key="k")
    assert first.content == again.content
    assert len(done(admin.get(path))["data"]) == 1

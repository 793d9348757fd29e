"""Usage by NATS is recorded as HTTP records it: the same lines, the same answers; what is refused
is parked with its problem, and nothing waits behind it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from nats.aio.client import Client
from nats.js.errors import APIError

from adapters.nats.usage import DEAD
from tests.processes.feed.reading import on
from tests.processes.inbound.conftest import Gateway

BATCH = "/v1/billing/usage/batch"


def line(id: str, amount: str = "1", **more: Any) -> dict[str, Any]:
    return {"id": id, "user": "ada", "amount": amount, **more}


def batch(*items: object, mode: str = "independent") -> bytes:
    return json.dumps({"mode": mode, "items": items}).encode()


def post(gateway: Gateway, org: str, body: bytes) -> httpx.Response:
    headers = gateway.headers(org) | {"Content-Type": "application/json"}
    return gateway.service.client.post(gateway.service.url + BATCH, content=body, headers=headers)


def parked(gateway: Gateway, org: str) -> list[tuple[bytes, dict[str, Any]]]:
    """Take what was parked of an org: each as it came, and its problem."""

    async def work(client: Client) -> list[tuple[bytes, dict[str, Any]]]:
        jetstream = client.jetstream()
        found = []
        reader = await jetstream.pull_subscribe(f"usage.dead.{org}", stream=DEAD)
        try:
            while True:
                (letter,) = await reader.fetch(1, timeout=0.3)
                assert "Authorization" not in (letter.headers or {})
                found.append((letter.data, json.loads((letter.headers or {})["Tally-Problem"])))
                await jetstream.delete_msg(DEAD, letter.metadata.sequence.stream)
        except TimeoutError:
            return found

    return on(gateway.bus, work)


def test_a_batch_is_recorded_once_whichever_door_it_comes_by(gateway: Gateway) -> None:
    body = batch(line("both-1"), line("both-2", metadata={"note": "näh"}))
    before = float(gateway.balance("acme", "ada"))
    status, first = gateway.send("acme", body)
    assert (status, [each["status"] for each in first["results"]]) == (200, [201, 201])
    again = post(gateway, "acme", body).json()
    status, third = gateway.send("acme", body)
    for result in first["results"]:
        result["replayed"] = True
    assert again == third == first
    assert float(gateway.balance("acme", "ada")) == before - 2
    assert parked(gateway, "acme") == []
    assert gateway.is_done()


def test_each_item_that_is_refused_is_parked_as_it_came(gateway: Gateway) -> None:
    twice = line("twice")
    items = [
        line("good"),
        line("bad", amount="much"),
        twice,
        {**twice, "amount": "2"},
        line("unknown", colour="red"),
        line("short", amount="10000000", on_shortfall="reject"),
    ]
    status, answer = gateway.send("acme", batch(*items))
    statuses = [each["status"] for each in answer["results"]]
    assert (status, statuses) == (200, [201, 422, 201, 422, 422, 402])
    letters = parked(gateway, "acme")
    assert [json.loads(body) for body, _ in letters] == [items[n] for n in (1, 3, 4, 5)]
    for (_, problem), n in zip(letters, (1, 3, 4, 5), strict=True):
        assert problem == {**answer["results"][n]["problem"], "index": n}
    assert [problem["field"] for _, problem in letters[:3]] == ["amount", "id", "colour"]


DEEP = b'{"mode":"independent","items":[' + b"[" * 5_000 + b"]" * 5_000 + b"]}"
HOSTILE = {
    "no JSON": (b"\xff\xfenot json", 400, "malformed_json"),
    "nothing": (b"", 400, "malformed_json"),
    "no batch": (b"[1, 2]", 422, None),
    "no items": (batch(), 422, None),
    "too many": (batch(*[line(str(n)) for n in range(1_001)]), 422, None),
    "an unknown mode": (batch(line("x"), mode="perhaps"), 422, None),
    "an unknown member": (b'{"mode":"independent","items":[{}],"x":1}', 422, None),
    "a member twice": (b'{"mode":"atomic","mode":"atomic","items":[{}]}', 400, "malformed_json"),
    "all or none": (batch(line("atomic-1"), line("atomic-2", "x"), mode="atomic"), 422, None),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_a_batch_is_parked_whole_with_the_problem_of_http(
    gateway: Gateway, name: str
) -> None:
    body, status, code = HOSTILE[name]
    answered, problem = gateway.send("acme", body)
    assert answered == status, problem
    assert code is None or problem["code"] == code
    assert problem == post(gateway, "acme", body).json()
    assert parked(gateway, "acme") == [(body, problem)]
    assert gateway.is_done()


def test_what_is_nested_deep_is_its_items_problem(gateway: Gateway) -> None:
    status, answer = gateway.send("acme", DEEP)
    assert (status, answer["results"][0]["status"]) == (200, 400)
    assert parked(gateway, "acme")[0][0] == b"[" * 5_000 + b"]" * 5_000


def test_what_is_too_large_is_refused_to_who_sends_it(gateway: Gateway) -> None:
    async def work(client: Client) -> str:
        with pytest.raises(APIError) as refused:
            await client.jetstream().publish("usage.acme", bytes(5_000_000))
        return str(refused.value.description)

    assert "maximum" in on(gateway.bus, work)
    large = batch(line("large")) + b" " * 4_194_300
    status, problem = gateway.send("acme", large)
    assert (status, problem["code"]) == (413, "body_too_large")
    assert parked(gateway, "acme") == [(large, problem)]


def test_a_credential_is_checked_again(gateway: Gateway) -> None:
    body = batch(line("forged"))
    cases: list[tuple[dict[str, str], int]] = [
        (gateway.headers("other"), 403),
        (gateway.headers("other") | {"X-Org": "acme"}, 403),
        ({"Authorization": "Bearer tally_live_guessed"}, 401),
        ({}, 401),
    ]
    for headers, status in cases:
        answered, problem = gateway.send("acme", body, headers)
        assert answered == status, problem
        assert parked(gateway, "acme") == [(body, problem)]
    log = gateway.service.call("GET", "/v1/audit/refusals", org="other")["data"]
    assert any(entry["code"] == "forbidden" for entry in log)
    operator = {"Authorization": f"Bearer {gateway.service.operator_key}"}
    status, answer = gateway.send("acme", batch(line("by the operator")), operator)
    assert (status, answer["results"][0]["status"]) == (200, 201)


def test_an_answer_goes_nowhere_but_to_its_org(gateway: Gateway) -> None:
    """We may publish where the sender may not: on its word we do not."""
    places = ("usage.other", "usage.answers.other.x", "usage.answers.acme.*", "ledger.acme.x", "")

    async def send_all(client: Client) -> None:
        for place in places:
            headers = gateway.headers("acme") | {"Tally-Reply": place}
            await client.jetstream().publish("usage.acme", batch(line("astray")), headers=headers)

    before = float(gateway.balance("acme", "ada"))
    on(gateway.bus, send_all)
    gateway.send("acme", batch(line("behind them")))
    while not gateway.is_done():
        pass
    letters = parked(gateway, "acme")
    assert [problem["field"] for _, problem in letters] == ["Tally-Reply"] * len(places)
    assert float(gateway.balance("acme", "ada")) == before - 1
    assert parked(gateway, "other") == []

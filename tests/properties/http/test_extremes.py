"""What was recorded can always be answered; what was refused is documented and leaves nothing.

All commands of the contract with values at its edges, then every question there is: answers sent
again, lists, the past, statements, journals, evidence, verification. The commands and questions
are taken from the contract itself, so that what is added to it is tried here, too.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import httpx
import pytest

from api.container import Endpoints, signing_keys
from api.sealing.process import Sealing
from api.settings import Settings
from api.verification.options import Options
from api.verification.verify import verify
from ledger.kernel.report import Report
from ledger.kernel.shards import SHARDS_MAX
from schemas import verify as stranger
from tests.api.served import LIFTED, OPERATOR_KEY, Api, Json, Served, done, served
from tests.formats.export.bundles import check
from tests.properties.extremes.commands import CARD, WITHOUT_EFFECT, Command, Known, command_of
from tests.properties.extremes.questions import ask, odd_questions, questions

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
ORGS = int(os.environ.get("TALLY_EXTREME_ORGS", "300" if NIGHTLY else "2"))
SEED = int(os.environ.get("TALLY_EXTREME_SEED", "0")) or SystemRandom().getrandbits(32)
ERRORS = Path(__file__).parents[3] / "docs" / "errors.md"
DOCUMENTED = dict(re.findall(r"^\| `([a-z_]+)` \| ([0-9]{3}) \|", ERRORS.read_text("utf-8"), re.M))
NO_FIELD = {"insufficient_credits", "cap_exceeded", "no_such_route", "archived", "forbidden"}
"""Codes whose problem says by other members what stands against it."""

MOST = "9223372036854.775807"
SETTINGS = {"seller": {"name": "x", "country": "US"}}
COMMANDS = 25
DAYS = [0] * 12 + [1, 31, 400]
"""How much time passes before a command."""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("keys")
    return Settings(data=data, operator_key=OPERATOR_KEY, limits=LIFTED)


@pytest.fixture(scope="module")
def service(new_endpoints: Callable[[], Endpoints], keys: Settings) -> Iterator[Served]:
    with served(new_endpoints(), settings=keys, shards=range(1, SHARDS_MAX + 1)) as running:
        yield running


@pytest.mark.parametrize("number", range(ORGS))
def test_what_was_recorded_is_answered_for_ever(
    service: Served, keys: Settings, number: int
) -> None:
    seed = SEED + number
    print(f"again: TALLY_EXTREME_SEED={seed} TALLY_EXTREME_ORGS=1")
    chance = Random(seed)
    org = service.new_org(billing_mode=chance.choice(["shared", "individual"]))
    api, known = service.operator_of(org), Known(org)
    done(api.send("/v1/billing/rate-cards", {"prices": CARD}, method="PUT"))
    for user in ("ada", "bob", "@pool"):
        known.learn(api.deposit(user, chance.choice(["1000000", MOST])))
    known.learn(api.hold("ada", "1"))
    done(api.send("/v1/billing/invoice-settings", SETTINGS, method="PUT"))
    for user in ("ada", "bob"):
        asked = {"user": user, "currency": "usd", "items": [{"text": "x", "amount": "1000000.01"}]}
        known.learn(done(api.send("/v1/billing/invoices", asked)))
    recorded: list[tuple[Command, str, httpx.Response]] = []
    passed = 0
    for _ in range(COMMANDS):
        days = chance.choice(DAYS)
        if days:
            passed += days
            service.let_pass(org, passed * 86_400)
            done(api.send("/v1/billing/deposits", {"user": "time", "amount": 1}))
        command = command_of(known, chance)
        key, events = str(uuid.uuid4()), service.events()
        answer = send(service, api, command, key)
        if answer.is_success:
            known.learn(answer.json())
            for item in answer.json().get("results", []):
                if "problem" in item:
                    assert_documented(command, item["problem"])
            if command.route not in WITHOUT_EFFECT:
                recorded.append((command, key, answer))
        else:
            assert_documented(command, answer.json())
            assert service.events() == events, (command, answer.text)
    for command, key, answer in recorded:
        again = send(service, api, command, key)
        assert again.status_code == answer.status_code, (command, again.text)
    everything_is_answered(service, api, known, keys, chance)


def send(service: Served, api: Api, command: Command, key: str) -> httpx.Response:
    """Ask for a command; operators name no org where the path does."""
    caller = service.operator if command.path.startswith("/v1/orgs") else api
    headers = caller.headers | ({"Idempotency-Key": key} if command.key else {})
    if command.body is None:
        return caller.http.request(command.method, command.path, headers=headers)
    content = written(command.body)
    headers["Content-Type"] = "application/json"
    return caller.http.request(command.method, command.path, content=content, headers=headers)


def written(body: Any) -> bytes:
    """JSON, also of lone surrogates."""
    return json.dumps(body).encode()


def assert_documented(asked: object, problem: Json) -> None:
    """A refusal as docs/errors.md has it, which names what is wrong and is not asked for again."""
    assert DOCUMENTED[problem["code"]] == str(problem["status"]), (asked, problem)
    assert 400 <= problem["status"] < 500, (asked, problem)
    assert problem.get("field") or problem["code"] in NO_FIELD, (asked, problem)


def everything_is_answered(
    service: Served, api: Api, known: Known, keys: Settings, chance: Random
) -> None:
    """By every question, by replay, by verification, by a stranger."""
    assert Sealing(keys, service.ends.database, threading.Event()).once()
    balance = done(api.get("/v1/billing/balance", user="ada"))
    head = balance["as_of_sequence"]
    newest = done(api.get("/v1/audit/events", limit=1))["data"][0]
    for path, query in questions(known, head, newest["recorded_at"][:7]):
        caller = service.operator if path.startswith("/v1/orgs") else api
        answers = ask(caller, path, query)
        if path == "/v1/audit/export":
            strangers_word(answers[0], keys)
    for path, query in odd_questions(known, chance):
        caller = service.operator if path.startswith("/v1/orgs") else api
        answer = caller.get(path, **query)
        if not answer.is_success:
            assert_documented((path, query), answer.json())
    report = verify(service.ends, options=Options(org=known.org))
    assert wrong(report) == []


def wrong(report: Report | stranger.Report) -> list[str]:
    """The first finding of each kind, but where orgs lived: that is a matter of when the platform
    moved them, and here time passes in one org and not in the platform."""
    kinds = {kind: each for kind, each in report.checks.items() if kind != "placed"}
    return [f"{kind}: {each.first}" for kind, each in kinds.items() if each.wrong]


def strangers_word(bundle: bytes, keys: Settings) -> None:
    """The evidence as who receives it checks it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bundle.tar.gz"
        place.write_bytes(bundle)
        report: stranger.Report = check(place, str(signing_keys(keys).ring().verifiers[0]))
    assert wrong(report) == []


def test_the_whole_store_verifies(service: Served) -> None:
    report = verify(service.ends)
    assert wrong(report) == []

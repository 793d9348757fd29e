"""`tally rates import`: published once, directly and through the API, and quoted by the service."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner, Result

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.served import OPERATOR_KEY, Served, done, served
from tests.command_line import app

CARDS = "/v1/billing/rate-cards"


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    with served(ends) as running:
        yield running


@pytest.fixture
def run(ends: Endpoints, monkeypatch: pytest.MonkeyPatch) -> Runner:
    monkeypatch.setenv("TALLY_DATABASE_URL", ends.database.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", ends.clickhouse_url)
    monkeypatch.setenv("COLUMNS", "200")
    return Runner()


class Runner:
    """The command in this process."""

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["rates", "import", *arguments])

    def version(self, *arguments: str) -> tuple[int, str]:
        """The version said in the last line, and what was said of it."""
        result = self(*arguments)
        assert result.exit_code == 0, result.output
        found = re.search(r"Version (\d+) of .* (is published|already)\.", result.output)
        assert found is not None, result.output
        return int(found[1]), found[2]


def test_through_the_api_twice_is_one_version(run: Runner, service: Served) -> None:
    """The whole list, as the default card; then it prices a line."""
    over = ("--url", service.base_url, "--key", OPERATOR_KEY)
    assert run.version(*over) == (1, "is published")
    assert run.version(*over) == (1, "already")
    assert run.version(*over, "--provider", "openai") == (2, "is published")
    assert run.version(*over) == (3, "is published")  # back to what version 1 holds
    assert run.version(*over) == (3, "already")
    admin = service.new_admin()
    line = {"model": "gpt-4o", "input_tokens": 1_000, "cached_tokens": 400, "output_tokens": 200}
    body = line | {"id": "u1", "user": "ada"}
    used = done(admin.send("/v1/billing/usage", body, key=None))
    assert used["amount"] == "-4"
    assert done(admin.send(f"{CARDS}/quote", line, key=None))["amount"] == "4"
    long = {"model": "gemini-2.5-pro", "input_tokens": 200_001}
    assert done(admin.send(f"{CARDS}/quote", long, key=None))["amount"] == "500.0025"


def test_directly_twice_is_one_version(run: Runner, service: Served, ends: Endpoints) -> None:
    org = service.new_org()
    only = ("--org", org, "--provider", "anthropic", "--currency", "credit")
    assert run.version(*only) == (1, "is published")
    assert run.version(*only) == (1, "already")
    assert run.version(*only, "--model", "claude-opus-*") == (2, "is published")
    assert run.version(*only) == (3, "is published")
    report = verify(ends)
    assert report.exit_code == 0, report.as_dict()


def test_the_key_of_an_org_imports_into_its_own_card(run: Runner, service: Served) -> None:
    admin = service.new_admin()
    over = ("--url", service.base_url, "--key", str(admin.secret), "--provider", "mistral")
    assert run.version(*over, "--org", str(admin.org)) == (1, "is published")
    other = run(*over, "--org", service.new_org())
    assert other.exit_code == 2
    assert "Nothing was published: 404" in other.output


def test_a_dry_run_and_a_wrong_choice_publish_nothing(run: Runner, service: Served) -> None:
    before = service.events()
    shown = run("--dry-run", "--provider", "google")
    assert shown.exit_code == 0
    assert "not in the card" in shown.output
    assert run("--provider", "nobody").exit_code == 2
    assert run("--currency", "eur").exit_code == 2
    assert run("--provider", "openai", "--model", "no-such-*").exit_code == 2
    assert run("--org", "no-such-org", "--provider", "openai").exit_code == 2
    assert service.events() == before

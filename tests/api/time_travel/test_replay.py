"""`tally replay` answers what the service said, without a service."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.container import Endpoints
from tests.api.served import Api, Json, Served, done
from tests.command_line import app

BALANCES = "/v1/billing/balance/all"


@pytest.fixture
def replay(ends: Endpoints, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `tally replay` on the database of the tests."""
    monkeypatch.setenv("TALLY_DATABASE_URL", ends.database.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", ends.clickhouse_url)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, ["replay", *map(str, arguments)])

    return run


def read(result: Result) -> Json:
    assert result.exit_code == 0, result.output
    found: Json = json.loads(result.stdout)
    return found


def test_replay_prints_what_the_service_said(replay: Any, admin: Api) -> None:
    admin.deposit("ada", "5")
    admin.deposit("bob", "3", asset="usd")
    last = done(admin.use("ada", "2"))["sequence"]
    said = {user: done(admin.get(BALANCES, user=user))["data"] for user in ("ada", "bob")}
    admin.deposit("ada", "100")
    admin.deposit("cy", "100")
    at = ("--as-of", last, "--org", admin.org)
    assert read(replay(*at, "--user", "ada", "--json"))["data"] == said["ada"]
    whole = read(replay(*at, "--json"))
    assert whole["data"] == said["ada"] + said["bob"]
    assert (whole["org"], whole["as_of_sequence"]) == (admin.org, last)
    assert read(replay(*at, "--asset", "usd", "--json"))["data"] == said["bob"]
    by_time = ("--as-of", whole["at"], "--org", admin.org, "--json")
    assert read(replay(*by_time)) == whole
    table = replay(*at)
    assert table.exit_code == 0
    assert "ada" in table.stdout
    assert f"as of sequence {last}" in table.stdout


@pytest.mark.parametrize(
    ("as_of", "more", "sentence"),
    [
        ("soon", (), "as_of must be a sequence"),
        ("999999", (), "as_of is in the future"),
        ("9999-01-01T00:00:00Z", (), "as_of is in the future"),
        ("1", ("--user", "a b"), "user must be"),
        ("1", ("--asset", "gold"), "asset"),
        ("1", ("--org", "no-such"), "there is no org no-such"),
        ("1", ("--org", "NO SUCH"), "org must be"),
    ],
)
def test_what_cannot_be_replayed_is_said_in_a_sentence(
    replay: Any, admin: Api, as_of: str, more: tuple[str, ...], sentence: str
) -> None:
    result = replay("--as-of", as_of, "--org", admin.org, *more)
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_replay_of_the_platform_and_of_nothing(replay: Any, service: Served) -> None:
    assert service.events() > 0
    assert read(replay("--as-of", 0, "--org", "platform", "--json"))["data"] == []

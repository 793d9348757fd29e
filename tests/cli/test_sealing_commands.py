"""A command that writes without a service signs what it wrote, or says that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.embedded import EngineUrls
from api.cli.sealing import UNSEALED
from api.container import signing_keys
from api.settings import Settings
from tests.command_line import app
from tests.scenarios.commands import deposit, register
from tests.tamper.stores import TestStore

COMMANDS = [
    ("erase-person", "--org", "acme", "--user", "ada", "--yes"),
    ("rates", "import", "--org", "acme", "--provider", "mistral"),
]


@pytest.fixture
def store(engines: EngineUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestStore]:
    store = TestStore.new(engines)
    store.run([register("acme")])
    store.run([deposit("1", key="d")])
    monkeypatch.setenv("TALLY_DATABASE_URL", store.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", store.clickhouse_url)
    yield store
    store.drop()


def run(data: Path, *arguments: str) -> Result:
    done = CliRunner().invoke(app, [*arguments, "--data", str(data)])
    assert done.exit_code == 0, done.output
    return done


def unsigned(store: TestStore) -> int | None:
    """When the oldest event without a signature was recorded."""
    ((since_us,),) = store.rows("SELECT unsealed_us FROM tally.sealing_state()")
    return None if since_us is None else int(since_us)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_a_command_wrote_is_signed(
    store: TestStore, tmp_path: Path, command: tuple[str, ...]
) -> None:
    signing_keys(Settings(data=tmp_path)).make()
    assert unsigned(store) is not None
    done = run(tmp_path, *command)
    assert UNSEALED not in done.output
    assert unsigned(store) is None


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_without_a_key_it_is_said_that_nobody_signed(
    store: TestStore, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = run(tmp_path, *command)
    assert UNSEALED in done.output
    assert "tally seal --once" in done.output
    assert unsigned(store) is not None
    assert not (tmp_path / "signing-keys").exists()

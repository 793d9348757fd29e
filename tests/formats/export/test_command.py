"""`tally export`, and what it leaves behind when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.command_line import app
from tests.formats.export.bundles import Sealed, check
from tests.formats.golden import story

LAST = sum(event.org == "acme" for event in story())
"""The last event of the org in the story."""


@pytest.fixture
def run(told: Sealed, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TALLY_DATABASE_URL", told.ends.database.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", told.ends.clickhouse_url)
    return CliRunner()


@pytest.mark.parametrize("name", ["evidence", "evidence.tar.gz"])
def test_a_folder_or_an_archive_is_written(
    told: Sealed, run: CliRunner, tmp_path: Path, name: str
) -> None:
    place = tmp_path / name
    arguments = ["export", "--org", "acme", "--from", "2026-02-01", str(place)]
    done = run.invoke(app, [*arguments, "--data", str(told.settings.data)])
    assert done.exit_code == 0, done.output
    assert f"events of acme (1 to {LAST:,}), proven by the checkpoint of {LAST:,}" in done.output
    assert told.keys[0] in done.output
    assert place.is_dir() == (name == "evidence")
    assert check(place, *told.keys).exit_code == 0
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--org", "nobody"], "the org has no events"),
        (["--org", "acme", "--from", "tomorrow"], "--from must be a time"),
        (["--org", "acme", "--to", "99999"], f"to is beyond the org's last event, {LAST}."),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    told: Sealed, run: CliRunner, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    place = str(tmp_path / "out")
    done = run.invoke(app, ["export", *arguments, place, "--data", str(told.settings.data)])
    assert done.exit_code == 2
    assert done.output.startswith("Nothing was exported: ")
    assert sentence in done.output
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(told: Sealed, run: CliRunner, tmp_path: Path) -> None:
    arguments = ["export", "--org", "acme", str(tmp_path), "--data", str(told.settings.data)]
    done = run.invoke(app, arguments)
    assert (done.exit_code, "exists: name something new" in done.output) == (2, True)


def test_the_file_of_keys_that_the_ledger_keeps_is_one_for_the_verifier(
    told: Sealed, tmp_path: Path
) -> None:
    keys = told.settings.data / "verifier-keys"
    assert keys.read_text().startswith("#")
    assert check(told.export(tmp_path / "evidence"), str(keys)).exit_code == 0

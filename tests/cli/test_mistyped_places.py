"""A command that is told of a place where no ledger is says so, and makes none there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import typer
from psycopg import conninfo
from typer.testing import CliRunner, Result

from adapters.embedded import EngineUrls
from tests.command_line import app

NEEDS_NO_LEDGER = {"serve", "demo", "migrate", "restore", "doctor", "analyst", "import"}
"""They make one, tell what there is, or ask only for engines or for a service that are there."""

ARGUMENTS = {
    "backup": ["backup.tar"],
    "checkpoint": ["--org", "acme"],
    "erase-person": ["--org", "acme", "--user", "ada", "--yes"],
    "export": ["evidence.tar.gz", "--org", "acme"],
    "journal": ["--org", "acme", "--format", "csv", "--out", "journal.csv"],
    "keys retire": ["0123abcd"],
    "partitions archive": ["--before", "1", "--to", "archives"],
    "proof consistency": ["--org", "acme", "--from", "1"],
    "proof inclusion": ["--org", "acme", "--sequence", "1"],
    "rates import": ["--provider", "mistral"],
    "rebuild": ["transactions"],
    "report usage": ["--org", "acme", "--period", "2026-02"],
    "reconcile": ["stripe", "--from", "2026-02-01"],
    "revenue": ["--org", "acme", "--period", "2026-02"],
    "replay": ["--org", "acme", "--as-of", "1"],
}


def commands(group: typer.Typer, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every subcommand of a command, by its words."""
    for command in group.registered_commands:
        assert command.callback is not None
        yield (*before, command.name or command.callback.__name__)
    for inner in group.registered_groups:
        assert inner.name is not None
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, (*before, inner.name))


OPENING = [words for words in commands(app) if words[0] not in NEEDS_NO_LEDGER]


def run(words: tuple[str, ...], data: Path) -> Result:
    arguments = ARGUMENTS.get(" ".join(words), [])
    result = CliRunner().invoke(app, [*words, *arguments, "--data", str(data)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.mark.parametrize("words", OPENING, ids=" ".join)
def test_a_mistyped_folder_is_refused_and_nothing_is_made(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(words, tmp_path / "mistyped")
    assert result.exit_code == 2, result.output
    assert "--data" in result.output or "tally keys list" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [words for words in OPENING if words[0] != "keys"], ids=" ".join)
def test_a_database_without_a_ledger_is_refused_and_left_empty(
    words: tuple[str, ...], engines: EngineUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", str(engines.clickhouse_url))
    assert engines.database_url is not None
    empty = conninfo.make_conninfo(engines.database_url, dbname="template1")
    monkeypatch.setenv("TALLY_DATABASE_URL", empty)
    result = run(words, tmp_path / "keys")
    assert result.exit_code == 2, result.output
    assert "no ledger in this database" in " ".join(result.output.split())
    assert list(tmp_path.iterdir()) == []
    with psycopg.connect(empty) as connection:
        made = connection.execute("SELECT FROM pg_namespace WHERE nspname = 'tally'").fetchall()
    assert made == []

"""The page on adding a context, followed to the letter in a copy of the tree."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from api.container import Endpoints
from api.demo.service import Service, service
from tests.tidy.tree import COLUMNS, ROOT

PAGE = (ROOT / "docs" / "adding-a-context.md").read_text("utf-8")
FILE = re.compile(r"^`([^`]+)`\n\n```(?:python|sql)\n(.*?)^```$", re.M | re.S)
EDIT = re.compile(r"in `([^`]+)`:\n\n```diff\n (.*?)\n\+(.*?)\n```$", re.M)
UNTIL = "2030-01-01T00:00:00.000000Z"
LINES_ELSEWHERE = 3
"""At most so many lines of files that were there may change."""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tree with the context of the page, where processes are started."""
    copy = tmp_path / "tree"
    skipped = shutil.ignore_patterns("__pycache__", "golden")
    for folder in (*COLUMNS, "schemas"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=skipped)
    for name, content in FILE.findall(PAGE):
        assert not (copy / name).exists(), f"{name} is not the context's own"
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(content, "utf-8")
    for name, after, line in EDIT.findall(PAGE):
        text = (copy / name).read_text("utf-8")
        assert text.count(f"{after}\n") == 1, f"{name} has no line {after}"
        (copy / name).write_text(text.replace(f"{after}\n", f"{after}\n{line}\n"), "utf-8")
    monkeypatch.chdir(copy)
    monkeypatch.setenv("PYTHONPATH", str(copy))
    return copy


def changed_lines(tree: Path) -> list[str]:
    """Return the lines that differ in files that were there."""
    return [
        line
        for path in sorted(tree.rglob("*"))
        if path.is_file() and (was := ROOT / path.relative_to(tree)).exists()
        for line in difflib.unified_diff(
            was.read_text("utf-8").splitlines(), path.read_text("utf-8").splitlines(), n=0
        )
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli.main", *command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_context_is_its_folders_and_at_most_three_lines(tree: Path) -> None:
    changed = changed_lines(tree)
    assert len(changed) == len(EDIT.findall(PAGE)) <= LINES_ELSEWHERE
    assert all(line.startswith("+") for line in changed)


def test_a_context_is_served_verified_and_watched(
    tree: Path, new_endpoints: Callable[[], Endpoints], tmp_path: Path
) -> None:
    ends = new_endpoints()
    environment = {
        "TALLY_DATABASE_URL": ends.database.owner,
        "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
    }
    with service(tmp_path / "data", "--no-seal", environment=environment) as running:
        taken = take_a_seat(running)
        assert running.call("GET", "/v1/seats/12a", org="acme") == taken
        assert taken == {"name": "12a", "user": "ann", "until": UNTIL, "free": False}
    verify = ["verify", "--data", str(tmp_path / "data"), "--json"]
    found = run(verify, environment)
    assert found.returncode == 0, found.stdout + found.stderr
    with psycopg.connect(ends.database.owner, autocommit=True) as connection:
        connection.execute("UPDATE tally.seats SET person = 'eve'")
    found = run(verify, environment)
    assert found.returncode == 1
    assert "seats 12a" in found.stdout


def take_a_seat(running: Service) -> dict[str, object]:
    running.call("POST", "/v1/orgs", {"id": "acme", "name": "Acme"})
    seat = {"name": "12a", "user": "ann", "until": UNTIL}
    return running.call("POST", "/v1/seats", seat, org="acme")

"""The page on adding a context, followed to the letter in a copy of the tree."""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import psycopg
import pytest

from api.container import Endpoints
from api.demo.service import Service, service
from ledger.kernel.times import format_time
from tests.tidy.tree import COLUMNS, ROOT

PAGE = (ROOT / "docs" / "adding-a-context.md").read_text("utf-8")
FILE = re.compile(r"^`([^`]+)`\n\n```(?:python|sql)\n(.*?)^```$", re.M | re.S)
EDIT = re.compile(r"in `([^`]+)`:\n\n```diff\n (.*?)\n\+(.*?)\n```$", re.M)
GENERATOR = re.compile(r"^python -m (\S+)", re.M)
LINES_ELSEWHERE = 4
"""At most so many lines of files that were there may change."""

CONTRACT = "schemas/openapi.json"
PERMISSIONS = "docs/permissions.md"
GRANTS = "tests/contracts/postgres/grants.txt"

UNTIL = "2030-01-01T00:00:00.000000Z"
UNTIL_US = 1_893_456_000_000_000
SOON_US = 1_500_000
PATIENCE_S = 30
LOOK_S = 0.1


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tree with the context of the page, where processes are started."""
    copy = tmp_path / "tree"
    skipped = shutil.ignore_patterns("golden")
    for folder in (*COLUMNS, "schemas", "tests", "docs"):
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


def changed_files(tree: Path) -> list[str]:
    """Return the files that were there and differ."""
    return [
        str(name)
        for path in sorted(tree.rglob("*"))
        for name in [path.relative_to(tree)]
        if path.is_file() and "__pycache__" not in name.parts and (ROOT / name).exists()
        if path.read_bytes() != (ROOT / name).read_bytes()
    ]


def changed_lines(tree: Path) -> list[str]:
    """Return the lines that differ in them."""
    return [
        line
        for name in changed_files(tree)
        for line in difflib.unified_diff(
            (ROOT / name).read_text("utf-8").splitlines(),
            (tree / name).read_text("utf-8").splitlines(),
            n=0,
        )
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]


def run(*words: str, environment: Mapping[str, str] = os.environ) -> CompletedProcess[str]:
    """Run a module in the copy."""
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


class Store:
    """The store of the copy's service, and who changes it behind its back."""

    def __init__(self, ends: Endpoints, data: Path) -> None:
        self.data = data
        self._owner = ends.database.owner
        self.environment = {
            "TALLY_DATABASE_URL": self._owner,
            "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
        }

    def tally(self, *words: str) -> CompletedProcess[str]:
        """Run `tally` on it."""
        environment = {**os.environ, **self.environment}
        where = ("--data", str(self.data))
        return run("api.cli.main", *words, *where, environment=environment)

    def wrong(self) -> set[str]:
        """Return the kinds of what `tally verify` finds wrong."""
        found = self.tally("verify", "--json")
        report = json.loads(found.stdout)
        wrong = {check["kind"] for check in report["checks"] if check["wrong"]}
        assert found.returncode == (1 if wrong else 0), found.stdout + found.stderr
        return wrong

    def tamper(self, statement: str) -> None:
        """Change the database as its owner, past every guard."""
        with psycopg.connect(self._owner, autocommit=True) as connection:
            connection.execute("ALTER TABLE tally.events DISABLE TRIGGER USER")
            assert connection.execute(statement).rowcount == 1


def test_a_context_is_its_folders_and_at_most_four_lines(tree: Path) -> None:
    changed = changed_lines(tree)
    assert len(changed) == len(EDIT.findall(PAGE)) <= LINES_ELSEWHERE
    assert all(line.startswith("+") for line in changed)


@pytest.mark.slow
def test_what_is_kept_of_a_context_is_made_by_the_commands_of_the_page(tree: Path) -> None:
    for module in GENERATOR.findall(PAGE):
        made = run(module)
        assert made.returncode == 0, made.stderr
    assert (tree / "schemas/events/seats.SeatTaken.v1.json").exists()
    contract = json.loads((tree / CONTRACT).read_text("utf-8"))
    assert contract["paths"].keys() >= {"/v1/seats", "/v1/seats/{name}"}
    assert "| `POST /v1/seats` | `seats:write` |" in (tree / PERMISSIONS).read_text("utf-8")
    assert "tally_query tally.stays SELECT\n" in (tree / GRANTS).read_text("utf-8")
    edited = {name for name, *_ in EDIT.findall(PAGE)}
    assert set(changed_files(tree)) == {*edited, CONTRACT, PERMISSIONS, GRANTS}


@pytest.fixture
def store(tree: Path, new_endpoints: Callable[[], Endpoints], tmp_path: Path) -> Store:
    """The store of a service with the context: a seat is taken for long, another was freed."""
    store = Store(new_endpoints(), tmp_path / "data")
    with service(store.data, "--no-seal", environment=store.environment) as running:
        running.call("POST", "/v1/orgs", {"id": "acme", "name": "Acme"})
        taken = take(running, "12a", "ann", UNTIL)
        assert taken == {"name": "12a", "user": "ann", "until": UNTIL, "free": False}
        assert running.call("GET", "/v1/seats/12a", org="acme") == taken
        soon = format_time(time.time_ns() // 1000 + SOON_US)
        take(running, "12b", "bob", soon)
        until(lambda: running.call("GET", "/v1/seats/12b", org="acme")["free"])
        stays = [
            {"name": "12b", "user": "bob", "until": soon},
            {"name": "12a", "user": "ann", "until": UNTIL},
        ]
        until(lambda: running.call("GET", "/v1/seats", org="acme")["data"] == stays)
    assert store.wrong() == set()
    return store


def until(true: Callable[[], bool]) -> None:
    """Wait for what other processes of the service do."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(LOOK_S)


def take(running: Service, name: str, user: str, until: str) -> dict[str, Any]:
    return running.call(
        "POST", "/v1/seats", {"name": name, "user": user, "until": until}, org="acme"
    )


def test_a_context_is_served_verified_and_rebuilt_and_its_inspection_finds_a_changed_fact(
    store: Store,
) -> None:
    store.tamper("UPDATE tally.seats SET person = 'eve' WHERE id = '12a'")
    assert store.wrong() == {"seats"}
    store.tamper("UPDATE tally.seats SET person = 'ann' WHERE id = '12a'")
    store.tamper("UPDATE tally.due SET due_us = due_us + 1 WHERE stream = 'seat/12a'")
    assert store.wrong() == {"due"}
    store.tamper("UPDATE tally.due SET due_us = due_us - 1 WHERE stream = 'seat/12a'")
    store.tamper("UPDATE tally.stays SET person = 'eve' WHERE seat = '12a'")
    assert store.wrong() == {"stays"}
    rebuilt = store.tally("rebuild", "stays")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert store.wrong() == set()
    store.tamper(
        "UPDATE tally.events SET body = convert_to(regexp_replace(convert_from(body, 'UTF8'), "
        f"'\"until_us\":[0-9]+', '\"until_us\":{UNTIL_US}'), 'UTF8') "
        "WHERE stream = 'seat/12b' AND type = 'seats.SeatTaken'"
    )
    assert store.wrong() > {"freed", "hashes", "stays"}

"""The runbooks name commands, options, requests and files that there are."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from ledger.kernel.report import CHAIN, FACTS, SEALS
from tests.command_line import app
from tests.tidy.tree import ROOT

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
PAGES += [ROOT / "docs" / "upgrade.md", ROOT / "ops" / "README.md", ROOT / "docs" / "alarms.md"]
WANTED = {
    *("disk-full", "postgresql-lost", "clickhouse-lost", "key-leaked", "signing-key-leaked"),
    *("verification-failed", "clock-wrong"),
}
COMMAND = typer.main.get_command(app)


def commands(text: str) -> list[list[str]]:
    """The lines of a page that call `tally`, in blocks and between backticks."""
    blocks = re.findall(r"^ *```\n(.*?)^ *```", text, re.M | re.S)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(tally [^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    return [shlex.split(line)[1:] for line in lines if line.startswith("tally ")]


def test_there_is_a_runbook_for_each_loss() -> None:
    assert {page.stem for page in PAGES if page.parent.name == "runbooks"} == WANTED


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_is_taken(page: Path) -> None:
    for words in commands(page.read_text("utf-8")):
        parse(COMMAND, words)


def parse(command: Any, words: list[str]) -> None:
    """Have the command line read it, without doing it."""
    while (commands := getattr(command, "commands", None)) is not None:
        name, *words = words
        assert name in commands, f"there is no tally {name}"
        command = commands[name]
    named = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= named, words
    is_whole = any(not word.startswith("-") for word in words)
    if is_whole:  # one that is only named has none of what it needs
        command.make_context(str(command.name), list(words))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_request_that_is_named_is_in_the_contract(page: Path) -> None:
    document = json.loads((ROOT / "schemas" / "openapi.json").read_text("utf-8"))
    known = {
        (method.upper(), re.sub(r"{\w+}", "{}", path))
        for path, methods in document["paths"].items()
        for method in methods
    }
    text = page.read_text("utf-8")
    for method, path in re.findall(r"`(GET|POST|PUT|DELETE) (/v1/[^`?\s]+)`", text):
        assert (method, re.sub(r"{\w+}", "{}", path)) in known, (method, path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    for name in re.findall(r"`((?:docs|ops|schemas)/[\w./-]+\.\w+)`", text):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"\]\(([\w.-]+\.md)\)", text):
        assert (page.parent / name).is_file(), name


def test_the_kinds_of_findings_that_are_explained_are_kinds() -> None:
    text = (ROOT / "docs" / "runbooks" / "verification-failed.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.strip().startswith("| `")]
    kinds = {kind for row in rows for kind in re.findall(r"`(\w+)`", row)}
    assert {*CHAIN, *SEALS, *FACTS} & kinds
    assert kinds <= {*CHAIN, *SEALS, *FACTS, *_other_kinds()}


def _other_kinds() -> set[str]:
    from api.verification.plan import KINDS  # noqa: PLC0415  # loads every check

    return set(KINDS)

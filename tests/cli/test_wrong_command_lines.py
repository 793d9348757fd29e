"""Whatever is wrong with a command line or its environment is said in one sentence: exit code 2, no
traceback, and no part of a password."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import pytest
import typer
from typer.testing import CliRunner

from api.container import Endpoints
from tests.command_line import app

SECRET = "sEcReT"  # stands where a password does
REQUIRED = {
    "org": ["--org", "acme"],
    "user": ["--user", "ada"],
    "format": ["--format", "csv"],
    "before": ["--before", "2026-01-01T00:00:00Z"],
    "to": ["--to", "archives"],
    "as_of": ["--as-of", "1"],
    "sequence": ["--sequence", "1"],
    "from_": ["--from", "1"],
    "out": ["out.tar.gz"],
    "file": ["backup.tar"],
    "key": ["0123abcd"],
    "read_model": ["transactions"],
    "tenant": ["acme"],
    "period": ["--period", "2026-02"],
    "provider": ["stripe"],
    "platform": ["shopify"],
}
ALWAYS = {
    "erase-person": ["--yes"],
    "project": ["--once"],
    "jobs": ["--once"],
    "seal": ["--once"],
    "rates import": ["--dry-run"],
}
SERVING = ("serve", "demo")
"""They would go on if nothing were wrong."""

NUMBERS = ["x", "1.5", "-1", "99999999999999999999999"]
TEXTS = ["", "a/../b", "\u202e", "x" * 5_000, "-1", "1" * 400]
PLACES = ["/dev/null", "/dev/null/x", "/proc/1/mem", "x" * 5_000, "/"]
A_FILE = "a-file"
NO_FOLDERS = [*PLACES[:-1], A_FILE, "/proc/x"]


HOSTS = ["256.0.0.1", "::g", "x" * 300, "a b", "192.0.2.1", "\u202e"]
PRICES = ["--input-price", "--output-price"]


class Parameter(NamedTuple):
    """An option or argument of a subcommand."""

    words: tuple[str, ...]
    name: str
    kind: Any
    argument: bool
    required: bool


def _commands(
    group: typer.Typer, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Callable[..., Any]]]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield (*before, command.name or command.callback.__name__), command.callback
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from _commands(inner.typer_instance, (*before, str(inner.name)))


def _parameters() -> Iterator[Parameter]:
    for words, callback in _commands(app):
        defaults = len(callback.__defaults__ or ())
        hints = get_type_hints(callback, include_extras=True)
        del hints["return"]
        for place, (name, hint) in enumerate(hints.items()):
            kind, marker, *_ = get_args(hint)
            argument = isinstance(marker, typer.models.ArgumentInfo)
            yield Parameter(words, name, kind, argument, place < len(hints) - defaults)


PARAMETERS = list(_parameters())
COMMANDS = sorted({each.words for each in PARAMETERS})


def _line(words: tuple[str, ...], without: str = "") -> list[str]:
    needed = [each for each in PARAMETERS if each.words == words and each.required]
    line = [part for each in needed if each.name != without for part in REQUIRED[each.name]]
    return [*words, *line, *ALWAYS.get(" ".join(words), [])]


def _wrong(each: Parameter) -> Iterator[list[str]]:
    line = _line(each.words, each.name)
    kinds = {each.kind, *get_args(each.kind)}
    values = TEXTS
    if int in kinds:
        values = NUMBERS
    elif Path in kinds:
        values = PLACES
    elif any(isinstance(kind, type) and issubclass(kind, Enum) for kind in kinds):
        values = ["wrong", ""]
    for value in values if bool not in kinds else []:
        option = f"--{each.name.strip('_').replace('_', '-')}"
        yield [*line, value] if each.argument else [*line, option, value]


LINES = [
    *[line for each in PARAMETERS if each.words[0] not in SERVING for line in _wrong(each)],
    *[[*_line(words), wrong] for words in COMMANDS for wrong in ("--no-such", "extra", "-z")],
    *[
        _line(each.words, each.name)
        for each in PARAMETERS
        if each.required and (each.words, each.name) != (("partitions", "archive"), "to")
    ],
    ["no-such"],
    *[["serve", "--port", port] for port in ("99999", "-1", "x", "")],
    *[["serve", "--host", host] for host in HOSTS],
    *[["serve", "--data", place] for place in NO_FOLDERS],
    *[["migrate", "--data", place] for place in NO_FOLDERS],
    *[["demo", "--data", place] for place in NO_FOLDERS],
    *[["demo", "--trace", place] for place in [*PLACES, "no-such"]],
    *[["demo", "--clients", number] for number in [*NUMBERS, "0", "1001"]],
    *[["demo", option, price] for option in PRICES for price in ("x", "-1", "1e400", "")],
    *[["demo", "--model", model] for model in ("", "x" * 300, "\u202e")],
]  # fmt: skip


def check(line: list[str], *, may_be_right: bool) -> None:
    result = CliRunner().invoke(app, line)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2 or (may_be_right and result.exit_code in (0, 1)), result.output
    assert "Traceback" not in result.output
    assert SECRET not in result.output
    if result.exit_code == 2:
        assert result.output.strip()


@pytest.fixture(autouse=True)
def a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / A_FILE).touch()


def _id(line: list[str]) -> str:
    return " ".join(line)[:60].encode("unicode_escape").decode()


@pytest.mark.parametrize("line", LINES, ids=_id)
def test_a_wrong_command_line_is_one_sentence(
    line: list[str], ends: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a ledger that is there; a value that is right after all does its work."""
    if line[0] not in SERVING:
        monkeypatch.setenv("TALLY_DATABASE_URL", ends.database.owner)
        monkeypatch.setenv("TALLY_CLICKHOUSE_URL", ends.clickhouse_url)
    check(line, may_be_right=line[0] not in SERVING)


URLS = ("TALLY_DATABASE_URL", "TALLY_WRITER_URL", "TALLY_QUERY_URL")
ENVIRONMENTS = [
    *[
        (name, url)
        for name in URLS
        for url in (
            f"postgresql://u:{SECRET}@host:notaport/db",
            f"postgresql://u:{SECRET}%zz@host/db",
            f"postgresql://[u:{SECRET}@host/db",
            f"postgresql://u:{SECRET}@127.0.0.1:1/db",
            f"postgresql://u:{SECRET}@127.0.0.1:99999/db",
            f"postgresql://u:p@{SECRET}@127.0.0.1/db",
            f"postgresql://u:{SECRET}/x@127.0.0.1/db",
            f"postgresql://u:p?{SECRET}@127.0.0.1/db",
            f"postgresql://u:p#{SECRET}@127.0.0.1/db",
            f"postgresql://u:{SECRET}@127.0.0.1:1/db?sslmode=wrong",
            f"postgresql://u:{SECRET}@127.0.0.1:1/db?{SECRET}=1",
            f"mysql://u:{SECRET}@host/db",
            f"host=127.0.0.1 port=1 password={SECRET} wrong=1",
            f"password='{SECRET}",
            f"{SECRET}",
        )
    ],
    *[
        ("TALLY_CLICKHOUSE_URL", url)
        for url in (
            f"http://u:{SECRET}@127.0.0.1:1/db",
            f"http://u:{SECRET}@127.0.0.1:99999/db",
            f"http://u:{SECRET}@127.0.0.1:x/db",
            f"http://u:{SECRET}@[::1/db",
            f"ftp://u:{SECRET}@127.0.0.1/db",
            f"{SECRET}",
            f"http://u:{SECRET}@",
        )
    ],
    *[("TALLY_WITNESSES", url) for url in (f"x://u:{SECRET}@host", f"http://u:{SECRET}@[::1")],
    *[
        ("TALLY_ALERTS_URL", url)
        for url in (f"ftp://u:{SECRET}@host", f"http://u:{SECRET}@[::1", f"{SECRET}")
    ],
    *[
        ("TALLY_ALERTS_SECRET", secret)
        for secret in (SECRET, f"whsec_{SECRET}", "whsec_", "whsec_c2hvcnQ=")
    ],
    ("TALLY_OPERATOR_KEY", SECRET),
    ("TALLY_SIGNING_KEYS", SECRET),
    ("TALLY_RETENTION_YEARS", "x"),
    ("TALLY_ANALYSTS_MONTHS", "1"),
    ("TALLY_NAME", "a b"),
]


def _set(monkeypatch: pytest.MonkeyPatch, ends: Endpoints, name: str, value: str) -> None:
    if name not in ("TALLY_WRITER_URL", "TALLY_QUERY_URL"):
        monkeypatch.setenv("TALLY_DATABASE_URL", ends.database.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", ends.clickhouse_url)
    monkeypatch.setenv(name, value)


@pytest.mark.parametrize("words", [("migrate",), ("verify",)], ids=" ".join)
@pytest.mark.parametrize(("name", "value"), ENVIRONMENTS)
def test_a_wrong_environment_is_one_sentence(
    words: tuple[str, ...],
    name: str,
    value: str,
    ends: Endpoints,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _set(monkeypatch, ends, name, value)
    check(_line(words), may_be_right=name not in URLS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TALLY_DATABASE_URL", f"postgresql://u:{SECRET}@host:notaport/db"),
        ("TALLY_DATABASE_URL", f"postgresql://u:{SECRET}@127.0.0.1:1/db"),
        pytest.param(
            "TALLY_DATABASE_URL", f"postgresql://u:p@{SECRET}@127.0.0.1/db", marks=pytest.mark.slow
        ),
        pytest.param(
            "TALLY_DATABASE_URL", f"postgresql://u:{SECRET}/x@127.0.0.1/db", marks=pytest.mark.slow
        ),
        ("TALLY_CLICKHOUSE_URL", f"http://u:p/{SECRET}@127.0.0.1/db"),
        pytest.param("TALLY_OPERATOR_KEY", SECRET, marks=pytest.mark.slow),
        ("TALLY_SIGNING_KEYS", SECRET),
    ],
)
def test_a_service_in_a_wrong_environment_says_one_sentence(
    name: str, value: str, ends: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set(monkeypatch, ends, name, value)
    result = subprocess.run(
        [sys.executable, "-P", "-m", "api.cli.main", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert result.returncode == 2, result.stdout
    assert len(result.stdout.strip().splitlines()) == 1
    assert SECRET not in result.stdout

"""Journals over HTTP and from the command line: the same text, for those who may audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from adapters.embedded import EngineUrls
from api.container import event_store
from api.queries.bookkeeping import journal as query
from ledger.bookkeeping.formats import STYLES, Format
from ledger.kernel.roles import Role
from ledger.ports import RecordedEvent
from tests.api.problems import problem
from tests.api.served import Served, served
from tests.command_line import app
from tests.formats.bookkeeping.programs import exported
from tests.formats.golden import tell
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ORG
from tests.tamper.stores import TestStore
from tests.tamper.verification.test_every_fact import PastJournal

PATH = "/v1/audit/journal"
HERE = {"sequences": {"from_": "60", "to": "90"}}
HERE |= {"a day": {"from_": "2026-02-05T00:00:00Z", "to": "2026-02-06T00:00:00Z"}}
HERE |= {"everything": {}}
REFUSED = [
    ({}, "format"),
    ({"format": "xml"}, "format"),
    ({"format": "csv", "from_": "yesterday"}, "from"),
    ({"format": "csv", "from_": "2026-02-01"}, "from"),
    ({"format": "csv", "to": "0"}, "to"),
    ({"format": "csv", "to": "9223372036854775808"}, "to"),
    ({"format": "csv", "from_": "7", "to": "7"}, "to"),
    ({"format": "csv", "from_": "2026-02-02T00:00:00Z", "to": "2026-02-01T00:00:00Z"}, "to"),
    ({"format": "csv", "until": "7"}, "until"),
]


@contextmanager
def story_in(engines: EngineUrls) -> Iterator[TestStore]:
    """A store in which the golden story happened."""
    store = TestStore.new(engines)
    journal = PastJournal(store.ends.database.writer, name="story")
    tell(journal, StandingClock())
    journal.close()
    yield store
    store.drop()


@pytest.fixture(scope="module")
def told(engines: EngineUrls) -> Iterator[TestStore]:
    with story_in(engines) as store:
        yield store


@pytest.fixture(scope="module")
def service(told: TestStore) -> Iterator[Served]:
    with served(told.ends, read_models=False) as running:
        yield running


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "PAGE_EVENTS", 10)


@pytest.fixture
def runner(told: TestStore, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TALLY_DATABASE_URL", told.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", told.clickhouse_url)
    return CliRunner()


def stored(store: TestStore) -> list[RecordedEvent]:
    opened = event_store(store.ends.database, "test")
    try:
        return opened.events_after(ORG, 0)
    finally:
        opened.close()


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("format", Format)
def test_http_and_the_command_write_the_same(
    service: Served, told: TestStore, runner: CliRunner, tmp_path: Path, format: Format, name: str
) -> None:
    asked = HERE[name]
    since = query.parse_bound(asked.get("from_"), "from")
    expected = exported(stored(told), format, since, query.parse_bound(asked.get("to"), "to"))
    answer = service.operator_of(ORG).get(PATH, format=format, **asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == STYLES[format].media_type
    assert f'"{ORG}.{STYLES[format].suffix}"' in answer.headers["Content-Disposition"]
    assert answer.text == expected
    given = [part for name, value in asked.items() for part in (f"--{name.strip('_')}", value)]
    command = ["journal", "--org", ORG, "--format", format, *given]
    printed = runner.invoke(app, command)
    assert (printed.exit_code, printed.stdout_bytes.decode()) == (0, expected)
    file = tmp_path / "journal"
    assert runner.invoke(app, [*command, "--out", str(file)]).exit_code == 0
    assert file.read_bytes().decode() == expected
    assert [each.name for each in tmp_path.iterdir()] == ["journal"]


def test_pages_bounded_in_bytes_hold_at_least_one_event(
    service: Served, told: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "PAGE_BYTES", 1)
    answer = service.operator_of(ORG).get(PATH, format="csv")
    assert answer.text == exported(stored(told), Format.CSV)


@pytest.mark.parametrize("role", Role)
def test_only_those_who_may_audit_read_a_journal(service: Served, role: Role) -> None:
    caller = service.operator_of(ORG)
    if role is not Role.OPERATOR:
        caller = service.issue(ORG, role, subject="mia")
    answer = caller.get(PATH, format="csv")
    if role in (Role.OPERATOR, Role.ADMIN, Role.AUDITOR):
        assert answer.status_code == 200
    else:
        problem(answer, 403, "forbidden", None)


def test_an_org_sees_its_own_journal_only(service: Served) -> None:
    empty = service.new_admin()
    text = empty.get(PATH, format="csv").text
    assert text.count("\n") == 1
    problem(service.operator.get(PATH, format="csv"), 400, "missing_input", "X-Org")


@pytest.mark.parametrize(("asked", "field"), REFUSED)
def test_a_range_or_format_that_means_nothing_is_refused(
    service: Served, asked: dict[str, str], field: str
) -> None:
    problem(service.operator_of(ORG).get(PATH, **asked), 422, "invalid", field)


def test_the_command_says_what_is_wrong(runner: CliRunner, tmp_path: Path) -> None:
    base = ["journal", "--format", "csv", "--org"]
    for wrong in (["A B"], [ORG, "--from", "x"], [ORG, "--from", "9", "--to", "9"]):
        refused = runner.invoke(app, [*base, *wrong])
        assert refused.exit_code == 2, refused.output
    file = tmp_path / "journal.csv"
    unknown = runner.invoke(app, [*base, "nobody", "--out", str(file)])
    assert (unknown.exit_code, "there is no org nobody" in unknown.stderr) == (2, True)
    nowhere = runner.invoke(app, [*base, ORG, "--out", str(tmp_path / "no" / "where")])
    assert (nowhere.exit_code, "No journal was written" in nowhere.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_would_be_wrong_is_not_finished(engines: EngineUrls) -> None:
    """With an event missing: refused before it begins, else cut off so that the caller sees it."""
    with story_in(engines) as store, served(store.ends, read_models=False) as running:
        store.unguard()
        store.tamper(f"DELETE FROM tally.events WHERE org = '{ORG}' AND sequence = 50")
        caller = running.operator_of(ORG)
        with pytest.raises(httpx.RemoteProtocolError):
            caller.get(PATH, format="csv")
        answer = caller.get(PATH, format="csv", from_="60")
        problem(answer, 404, "not_found", None)
        assert "50 to 50" in answer.json()["detail"]

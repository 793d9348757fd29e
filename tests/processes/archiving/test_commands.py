"""`tally partitions` and `tally erase-person`, and what the service answers after an archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import conninfo
from typer.testing import CliRunner, Result

from adapters.archive import Archives
from adapters.embedded import EngineUrls
from adapters.postgres.connection import OWNER, as_role
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate
from adapters.postgres.partitions import Partitions
from api.archiving import archiving
from api.container import Endpoints, event_store
from tests.api.problems import problem
from tests.api.served import OPERATOR_KEY, Api, served
from tests.command_line import app
from tests.processes.archiving.conftest import Archived
from tests.scenarios.commands import deposit, register, usage, use
from tests.tamper.archived import FIRST, SECOND
from tests.tamper.stores import TestStore

ALL = str(SECOND)


@pytest.fixture
def run(store: TestStore, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TALLY_DATABASE_URL", store.ends.database.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", store.ends.clickhouse_url)
    monkeypatch.setenv("TALLY_VERIFIER_KEYS_FILE", str(store.verifier_keys))
    monkeypatch.setenv("COLUMNS", "250")
    return Run()


class Run:
    """`tally` in this process."""

    def __call__(self, *arguments: str) -> Result:
        result = CliRunner().invoke(app, arguments)
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def archive(self, before: str, to: Path, *more: str) -> Result:
        return self("partitions", "archive", "--before", before, "--to", str(to), *more)


def test_partitions_are_listed_archived_and_verified(run: Run, tmp_path: Path) -> None:
    listed = run("partitions", "list").output
    assert [state in listed for state in ("full", "current", "ahead")] == [True] * 3
    young = run.archive(ALL, tmp_path)
    assert young.exit_code == 2
    assert "TALLY_RETENTION_YEARS" in young.output
    assert run.archive("5", tmp_path).exit_code == 0, "no whole partition: nothing to do"
    done = run.archive(ALL, tmp_path, "--min-age", "0")
    assert done.exit_code == 0, done.output
    listed = run("partitions", "list").output
    assert f"archived, {FIRST - 1} events, archived_000000 detached" in listed
    dropped = run.archive("2000-01-01T00:00:00Z", tmp_path, "--drop")
    assert "archived_000000b was compared again and is dropped" in dropped.output
    assert "detached" not in run("partitions", "list").output
    assert run("verify", "--archive", str(tmp_path)).exit_code == 0
    part = run("verify", "--archive", str(tmp_path), "--org", "acme")
    assert part.exit_code == 2
    assert "leave out --org and --since" in part.output
    without = run("verify")
    assert without.exit_code == 2
    assert "--archive" in without.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--before", "yesterday", "--to", "x"), "--before"),
        (("--before", "1", "--to", "weird://x"), "weird"),
    ],
)
def test_a_wrong_argument_is_named(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("partitions", "archive", *arguments)
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize("years", ["0", "-1", "seven", "7.5", "99999"])
def test_a_retention_that_is_no_number_of_years_is_refused(
    years: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_RETENTION_YEARS", years)
    result = Run().archive(ALL, Path("nowhere"))
    assert result.exit_code == 2
    assert "TALLY_RETENTION_YEARS" in result.output


def test_verify_names_archives_that_are_not_there(run: Run, tmp_path: Path) -> None:
    run.archive(ALL, tmp_path / "there", "--min-age", "0")
    result = run("verify", "--archive", str(tmp_path / "nowhere"))
    assert result.exit_code == 2
    assert "nowhere" in result.output


def test_a_person_is_erased(run: Run, store: TestStore) -> None:
    assert run("erase-person", "--org", "acme", "--user", "a b", "--yes").exit_code == 2
    assert run("erase-person", "--org", "nobody", "--user", "ada", "--yes").exit_code == 2
    of_ada = "SELECT FROM tally.texts WHERE org = 'acme' AND person = 'ada' AND content IS NOT NULL"
    texts = len(store.rows(of_ada))
    done = run("erase-person", "--org", "acme", "--user", "ada", "--yes")
    assert done.exit_code == 0, done.output
    assert texts >= 3
    assert f"{texts} texts of ada in acme are erased" in done.output
    assert run("verify").exit_code == 0
    assert store.rows(of_ada) == []


def every_transaction(caller: Api) -> Iterator[Any]:
    """All transactions of an org, page by page."""
    cursor = None
    while True:
        asked = {"limit": 1000} if cursor is None else {"limit": 1000, "cursor": cursor}
        page = caller.get("/v1/billing/transactions", **asked).json()
        yield from page["data"]
        if (cursor := page["next_cursor"]) is None:
            return


@pytest.mark.reaches("archived")
def test_an_archived_transaction_is_still_shown_and_its_key_is_gone(archived: Archived) -> None:
    store = archived.store
    ((sequence,),) = store.rows("SELECT sequence FROM tally.keys WHERE key = 'single 0'")
    with served(store.ends, read_models=False) as service:
        operator = service.as_holder_of(OPERATOR_KEY, x_org="acme")
        shown = operator.get(f"/v1/billing/transactions/{sequence}-0")
        assert shown.json() in list(every_transaction(operator))
        missing = operator.get("/v1/billing/transactions/99999-0")
        problem(missing, 404, "not_found", "id")
        back = operator.send(f"/v1/billing/transactions/{sequence}-0/reverse", {"reason": "x"})
        problem(back, 410, "archived", None)
        assert operator.get("/v1/billing/rate-cards").json()["data"]
        assert operator.get("/v1/billing/caps").json()["data"]


def test_an_owner_that_is_no_superuser_archives(engines: EngineUrls, tmp_path: Path) -> None:
    """Row security holds for it too: what it copies it has read as the writer."""
    server = str(engines.database_url)
    name = "store_of_an_owner"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD 'x'")
        connection.execute(
            f"GRANT tally_owner, tally_writer, tally_query TO {name} WITH ADMIN OPTION"
        )
        connection.execute(f"CREATE DATABASE {name} OWNER {name}")
    url = conninfo.make_conninfo(server, dbname=name, user=name, password="x")
    migrate(url)
    database = log_in(url)
    with psycopg.connect(as_role(url, OWNER)) as connection:
        connection.execute("DROP TABLE tally.events_000000")
        for part in (("events_000000", 0, 5), ("events_000000b", 5, 10_000_000)):
            connection.execute("SELECT tally.make_event_partition(%s, %s, %s)", part)
    ends = Endpoints(database, str(engines.clickhouse_url))
    store = TestStore(engines, name)
    store.ends = ends
    store.run([register("acme"), deposit("5", key="d"), usage([use("1", id="u")])])
    store.run([usage([use("1", id="v")])])
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO tally.projections VALUES ('transactions', 1000)")
    archives = Archives(str(tmp_path))
    with Partitions(database) as partitions:
        (first,) = archiving.due(partitions, position=5, time_us=None, oldest_us=store.clock())
        manifest = archiving.archive(partitions, archives, first, store.clock())
        assert (manifest.events, manifest.kept) == (4, 2)
        (first, *_) = partitions.every()
        assert first.rows == 2
        archiving.drop(partitions, archives, first)
    door = event_store(database, "test")
    assert [event.position for event in door.select_positions(0, 9)][:2] == [1, 2]
    door.close()

"""What each process of a service knows, as the kernel shows it: its own credentials, no other's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo

from adapters.embedded import EngineUrls, running_engines
from api.container import Endpoints
from api.demo.service import Service, service
from api.verification.verify import verify
from tests.sampling import every

BUCKET = {"AWS_SECRET_ACCESS_KEY": "secret-of-a-bucket"}
FOREIGN = {"PGPASSWORD": "secret-of-the-owner", "SECRET_OF_ANOTHER": "secret-of-another-program"}
CHILDREN = ("api.writer", "project", "jobs", "seal", "adapters.embedded", "postgres")


def _descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found |= {int(child)} | _descendants(int(child))
    return found


def _command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def _environments(running: Service) -> dict[str, str]:
    """The environment of each process below the one that listens, by its command."""
    (serve,) = [
        int(each.name)
        for each in Path("/proc").iterdir()
        if each.name.isdigit() and _serves(int(each.name), running.url)
    ]
    return {
        f"{pid}: {' '.join(_command(pid))}": Path(f"/proc/{pid}/environ").read_text()
        for pid in _descendants(serve)
    }


def _serves(pid: int, url: str) -> bool:
    try:
        command = _command(pid)
    except OSError:
        return False
    return "serve" in command and url.rpartition(":")[2] in command


_SESSIONS = """
SELECT s.application_name, s.usename,
       array(SELECT r.rolname FROM pg_roles r
              WHERE starts_with(r.rolname, 'tally_') AND pg_has_role(s.usename, r.oid, 'MEMBER')
                AND r.rolname <> s.usename),
       u.usesuper
  FROM pg_stat_activity s JOIN pg_user u USING (usename)
 WHERE s.datname = %s AND s.pid <> pg_backend_pid() AND s.backend_type = 'client backend'
"""
WRITER_SESSIONS = {"tallystick sequencer", "tallystick committer"}


def _sessions(owner: str) -> set[tuple[str, str, str, bool]]:
    """Each open session: what it is called, its login, the one role of that, if it is a
    superuser."""
    name = conninfo.conninfo_to_dict(owner)["dbname"]
    with psycopg.connect(owner) as connection:
        rows = connection.execute(_SESSIONS, [name]).fetchall()
    return {(called, login, ", ".join(roles), rises) for called, login, roles, rises in rows}


@pytest.mark.parametrize("embedded", every(2, [False, True]))
def test_each_child_has_only_what_it_needs(
    embedded: bool, new_endpoints: Callable[[], Endpoints], tmp_path: Path
) -> None:
    ends = None if embedded else new_endpoints()
    given = BUCKET | FOREIGN
    if ends is not None:
        given |= {
            "TALLY_DATABASE_URL": ends.database.owner,
            "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
        }
    with service(tmp_path / "data", environment=given) as running:
        running.call("POST", "/v1/orgs", {"id": "acme", "name": "Acme"})
        seen = _environments(running)
        urls = running_engines(tmp_path / "data")
        owner, clickhouse = _owner_and_clickhouse(ends, urls)
        sessions = _sessions(owner)
    writing = {each[1:] for each in sessions if each[0] in WRITER_SESSIONS}
    ((login, role, _),) = writing
    assert login.startswith(f"{role}_")
    assert {each[2:] for each in sessions} == {("tally_writer", False), ("tally_query", False)}
    assert role == "tally_writer"
    password = conninfo.conninfo_to_dict(owner).get("password")
    for name in CHILDREN[: None if embedded else 4]:
        assert any(name in command for command in seen), name
    for command, environment in seen.items():
        words = command.split()
        assert "TALLY_OPERATOR_KEY" not in environment, command
        for told in (command, environment):
            assert owner not in told, command
            assert not password or str(password) not in told, command
        assert "TALLY_DATABASE_URL" not in environment, command
        assert "TALLY_QUERY_URL" not in environment, command
        assert not [each for each in FOREIGN.values() if each in environment], command
        opens_buckets = bool({"seal", "jobs"} & set(words))  # of witnesses, of documents
        assert (BUCKET["AWS_SECRET_ACCESS_KEY"] in environment) == opens_buckets, command
        assert (clickhouse in environment) == ("project" in words), command
        # The sandbox of payments is there with everything embedded, for what calls it.
        assert ("TALLY_STRIPE_KEY=" in environment) == (embedded and "jobs" in words), command
        assert "TALLY_STRIPE_WEBHOOK_SECRET" not in environment, command
        logs_in = {"api.writer", "project", "jobs", "seal"} & set(words)
        assert ("TALLY_WRITER_URL=" in environment) == bool(logs_in), command


def test_a_worker_has_what_serves_http_and_a_writer_of_several_what_writes(
    new_endpoints: Callable[[], Endpoints], tmp_path: Path
) -> None:
    ends = new_endpoints()
    given = (
        BUCKET
        | FOREIGN
        | {"TALLY_ALERTS_SECRET": "whsec_" + "c2VjcmV0LW9mLWEtd2ViaG9vay1yZWNlaXZlcg=="}
        | {"TALLY_WEBHOOKS": "private"}
    )
    given |= {
        "TALLY_DATABASE_URL": ends.database.owner,
        "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
    }
    with service(
        tmp_path / "data", "--workers", "2", "--writers", "2", environment=given
    ) as running:
        running.call("POST", "/v1/orgs", {"id": "acme", "name": "Acme"})
        seen = _environments(running)
    found = [name for each in seen for name in ("api.worker", "api.writer") if name in each.split()]
    assert sorted(found) == ["api.worker"] * 2 + ["api.writer"] * 2
    for command, environment in seen.items():
        serves = "api.worker" in command.split()
        for variable in ("TALLY_OPERATOR_KEY", "TALLY_QUERY_URL"):
            assert (f"{variable}=" in environment) == serves, command
        assert running.operator_key not in command
        assert ends.database.owner not in environment + command
        assert not [each for each in FOREIGN.values() if each in environment], command
        opens_buckets = serves or bool({"seal", "jobs"} & set(command.split()))
        assert (BUCKET["AWS_SECRET_ACCESS_KEY"] in environment) == opens_buckets, command
        assert ("TALLY_ALERTS_SECRET" in environment) == ("jobs" in command.split())
        assert ("TALLY_WEBHOOKS" in environment) == (serves or "jobs" in command.split())


def _owner_and_clickhouse(ends: Endpoints | None, urls: EngineUrls | None) -> tuple[str, str]:
    if ends is not None:
        return ends.database.owner, ends.clickhouse_url
    assert urls is not None
    return str(urls.database_url), str(urls.clickhouse_url)


def test_a_service_runs_without_the_owners_credential(
    new_endpoints: Callable[[], Endpoints], tmp_path: Path
) -> None:
    """Migrated by somebody else, it has the two logins and nothing more."""
    ends = new_endpoints()
    given = {
        "TALLY_WRITER_URL": ends.database.writer,
        "TALLY_QUERY_URL": ends.database.query,
        "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
    }
    with service(tmp_path / "data", environment=given) as running:
        running.call("POST", "/v1/orgs", {"id": "acme", "name": "Acme"})
        running.wait_until_sealed("acme")
        name = conninfo.conninfo_to_dict(ends.database.owner)["dbname"]
        with psycopg.connect(ends.database.owner) as owner:
            users = owner.execute(
                "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = %s "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
                [name],
            ).fetchall()
    expected = {conninfo.conninfo_to_dict(given[each])["user"] for each in list(given)[:2]}
    assert {user for (user,) in users} == expected
    assert not (tmp_path / "data" / "postgres").exists()
    assert verify(ends).exit_code in (0, 2)

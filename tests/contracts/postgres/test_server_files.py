"""Files of `ops/postgresql`: logins that a ledger is made and served with, settings that a server
takes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo

from adapters.embedded import Engines
from adapters.embedded.binaries import postgres_programs
from adapters.postgres.migrations import migrate
from api.container import DatabaseUrls, Endpoints, event_store, examine_login
from api.doctor.check import Verdict
from api.doctor.database import judge_role
from tests.tidy.tree import ROOT

FILES = ROOT / "ops" / "postgresql"
PASSWORDS = {name: f"password-of-{name}" for name in ("owner", "writer", "query")}
SETTING = re.compile(r"^(\w+) = ('?)(.*)\2$", re.M)


@pytest.fixture(scope="module")
def superuser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: roles are the whole server's."""
    with Engines(tmp_path_factory.mktemp("server"), clickhouse=False) as engines:
        yield str(engines.urls().database_url)


@pytest.fixture(scope="module")
def logins(superuser: str, tmp_path_factory: pytest.TempPathFactory) -> DatabaseUrls:
    """The logins of `roles.sql`, as psql makes them, and a ledger that their owner has made."""
    secrets = tmp_path_factory.mktemp("secrets")
    for name, password in PASSWORDS.items():
        (secrets / f"{name}_password").write_text(password + "\n")
    run_psql(superuser, secrets)
    names = {"owner": "tally_admin", "writer": "tally_service_writer"}
    urls = {
        role: conninfo.make_conninfo(
            superuser, user=names.get(role, f"tally_service_{role}"), password=password
        )
        for role, password in PASSWORDS.items()
    }
    migrate(urls["owner"])
    return DatabaseUrls(**urls)


def run_psql(url: str, secrets: Path) -> None:
    psql = postgres_programs(None) / "psql"
    done = subprocess.run(
        [psql, "-X", "-v", f"secrets={secrets}", "-d", url, "-f", FILES / "roles.sql"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("role", ["writer", "query"])
def test_a_login_of_the_file_is_just_its_role(logins: DatabaseUrls, role: str) -> None:
    check = judge_role(role, examine_login(getattr(logins, role)))
    assert check.verdict is Verdict.RIGHT, check


def test_the_writer_of_the_file_opens_the_store(logins: DatabaseUrls) -> None:
    store = event_store(Endpoints(logins, "").database, "test")
    store.close()


def test_nobody_of_the_file_is_a_superuser_or_exempt(superuser: str, logins: DatabaseUrls) -> None:
    with psycopg.connect(superuser) as connection:
        rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'tally%' "
            "AND (rolsuper OR rolbypassrls OR rolreplication OR rolcreatedb)"
        ).fetchall()
    assert rows == []


def test_a_server_takes_every_setting_of_the_file(superuser: str) -> None:
    settings = {name: value for name, _, value in SETTING.findall(text_of_settings())}
    lines = [line for line in text_of_settings().splitlines() if line and line[0] != "#"]
    assert len(settings) == len(lines)
    with psycopg.connect(superuser, autocommit=True) as connection:
        for name, value in settings.items():
            # Checked by the server, and written where nobody starts it again.
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("ALTER SYSTEM RESET ALL")


def test_the_settings_lose_nothing() -> None:
    settings = {name: value for name, _, value in SETTING.findall(text_of_settings())}
    for name in ("fsync", "synchronous_commit", "full_page_writes", "archive_mode"):
        assert settings[name] == "on"
    assert settings["wal_level"] == "replica"
    assert settings["log_error_verbosity"] == "terse"


def text_of_settings() -> str:
    return (FILES / "postgresql.conf").read_text("utf-8")

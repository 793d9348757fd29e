"""Who comes into the embedded PostgreSQL: who has the password, and as root no other user."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import conninfo

from adapters.embedded import Engines, EngineUrls

HOW_IT_WAS = "local all all trust\n"


def enters(url: str, **instead: str) -> bool:
    try:
        psycopg.connect(conninfo.make_conninfo(url, **instead)).close()
    except psycopg.OperationalError:
        return False
    return True


def test_nobody_comes_in_without_the_password(urls: EngineUrls) -> None:
    url = str(urls.database_url)
    assert enters(url)
    for password in ("", "postgres", str(urlsplit(url).password)[:-1]):
        assert not enters(url, password=password)


def test_as_root_the_server_is_a_user_of_its_own(made: Path, as_root: None) -> None:
    with Engines(made, clickhouse=False) as engines:
        urls = engines.urls()
        uid = Path(f"/proc/{urls.postgres_pid}").stat().st_uid
        assert uid not in {0, pwd.getpwnam("nobody").pw_uid}
        with pytest.raises(KeyError):
            pwd.getpwuid(uid)
        assert {each.stat().st_uid for each in (made / "postgres").rglob("*")} == {uid}
        sockets = conninfo.conninfo_to_dict(str(urls.database_url))["host"]
        for place in (f"/proc/{urls.postgres_pid}/cwd/", f"{sockets}/", f"{made}/"):
            assert not listed_by_nobody(place)
    with Engines(made, clickhouse=False) as engines:
        assert Path(f"/proc/{engines.urls().postgres_pid}").stat().st_uid == uid


def listed_by_nobody(place: str) -> bool:
    nobody = pwd.getpwnam("nobody")
    run = subprocess.run(
        ["ls", place], capture_output=True, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[]
    )
    return run.returncode == 0


def test_data_of_when_everyone_was_trusted_is_locked(made: Path) -> None:
    with Engines(made, clickhouse=False) as engines:
        with psycopg.connect(str(engines.urls().database_url)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        sockets = conninfo.conninfo_to_dict(str(engines.urls().database_url))["host"]
    (made / "postgres" / "pg_hba.conf").write_text(HOW_IT_WAS)
    (made / "postgres.secret").unlink()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for each in (made / "postgres", *(made / "postgres").rglob("*")):
            os.chown(each, nobody.pw_uid, nobody.pw_gid)
    with Engines(made, clickhouse=False) as engines:
        url = str(engines.urls().database_url)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]
        assert not enters(url, password="")
        if os.geteuid() == 0:
            pid = engines.urls().postgres_pid
            assert Path(f"/proc/{pid}").stat().st_uid != pwd.getpwnam("nobody").pw_uid
    shutil.rmtree(str(sockets), ignore_errors=True)


def test_a_password_that_was_lost_is_made_again(made: Path) -> None:
    (made / "postgres.secret").unlink()
    with Engines(made, clickhouse=False) as engines:
        assert enters(str(engines.urls().database_url))


def test_what_holds_passwords_is_for_its_owner_alone(urls: EngineUrls, made: Path) -> None:
    with Engines(made):
        inner = (made / "clickhouse" / "secret", made / "nats" / "nats.conf")
        for each in (made, *made.iterdir(), *inner):
            assert stat.S_IMODE(each.stat().st_mode) & 0o077 == 0, each

"""The doctor: every bad case that can be made is found on real engines, and says what to do."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import conninfo

from adapters.postgres.examination import LedgerFacts, LoginFacts
from api.container import Endpoints, examine_login
from api.demo.service import free_port, service
from api.doctor import machine
from api.doctor.check import Check, Verdict
from api.doctor.database import judge_ledger, judge_server
from ledger.proof.sealing import SEALER
from tests.contracts.invoices.mail_server import mail_server
from tests.processes.backup.test_backup import tally

_numbers = count(1)
RIGHT, LOOK, WRONG = Verdict.RIGHT, Verdict.LOOK, Verdict.WRONG


class Doctor:
    """Runs `tally doctor` with a configuration that is right but for what is changed."""

    def __init__(self, ends: Endpoints, data: Path) -> None:
        self.ends, self.data = ends, data
        self.port = free_port()
        self.environment = {
            "TALLY_DATABASE_URL": ends.database.owner,
            "TALLY_WRITER_URL": ends.database.writer,
            "TALLY_QUERY_URL": ends.database.query,
            "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
        }

    def __call__(self, expected: int = 0, **changed: str) -> dict[str, dict[str, str]]:
        environment = {**os.environ, **self.environment, **changed}
        command = [sys.executable, "-P", "-m", "api.cli.main", "doctor", "--json"]
        done = subprocess.run(
            [*command, "--data", str(self.data), "--port", str(self.port)],
            env={name: value for name, value in environment.items() if value},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == expected, done.stdout + done.stderr
        assert not done.stderr
        return {check["what"]: check for check in json.loads(done.stdout)}


@pytest.fixture
def doctor(new_endpoints: Callable[[], Endpoints], tmp_path: Path) -> Doctor:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    return Doctor(new_endpoints(), data)


@contextmanager
def as_owner(doctor: Doctor) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(doctor.ends.database.owner, autocommit=True) as connection:
        yield connection


def is_(check: dict[str, str], verdict: Verdict, found: str = "", advice: str = "") -> None:
    assert check["verdict"] == verdict, check
    assert found in check["found"], check
    assert advice in check["advice"], check
    assert bool(check["advice"]) == (verdict is not RIGHT)


def test_a_right_configuration_is_right(doctor: Doctor) -> None:
    found = doctor()
    for what in ("owner", "writer", "query"):
        is_(found[f"database as {what}"], RIGHT)
    for what in ("fsync", "full_page_writes", "synchronous_commit", "version", "database clock"):
        is_(found[what], RIGHT)
    is_(found["migrations"], RIGHT, "current")
    is_(found["clickhouse"], RIGHT)
    is_(found["port"], RIGHT, "is free")
    is_(found["archiving"], LOOK, "archive_mode off", "tally backup")


def test_where_documents_are_kept_and_sent_is_examined(doctor: Doctor, tmp_path: Path) -> None:
    found = doctor()
    is_(found["blobs"], LOOK, "documents are kept in", "Set TALLY_BLOBS_URL")
    is_(found["mail"], LOOK, "no server is set", "Set TALLY_SMTP_URL")
    with mail_server() as server:
        found = doctor(TALLY_BLOBS_URL=str(tmp_path / "blobs"), TALLY_SMTP_URL=server.url)
    is_(found["blobs"], RIGHT, str(tmp_path))
    is_(found["mail"], RIGHT, "127.0.0.1, without TLS")
    (tmp_path / "file").write_text("no folder")
    found = doctor(1, TALLY_BLOBS_URL=str(tmp_path / "file"), TALLY_SMTP_URL="smtp://127.0.0.1:9")
    is_(found["blobs"], WRONG, "cannot be read", "TALLY_BLOBS_URL")
    is_(found["mail"], WRONG, "does not answer", "TALLY_SMTP_URL")


def test_a_table_is_shown_where_no_json_is_asked_for(doctor: Doctor) -> None:
    done = tally(doctor.environment, "doctor", "--data", str(doctor.data), "--port", "1")
    assert "what to do" in done.stdout


def test_a_setting_that_is_refused_is_the_only_check(doctor: Doctor) -> None:
    found = doctor(2, TALLY_OPERATOR_KEY="guess")
    assert list(found) == ["settings"]
    is_(found["settings"], WRONG, "TALLY_OPERATOR_KEY")


def test_a_role_that_passes_row_security_is_wrong(doctor: Doctor) -> None:
    found = doctor(1, TALLY_WRITER_URL=doctor.ends.database.owner)
    is_(found["database as writer"], WRONG, "passes row security", "TALLY_WRITER_URL")


@pytest.mark.parametrize(
    ("role", "options", "granted", "said"),
    [
        ("query", "BYPASSRLS", "tally_query", "passes row security"),
        ("query", "", "tally_owner", "is a member of tally_owner"),
        ("query", "", "tally_writer", "is not just tally_query"),
        ("writer", "", "tally_query", "is not just tally_writer"),
    ],
)
def test_a_login_that_is_not_just_its_role_is_wrong(
    doctor: Doctor, role: str, options: str, granted: str, said: str
) -> None:
    name = f"doctors_{next(_numbers)}"
    with as_owner(doctor) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'p' {options}")
        connection.execute(f"GRANT {granted} TO {name}")
        connection.execute(f"GRANT SELECT ON public.tally_migrations TO {name}")
    url = conninfo.make_conninfo(doctor.ends.database.owner, user=name, password="p")
    found = doctor(1, **{f"TALLY_{role.upper()}_URL": url})
    is_(found[f"database as {role}"], WRONG, said, f"TALLY_{role.upper()}_URL")


def test_a_database_that_does_not_answer_is_wrong_and_no_password_is_said(doctor: Doctor) -> None:
    nowhere = f"postgresql://u:sEcReT@127.0.0.1:{free_port()}/tally"
    found = doctor(1, TALLY_DATABASE_URL=nowhere, TALLY_WRITER_URL="", TALLY_QUERY_URL="")
    is_(found["database as owner"], WRONG, "PostgreSQL does not answer")
    assert "sEcReT" not in json.dumps(found)


def test_a_database_without_a_ledger_or_with_an_older_one_says_so(doctor: Doctor) -> None:
    with as_owner(doctor) as connection:
        connection.execute("DELETE FROM public.tally_migrations WHERE name LIKE '0032%'")
    is_(doctor(1)["migrations"], WRONG, "0032", "tally migrate")
    empty = conninfo.make_conninfo(doctor.ends.database.owner, dbname="postgres")
    found = doctor(TALLY_DATABASE_URL=empty, TALLY_WRITER_URL="", TALLY_QUERY_URL="")
    is_(found["database as owner"], LOOK, "no ledger yet", "tally migrate")


def test_commits_that_do_not_wait_are_seen(doctor: Doctor) -> None:
    with as_owner(doctor) as connection:
        name = conninfo.conninfo_to_dict(doctor.ends.database.owner)["dbname"]
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    is_(doctor()["synchronous_commit"], LOOK, "off")


def test_a_follower_a_witness_and_alarms_are_told(doctor: Doctor) -> None:
    with as_owner(doctor) as connection:
        connection.execute("UPDATE tally.shard SET position = 5000")
        connection.execute(
            "INSERT INTO tally.alarms VALUES "
            "('store_full', 3, (extract(epoch FROM now()) * 1000000)::bigint, 'no room')"
        )
    found = doctor()
    is_(found["follower transactions"], LOOK, "5,000 events behind", "tally project")
    is_(found[f"follower {SEALER}"], LOOK, "5,000 events behind", "tally seal")
    is_(found["alarm store_full"], LOOK, "raised 3 times", "docs/alarms.md#store_full")


def test_clickhouse_that_does_not_answer_is_wrong(doctor: Doctor) -> None:
    found = doctor(1, TALLY_CLICKHOUSE_URL=f"http://127.0.0.1:{free_port()}")
    is_(found["clickhouse"], WRONG, "ClickHouse", "TALLY_CLICKHOUSE_URL")


def test_a_witness_that_cannot_be_read_is_wrong(doctor: Doctor, tmp_path: Path) -> None:
    gone, there = tmp_path / "gone", tmp_path / "there"
    there.mkdir()
    found = doctor(1, TALLY_WITNESSES=f"{gone} {there}")
    is_(found[f"reading {gone}"], WRONG, "cannot be read")
    is_(found[f"reading {there}"], RIGHT)
    is_(doctor()["witnesses"], LOOK, "none", "TALLY_WITNESSES")


def test_keys_that_others_can_read_or_that_are_gone_are_wrong(doctor: Doctor) -> None:
    is_(doctor()["signing keys"], LOOK, "none yet")
    tally(doctor.environment, "keys", "rotate", "--data", str(doctor.data))
    private = doctor.data / "signing-keys"
    is_(doctor()["signing keys"], RIGHT, "1 that sign")
    private.chmod(0o640)
    is_(doctor(1)["signing-keys"], WRONG, "mode 640", "chmod 600")
    private.unlink()
    is_(doctor(1)["signing keys"], WRONG, "none that signs", "tally keys rotate")


def test_a_port_that_a_stranger_has_is_wrong(doctor: Doctor) -> None:
    with socket.create_server(("127.0.0.1", doctor.port)) as listening:
        listening.settimeout(0)
        is_(doctor(1)["port"], WRONG, "Address already in use", "--port")


def test_a_running_service_with_everything_embedded_is_examined(tmp_path: Path) -> None:
    with service(tmp_path) as serving:
        port = serving.url.rpartition(":")[2]
        done = tally({}, "doctor", "--json", "--data", str(tmp_path), "--port", port)
    found = {check["what"]: check for check in json.loads(done.stdout)}
    is_(found["port"], RIGHT, "a service answers")
    is_(found["database as writer"], RIGHT)
    is_(found["engines.json"], RIGHT, "mode 600")


# -- what cannot be made of a machine that many share ------------------------------------------


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        (machine.judge_python((3, 10)), WRONG),
        (machine.judge_cores(1), LOOK),
        (machine.judge_memory(1 << 30), LOOK),
        (machine.judge_disk(Path("/"), 1 << 29), WRONG),
        (machine.judge_disk(Path("/"), 5 << 30), LOOK),
        (machine.judge_disk(Path("/"), 50 << 30), RIGHT),
        (machine.judge_flush(Path("/"), 0.000_001), LOOK),
        (machine.judge_flush(Path("/"), 0.1), LOOK),
        (machine.judge_flush(Path("/"), 0.001), RIGHT),
        (machine.judge_flush(Path("/"), None), LOOK),
        (machine.judge_clock(False), LOOK),
        (machine.judge_clock(None), LOOK),
        (machine.judge_clock(True), RIGHT),
        (machine.judge_open_files(1024), LOOK),
        (machine.judge_open_files(resource.RLIM_INFINITY), RIGHT),
    ],
)
def test_a_machine_is_judged(check: Check, verdict: Verdict) -> None:
    assert check.verdict is verdict
    assert bool(check.advice) == (verdict is not RIGHT)


@pytest.fixture
def facts(ends: Endpoints) -> LoginFacts:
    return examine_login(ends.database.writer)


@pytest.mark.parametrize(
    ("name", "value", "what", "verdict"),
    [
        ("fsync", "off", "fsync", WRONG),
        ("full_page_writes", "off", "full_page_writes", WRONG),
        ("data_checksums", "off", "data_checksums", LOOK),
        ("server_encoding", "SQL_ASCII", "encoding", WRONG),
        ("server_version_num", "170004", "version", WRONG),
        ("wal_level", "minimal", "archiving", LOOK),
        ("archive_mode", "off", "archiving", LOOK),
    ],
)
def test_a_server_that_loses_money_is_judged(
    facts: LoginFacts, name: str, value: str, what: str, verdict: Verdict
) -> None:
    facts.settings[name] = value
    checks = {check.what: check for check in judge_server(facts, facts.now_us)}
    assert checks[what].verdict is verdict
    assert checks[what].advice


@pytest.mark.parametrize(("skew_s", "verdict"), [(0, RIGHT), (-2, LOOK), (6, WRONG)])
def test_a_clock_that_differs_is_judged(facts: LoginFacts, skew_s: int, verdict: Verdict) -> None:
    checks = {c.what: c for c in judge_server(facts, facts.now_us + skew_s * 1_000_000)}
    assert checks["database clock"].verdict is verdict


def test_a_witness_that_is_behind_is_judged() -> None:
    facts = LedgerFacts({}, [], [("far", "refused", 0), ("near", None, None)], [])
    checks = {check.what: check for check in judge_ledger(facts, 3600 * 1_000_000)}
    assert checks["witness far"].verdict is LOOK
    assert "refused" in checks["witness far"].found
    assert checks["witness near"].verdict is RIGHT


def test_who_writes_each_shard_is_told() -> None:
    def told(*leases: tuple[int, str, bool]) -> Check:
        checks = judge_ledger(LedgerFacts({}, [], [], list(leases)), 0)
        return {check.what: check for check in checks}["leases"]

    assert told((1, "a", False)).found == "no service writes at the time"
    assert told((1, "a", True), (2, "b", True)).found == "shard 1 by a, shard 2 by b"
    lapsed = told((1, "a", True), (2, "b", False))
    assert lapsed.verdict is LOOK
    assert "nobody writes shard 2" in lapsed.found

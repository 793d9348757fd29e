"""Backups: taken while eight clients write, restored into an empty place, verified and served."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import msgspec
import psycopg
import pytest
from psycopg import conninfo

from adapters.backup_file import BackupReader, BackupWriter
from adapters.backup_manifest import BackupUnreadable, Manifest, SavedTable
from adapters.embedded import EngineUrls
from adapters.postgres import restore as restoring
from adapters.postgres.migrations import migrations, migrator, require_current
from api.demo.service import Service, client, service

CLIENTS = 8
BEFORE, AFTER = 160, 80
"""Debits that are acknowledged before the backup begins, and so many more when it has ended."""

_numbers = count(1)


@dataclass
class Taken:
    """A backup that was taken under load."""

    file: Path
    data: Path
    witness: Path
    key: str
    before: dict[str, dict[str, Any]]
    """What was acknowledged before it began, by id."""

    environment: dict[str, str]


class Load:
    """Clients that post one debit after the other."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {key}"}
        self._ids = count(1)
        self._changed = threading.Condition()
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.stopping = False

    def run(self) -> None:
        with client() as http:
            while not self.stopping:
                line = {"id": f"d{next(self._ids)}", "user": "ada", "amount": "0.000001"}
                answer = http.post(
                    f"{self._url}/v1/billing/usage", json=line, headers=self._headers
                )
                assert answer.status_code == 201, answer.text
                with self._changed:
                    self.acknowledged[line["id"]] = answer.json()
                    self._changed.notify_all()

    def wait_for(self, number: int) -> dict[str, dict[str, Any]]:
        """Everything acknowledged, once there is so much more."""
        with self._changed:
            wanted = len(self.acknowledged) + number
            assert self._changed.wait_for(lambda: len(self.acknowledged) >= wanted, 120)
            return dict(self.acknowledged)


def tally(
    environment: dict[str, str], *words: str, expected: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "api.cli.main", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == expected, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder = tmp_path_factory.mktemp("backup")
    data, witness, file = folder / "ledger", folder / "witness", folder / "backup.tar"
    witness.mkdir()
    environment = {"TALLY_WITNESSES": str(witness), "TALLY_NAME": "bank.example"}
    with service(data, environment=environment) as serving:
        serving.call("POST", "/v1/orgs", {"id": "acme", "name": "Acme"})
        serving.call("POST", "/v1/billing/deposits", {"user": "ada", "amount": 5}, org="acme")
        body = {"name": "gateway", "role": "gateway"}
        key = str(serving.call("POST", "/v1/orgs/acme/api-keys", body)["secret"])
        serving.wait_until_sealed("acme")
        load = Load(serving.url, key)
        with ThreadPoolExecutor(CLIENTS) as clients:
            running = [clients.submit(load.run) for _ in range(CLIENTS)]
            try:
                before = load.wait_for(BEFORE)
                tally(environment, "backup", str(file), "--data", str(data))
                load.wait_for(AFTER)
            finally:
                load.stopping = True
            for each in running:
                each.result()
        seal(environment, data)
    return Taken(file, data, witness, key, before, environment)


def seal(environment: dict[str, str], data: Path) -> None:
    """Have everything signed and with the witness, whoever does it."""
    tally(environment, "verify", "--data", str(data), "--only", "seals")
    tally(environment, "seal", "--once", "--data", str(data))


def test_what_was_acknowledged_before_a_backup_is_restored_verified_and_served(
    taken: Taken, tmp_path: Path
) -> None:
    data = tmp_path / "restored"
    restored = tally(
        taken.environment,
        *("restore", str(taken.file), "--data", str(data)),
        *("--keys", str(taken.data / "verifier-keys")),
        expected=3,
    )
    printed = " ".join(restored.stdout.split())
    assert "All is as the events say" in printed
    assert "BEHIND: a witness has signed checkpoints beyond this backup, of 1 orgs." in printed
    assert "acme: sequences" in printed
    assert "keys in the backup itself" not in printed

    shutil.copy(taken.data / "signing-keys", data)
    alone = {"TALLY_NAME": "bank.example"}  # it would fork what the witness holds
    with service(data, environment=alone) as serving, client() as http:
        for id_, answer in list(taken.before.items())[:: len(taken.before) // 20]:
            again = post(http, serving, taken.key, id_)
            assert again.json() | {"replayed": None} == answer | {"replayed": None}
        fresh = post(http, serving, taken.key, str(uuid.uuid4()))
        assert fresh.status_code == 201, fresh.text
        listed = serving.call("GET", "/v1/billing/balance?user=ada", org="acme")
        assert listed["user"] == "ada"
        serving.wait_until_sealed("acme")
    tally(alone, "verify", "--data", str(data), "--only", "chain")


def post(http: httpx.Client, serving: Service, key: str, id_: str) -> httpx.Response:
    line = {"id": id_, "user": "ada", "amount": "0.000001"}
    headers = {"Authorization": f"Bearer {key}"}
    return http.post(f"{serving.url}/v1/billing/usage", json=line, headers=headers)


def test_every_debit_that_was_acknowledged_before_is_in_it_once(
    taken: Taken, database: Callable[[], str]
) -> None:
    owner = database()
    with BackupReader(taken.file) as file:
        restoring.restore(owner, file.manifest(), file.rows)
    with psycopg.connect(owner) as connection:
        rows = connection.execute(
            "SELECT line ->> 'id' FROM tally.events, "
            "jsonb_array_elements(convert_from(body, 'UTF8')::jsonb -> 'lines') line "
            "WHERE type = 'credits.UsageRecorded'"
        ).fetchall()
    ids = [id_ for (id_,) in rows]
    assert len(ids) == len(set(ids))
    assert taken.before.keys() <= set(ids)


def test_neither_private_keys_nor_settings_are_in_a_backup(taken: Taken) -> None:
    private = (taken.data / "signing-keys").read_text().split("\n")[1]
    assert private.startswith("PRIVATE+KEY")
    with BackupReader(taken.file) as file:
        manifest = file.manifest()
        everything = b"".join(b"".join(file.rows(table)) for table in manifest.tables)
    everything += manifest.encode()
    assert private.encode() not in everything
    assert private[-24:].encode() not in everything
    assert str(taken.witness).encode() in everything  # its name, which has no password
    assert manifest.settings == sorted({*manifest.settings, "TALLY_NAME", "TALLY_WITNESSES"})
    assert taken.file.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_restored_by_an_owner_who_is_no_superuser(
    taken: Taken, engines: EngineUrls, database: Callable[[], str]
) -> None:
    superuser = str(engines.database_url)
    restoring_role = f"restorer_{next(_numbers)}"
    owner = database()
    name = conninfo.conninfo_to_dict(owner)["dbname"]
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {restoring_role} LOGIN CREATEROLE PASSWORD 'p'")
        connection.execute(
            f"GRANT tally_owner, tally_writer, tally_query TO {restoring_role} WITH ADMIN OPTION"
        )
        connection.execute(f'ALTER DATABASE "{name}" OWNER TO {restoring_role}')
    url = conninfo.make_conninfo(owner, user=restoring_role, password="p")
    with BackupReader(taken.file) as file:
        restoring.restore(url, file.manifest(), file.rows)
    require_current(owner)
    with psycopg.connect(owner) as connection:
        (unforced,) = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'tally'::regnamespace "
            "AND relrowsecurity AND NOT relforcerowsecurity"
        ).fetchone() or (None,)
        (disabled,) = connection.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'"
        ).fetchone() or (None,)
    assert (unforced, disabled) == (0, 0)


def test_a_backup_of_an_older_version_is_brought_to_this_one(
    taken: Taken, database: Callable[[], str]
) -> None:
    newest = migrations()[-1][0]
    owner = database()
    with BackupReader(taken.file) as file:
        manifest = file.manifest()
        made = {name: sha for name, sha in manifest.saved.migrations.items() if name != newest}
        saved = msgspec.structs.replace(manifest.saved, migrations=made)
        there = tables_of(owner, made)
        tables = [table for table in manifest.tables if there.issuperset(_columns(table))]
        older = msgspec.structs.replace(manifest, saved=saved, tables=tables)
        restoring.restore(owner, older, file.rows)
    require_current(owner)


def tables_of(owner: str, made: dict[str, str]) -> set[tuple[str, str]]:
    """What the database has when just these migrations have run: asked, and undone."""
    with migrator(owner) as migrating:
        connection = migrating.connection
        with connection.transaction(force_rollback=True):
            migrating.run(only=made)
            migrating.make_jobs()
            query = (
                "SELECT table_schema || '.' || table_name, column_name "
                "FROM information_schema.columns"
            )
            return {(str(table), str(name)) for table, name in connection.execute(query)}


def _columns(table: SavedTable) -> set[tuple[str, str]]:
    """What a table has by its backup; partitions of events are made when they are restored."""
    name = "tally.events" if table.name.startswith("tally.events_") else table.name
    return {(name, column) for column in table.columns}


def test_a_damaged_backup_leaves_nothing(
    taken: Taken, database: Callable[[], str], tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.tar"
    content = bytearray(taken.file.read_bytes())
    with BackupReader(taken.file) as file:
        place = file._members["tally.events_000000/000001.zst"].offset_data + 40
    content[place] ^= 1
    damaged.write_bytes(content)
    owner = database()
    with BackupReader(damaged) as file, pytest.raises(BackupUnreadable, match="damaged"):
        restoring.restore(owner, file.manifest(), file.rows)
    restoring.require_empty(owner)


def test_a_backup_that_was_not_written_to_its_end_is_none(taken: Taken, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tar"
    cut.write_bytes(taken.file.read_bytes()[:-20_000])
    done = tally(taken.environment, "restore", str(cut), "--data", str(tmp_path / "x"), expected=2)
    assert "Not restored:" in done.stderr
    assert not (tmp_path / "x").exists()


def test_what_a_backup_says_that_nobody_signed_is_found(
    taken: Taken, database: Callable[[], str], new_clickhouse: str, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.tar"
    forge(taken.file, forged, b'"Acme"', b'"Evil"')
    environment = {
        **taken.environment,
        "TALLY_DATABASE_URL": database(),
        "TALLY_CLICKHOUSE_URL": new_clickhouse,
    }
    done = tally(environment, "restore", str(forged), "--data", str(tmp_path / "x"), expected=1)
    assert "WRONG: what the backup holds is not what was signed." in " ".join(done.stdout.split())
    again = tally(environment, "restore", str(forged), "--data", str(tmp_path / "x"), expected=2)
    assert "there is a ledger in this database already" in again.stderr


def forge(source: Path, target: Path, old: bytes, new: bytes) -> None:
    """Write a backup that is whole, and says something else."""
    with BackupReader(source) as file, target.open("wb") as out:
        manifest, writer = file.manifest(), BackupWriter(out)
        tables = [
            msgspec.structs.replace(
                table,
                chunks=[
                    writer.add(table.name, number, rows.replace(old, new))
                    for number, rows in enumerate(file.rows(table), 1)
                ],
            )
            for table in manifest.tables
        ]
        writer.end(msgspec.structs.replace(manifest, tables=tables))


def test_a_backup_of_a_newer_version_or_another_ledger_is_refused(
    taken: Taken, tmp_path: Path
) -> None:
    with BackupReader(taken.file) as file:
        manifest = file.manifest()
    made = {**manifest.saved.migrations, "9999_kernel_later.sql": "0" * 64}
    newer = rewritten(manifest, tmp_path, migrations=made)
    data = str(tmp_path / "x")
    done = tally(taken.environment, "restore", str(newer), "--data", data, expected=2)
    assert "made by a newer version" in done.stderr
    done = tally({"TALLY_NAME": "other"}, "restore", str(taken.file), "--data", data, expected=2)
    assert "Set TALLY_NAME=bank.example." in done.stderr


def rewritten(manifest: Manifest, folder: Path, **changed: Any) -> Path:
    path = folder / "rewritten.tar"
    saved = msgspec.structs.replace(manifest.saved, **changed)
    with path.open("wb") as out:
        BackupWriter(out).end(msgspec.structs.replace(manifest, saved=saved, tables=[]))
    return path


@pytest.fixture
def database(engines: EngineUrls) -> Callable[[], str]:
    """Makes a database of its own, with nothing in it."""

    def make() -> str:
        name = f"tally_restored_{next(_numbers)}"
        with psycopg.connect(str(engines.database_url), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return conninfo.make_conninfo(str(engines.database_url), dbname=name)

    return make


@pytest.fixture
def new_clickhouse(engines: EngineUrls) -> str:
    """A database of its own in ClickHouse, not made yet."""
    path = f"/restored_{next(_numbers)}"
    return urlunsplit(urlsplit(str(engines.clickhouse_url))._replace(path=path))

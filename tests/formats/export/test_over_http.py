"""The bundle over HTTP: who may have it, what it holds, what is refused."""

from __future__ import annotations

import dataclasses
import io
import os
import socket
import tarfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from api.container import Endpoints, signing_keys
from api.limits import OPEN_STREAMS
from api.sealing.process import Sealing
from api.settings import Settings
from schemas import verify
from tests.api.problems import problem
from tests.api.served import OPERATOR_KEY, Api, Served, served
from tests.formats.export.bundles import check, found

EXPORT = "/v1/audit/export"


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    with served(ends, read_models=False) as running:
        yield running


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data=tmp_path_factory.mktemp("keys"))


def sealed(service: Served, settings: Settings) -> str:
    """Seal what there is; the verifier key."""
    assert Sealing(settings, service.ends.database, threading.Event()).once()
    return str(signing_keys(settings).ring().verifiers[0])


def saved(api: Api, folder: Path, **query: str) -> Path:
    answer = api.get(EXPORT, **query)
    assert answer.is_success, answer.text
    assert answer.headers["content-type"] == "application/gzip"
    name = answer.headers["content-disposition"].partition('filename="')[2].rstrip('"')
    (folder / name).write_bytes(answer.content)
    return folder / name


def is_right(report: verify.Report) -> bool:
    """Whether all is right but that nobody signed the list of files: this service has no keys."""
    unchecked = {kind for kind, each in report.checks.items() if each.unchecked}
    return not found(report) and unchecked == {"manifest"}


def test_a_service_with_the_keys_signs_the_list_of_files(
    service: Served, settings: Settings, tmp_path: Path
) -> None:
    admin = service.new_admin()
    key = sealed(service, settings)
    mine = dataclasses.replace(settings, operator_key=OPERATOR_KEY)
    with served(service.ends, read_models=False, settings=mine) as signing:
        bundle = saved(Api(signing.http, admin.secret, admin.org), tmp_path)
    assert check(bundle, key).exit_code == 0


def test_the_bundle_that_is_downloaded_verifies(
    service: Served, settings: Settings, tmp_path: Path
) -> None:
    admin = service.new_admin()
    admin.deposit("ada", "10")
    for _ in range(5):
        assert admin.use("ada", "0.5", metadata={"trace": "a"}).is_success
    key = sealed(service, settings)
    bundle = saved(admin, tmp_path)
    assert bundle.name == f"{admin.org}-1-{service.events(admin.org)}.tar.gz"
    report = check(bundle, key)
    assert is_right(report), list(report.lines())
    assert report["hashes"].checked == service.events(admin.org)
    assert any("usage" in fact and "-2.500000" in fact for fact in report.facts)
    again = saved(admin, tmp_path, to="3")
    assert check(again, key)["hashes"].checked == 3
    assert again.read_bytes() == saved(admin, tmp_path, to="3").read_bytes()


def test_an_archive_that_was_cut_off_is_no_bundle(
    service: Served, settings: Settings, tmp_path: Path
) -> None:
    admin = service.new_admin()
    key = sealed(service, settings)
    bundle = saved(admin, tmp_path)
    with tarfile.open(bundle) as archive:
        names = archive.getnames()
        members = [(m, archive.extractfile(m)) for m in archive.getmembers()]
        with tarfile.open(tmp_path / "cut.tar.gz", "w:gz") as cut:
            for member, content in members[:-1]:
                assert content is not None
                cut.addfile(member, io.BytesIO(content.read()))
    assert names[-1].endswith("/manifest.json")
    with pytest.raises(Exception, match="was cut off"):
        check(tmp_path / "cut.tar.gz", key)


@pytest.mark.parametrize("role", ["billing", "gateway", "member"])
def test_who_may_not_audit_gets_no_bundle(service: Served, role: str) -> None:
    api = service.issue(service.new_org(), role, "ada" if role == "member" else None)
    problem(api.get(EXPORT), 403, "forbidden", None)


def test_an_auditor_gets_the_bundle_of_their_own_org_only(
    service: Served, settings: Settings, tmp_path: Path
) -> None:
    auditor = service.issue(service.new_org(), "auditor")
    other = service.new_org()
    key = sealed(service, settings)
    report = check(saved(auditor, tmp_path), key)
    assert is_right(report)
    assert report.facts[0].startswith(f"'tallystick/{auditor.org}'")
    named = service.as_holder_of(auditor.secret, x_org=other)
    problem(named.get(EXPORT), 403, "forbidden", "X-Org")
    report = check(saved(service.operator_of(other), tmp_path), key)
    assert report.facts[0].startswith(f"'tallystick/{other}'")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from_": "0"}, "from"),
        ({"to": "1000000"}, "to"),
        ({"from_": "2026-01-01T00:00:00+01:00"}, "from"),
        ({"from_": "2026-02-01", "to": "2026-01-01"}, "to"),
        ({"form": "1"}, "form"),
    ],
)
def test_what_is_no_range_is_a_problem_with_its_field(
    service: Served, query: dict[str, str], field: str
) -> None:
    problem(service.new_admin().get(EXPORT, **query), 422, "invalid", field)


@pytest.mark.reaches("not_sealed")
def test_what_is_not_sealed_yet_is_to_be_asked_for_again(
    service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.export.selection._POLL_S", 0.01)
    answer = service.new_admin().get(EXPORT)
    problem(answer, 503, "not_sealed", None)
    assert answer.headers["retry-after"]
    assert "tally seal --once" in answer.json()["detail"]


@contextmanager
def unguarded(service: Served) -> Iterator[psycopg.Connection[Any]]:
    """The database without what keeps its events from being changed."""
    with psycopg.connect(service.ends.database.owner) as owner:
        for table in ("events", "events_000000"):
            owner.execute(f"ALTER TABLE tally.{table} DISABLE TRIGGER append_only")
        yield owner
        for table in ("events", "events_000000"):
            owner.execute(f"ALTER TABLE tally.{table} ENABLE ALWAYS TRIGGER append_only")


def test_what_was_changed_in_the_database_is_never_a_whole_bundle(
    service: Served, settings: Settings, tmp_path: Path
) -> None:
    admin = service.new_admin()
    admin.deposit("ada", "10")
    key = sealed(service, settings)
    assert not found(check(saved(admin, tmp_path), key))
    with unguarded(service) as owner:
        owner.execute(
            "UPDATE tally.events SET actor = '{}' WHERE org = %s AND sequence = 2", [admin.org]
        )
    with pytest.raises(httpx.RemoteProtocolError):
        admin.get(EXPORT)


def test_what_is_not_in_the_database_any_more_is_refused(
    service: Served, settings: Settings, tmp_path: Path
) -> None:
    admin = service.new_admin()
    admin.deposit("ada", "10")
    key = sealed(service, settings)
    with unguarded(service) as owner:
        owner.execute("DELETE FROM tally.events WHERE org = %s AND sequence = 1", [admin.org])
    problem(admin.get(EXPORT), 404, "not_found", "from")
    assert is_right(check(saved(admin, tmp_path, from_="3"), key))


def incompressible(api: Api, events: int) -> None:
    """Events of a thousand lines whose labels are random."""
    for _ in range(events):
        names = ("id", "project", "service", "model")
        items = [
            {"user": "ada", "amount": "0.001"} | {name: os.urandom(120).hex() for name in names}
            for _ in range(1000)
        ]
        sent = api.send("/v1/billing/usage/batch", {"mode": "atomic", "items": items}, key=None)
        assert sent.is_success, sent.text


@pytest.fixture(scope="module")
def large(service: Served, settings: Settings) -> Api:
    """An admin of an org with more than the buffers between two processes hold."""
    admin = service.new_admin()
    incompressible(admin, 15)
    sealed(service, settings)
    return admin


def begun(service: Served, api: Api) -> socket.socket:
    """An export that is asked for, and of which nothing but its beginning is read."""
    at = urlsplit(service.base_url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((at.hostname, at.port))
    head = f"GET {EXPORT} HTTP/1.1\r\nHost: t\r\n"
    connection.sendall(f"{head}Authorization: {api.headers['Authorization']}\r\n\r\n".encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def test_exports_that_nobody_reads_are_few_and_keep_no_one_from_theirs(
    service: Served, settings: Settings, large: Api
) -> None:
    other = service.new_admin()
    sealed(service, settings)
    with ExitStack() as connections:
        for _ in range(OPEN_STREAMS.amount):
            connections.enter_context(begun(service, large))
        refused = large.get(EXPORT)
        problem(refused, 429, "too_many_reads", None)
        assert refused.headers["retry-after"]
        for _ in range(3):
            assert other.get(EXPORT, to="2").is_success
        assert large.get("/v1/audit/events").is_success
    answer = refused
    while answer.status_code == 429:  # until the service has noticed that they hung up
        answer = large.get(EXPORT, to="2")
    assert answer.is_success


def test_a_stream_has_an_end_however_slowly_it_is_read(service: Served, large: Api) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.http.stream.STREAM_S", 0.3)
        with begun(service, large):
            while service.service.reads.orgs():
                large.get("/v1/billing/balance", user="ada")
    assert large.get(EXPORT, to="1").is_success

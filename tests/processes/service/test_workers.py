"""Several processes that serve HTTP: what one knows, the others do, and none is missed for long."""

from __future__ import annotations

import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zlib import crc32

import httpx
import msgspec
import pytest

from adapters.embedded.issuer import DevelopmentIssuer
from api.container import Endpoints
from api.worker.given import Given
from api.writer.sockets import writer_sockets
from ledger.kernel.roles import Role
from tests.api.served import OPERATOR_KEY, Api, done
from tests.processes.service.test_serve import Process, tally_serve, until_done, wait_until_gone
from tests.processes.service.workers import Worker, pids_of, workers_of

WORKERS = 3
ALONE = ("--no-jobs", "--no-seal", "--no-projections")
_KEY = re.compile(r"tally_live_\S+")
_COUNTED = re.compile(r'requests_total\{.*route="/healthz".*\} ([0-9.]+)')


@pytest.fixture(scope="module")
def issuer() -> Iterator[DevelopmentIssuer]:
    with DevelopmentIssuer().served() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def serving(
    new_endpoints: Callable[[], Endpoints],
    issuer: DevelopmentIssuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Process]:
    """A service of several workers and two writers, with an org; it takes the issuer's tokens."""
    options = ("--workers", str(WORKERS), "--writers", "2", *ALONE)
    folder = tmp_path_factory.mktemp("workers")
    issuers = folder / "issuers.toml"
    issuers.write_text(issuer.file(Role.GATEWAY), "utf-8")
    ends, says = new_endpoints(), {"TALLY_ISSUERS_FILE": str(issuers)}
    with tally_serve(ends, folder, *options, key=OPERATOR_KEY, says=says) as process:
        with httpx.Client(base_url=process.base_url) as http:
            done(Api(http, OPERATOR_KEY).send("/v1/orgs", {"id": "acme", "name": "Acme"}))
        yield process


@pytest.fixture
def workers(serving: Process) -> Iterator[list[Worker]]:
    with workers_of(serving.process.pid, serving.base_url, WORKERS) as found:
        yield found


def test_a_key_revoked_in_one_worker_opens_nothing_in_the_others_within_a_second(
    workers: list[Worker],
) -> None:
    body = {"name": "g", "role": "gateway"}
    _, issued = workers[0].ask("POST", "/v1/orgs/acme/api-keys", body)
    secret = issued["secret"]
    for worker in workers:  # each knows the key now, and by the fast path too
        for _ in range(2):
            line = {"id": f"before {worker.pid}", "user": "ada", "amount": "1"}
            assert worker.ask("POST", "/v1/billing/usage", line, key=secret)[0] == 201
    revoked, _ = workers[0].ask("DELETE", f"/v1/orgs/acme/api-keys/{issued['id']}")
    assert revoked == 200
    deadline = time.monotonic() + 1
    for worker in workers:
        line = {"id": f"after {worker.pid}", "user": "ada", "amount": "1"}
        while (answer := worker.ask("POST", "/v1/billing/usage", line, key=secret))[0] != 401:
            assert worker is not workers[0], answer
            assert time.monotonic() < deadline, answer


def test_tokens_of_the_issuers_file_open_in_every_worker_and_those_of_another_do_not(
    workers: list[Worker], issuer: DevelopmentIssuer
) -> None:
    token = issuer.token(org="acme", roles=[Role.GATEWAY])
    stranger = DevelopmentIssuer().token(iss=issuer.url, org="acme", roles=[Role.GATEWAY])
    for worker in workers:
        line = {"id": f"by token {worker.pid}", "user": "ada", "amount": "1"}
        for _ in range(2):  # by the fast path, too
            assert worker.ask("POST", "/v1/billing/usage", line, key=token)[0] == 201
        status, refused = worker.ask("POST", "/v1/billing/usage", line, key=stranger)
        assert (status, refused["code"]) == (401, "unauthenticated")
        assert worker.ask("GET", "/v1/orgs", key=token)[0] == 403


def test_twins_sent_to_different_workers_at_once_are_one_effect(workers: list[Worker]) -> None:
    workers[0].ask("POST", "/v1/billing/deposits", {"user": "eve", "amount": "10"}, x_org="acme")
    with ThreadPoolExecutor(WORKERS) as pool:
        for number in range(20):
            line = {"id": f"twin {number}", "user": "eve", "amount": "0.1"}
            sent = [
                pool.submit(worker.ask, "POST", "/v1/billing/usage", line, x_org="acme")
                for worker in workers
            ]
            answers = [each.result() for each in sent]
            assert {status for status, _ in answers} == {201}
            assert len({value["id"] for _, value in answers}) == 1
    for worker in workers:
        _, balance = worker.ask("GET", "/v1/billing/balance?user=eve", x_org="acme")
        assert balance["available"] == "8"


def test_any_worker_tells_what_all_have_counted_and_a_counter_never_runs_back(
    serving: Process,
) -> None:
    pid, url = serving.process.pid, serving.base_url
    with workers_of(pid, url, WORKERS) as workers:
        before = _counted(workers[0])
        for worker in workers:
            for _ in range(7):
                worker.ask("GET", "/healthz")
        told = [_counted(worker) for worker in workers]
        assert told == [before + 7 * WORKERS] * WORKERS
        victim = workers[1].pid
        os.kill(victim, signal.SIGKILL)
        wait_until_gone(victim)
        assert _counted(workers[0]) == told[0]
    with workers_of(pid, url, WORKERS) as workers:  # another has taken its place
        assert {_counted(worker) >= told[0] for worker in workers} == {True}


def _counted(worker: Worker) -> float:
    """How often all have answered to whether they live."""
    status, page = worker.ask("GET", "/metrics")
    assert status == 200
    return sum(map(float, _COUNTED.findall(page)))


def test_refusals_noted_by_several_workers_are_one_log(workers: list[Worker]) -> None:
    for worker in workers:
        for _ in range(5):
            assert worker.ask("GET", "/v1/orgs", key="not ours")[0] == 401
    deadline = time.monotonic() + 90
    while (times := _refused(workers[0])) < 5 * WORKERS:
        assert time.monotonic() < deadline, times
    assert times == 5 * WORKERS


def _refused(worker: Worker) -> int:
    """How often all have refused a list of orgs."""
    status, listed = worker.ask("GET", "/v1/audit/refusals", x_org="platform")
    assert status == 200, listed
    return sum(each["times"] for each in listed["data"] if each["path"] == "/v1/orgs")


def test_workers_count_together_what_a_user_may_ask_for(workers: list[Worker]) -> None:
    user = _far_from_the_end_of_a_window()
    body = {"name": "m", "role": "member", "subject": user}
    _, issued = workers[0].ask("POST", "/v1/orgs/acme/api-keys", body)
    asked = [
        workers[number % WORKERS].ask("GET", "/v1/billing/balance", key=issued["secret"])[0]
        for number in range(70)
    ]
    assert asked == [200] * 60 + [429] * 10
    status, page = workers[0].ask("GET", "/metrics")
    assert status == 200
    assert 'tally_http_limited_total{limit="balance"} 10.0' in page


def _far_from_the_end_of_a_window() -> str:
    """A user whose minute has begun a moment ago."""
    users = (f"mia-{number}" for number in itertools.count())
    return next(
        user
        for user in users
        if (time.time() / 60 + crc32(f"balance/acme/{user}".encode()) / 2**32) % 1 < 0.2
    )


def test_a_worker_that_dies_is_started_again_and_takes_nobody_along(serving: Process) -> None:
    pid, url = serving.process.pid, serving.base_url
    with workers_of(pid, url, WORKERS) as workers:
        others, victim = workers[1:], workers[0]
        os.kill(victim.pid, signal.SIGKILL)
        wait_until_gone(victim.pid)
        for worker in others:
            line = {"id": f"beside {worker.pid}", "user": "bob", "amount": "1"}
            assert worker.ask("POST", "/v1/billing/usage", line, x_org="acme")[0] == 201
    with workers_of(pid, url, WORKERS) as workers:
        assert victim.pid not in {each.pid for each in workers}
        assert {each.ask("GET", "/readyz")[0] for each in workers} == {200}


def test_every_worker_finds_a_writer_that_was_started_again(serving: Process) -> None:
    pid, url = serving.process.pid, serving.base_url
    with httpx.Client(base_url=url, timeout=30) as http:
        operator = Api(http, OPERATOR_KEY, x_org="acme")
        for writer in pids_of(pid, "api.writer"):
            os.kill(writer, signal.SIGKILL)
            answers = until_done(operator, f"deposit after {writer}")
            assert {each.status_code for each in answers[:-1]} <= {503}
    with workers_of(pid, url, WORKERS) as workers:
        for worker in workers:
            line = {"id": f"again {worker.pid}", "user": "bob", "amount": "1"}
            while (answer := worker.ask("POST", "/v1/billing/usage", line, x_org="acme"))[0] == 503:
                time.sleep(0.05)
            assert answer[0] == 201


@pytest.mark.slow
@pytest.mark.slow
def test_the_first_key_is_shown_once_and_the_service_stops_whole(
    new_endpoints: Callable[[], Endpoints], tmp_path: Path
) -> None:
    with tally_serve(new_endpoints(), tmp_path, "--workers", "2", *ALONE) as process:
        (secret,) = _KEY.findall(process.printed)
        with httpx.Client(base_url=process.base_url) as http:
            assert done(Api(http, secret).get("/v1/orgs"))["data"] == []
        children = process.children()
        assert process.stop() == 0
        assert process.process.stdout is not None
        assert not _KEY.findall(process.process.stdout.read())
        for child in children:
            wait_until_gone(child)


@pytest.mark.slow
def test_workers_and_writers_end_when_their_supervisor_is_killed(
    new_endpoints: Callable[[], Endpoints], tmp_path: Path
) -> None:
    options = ("--workers", "2", "--writers", "2", *ALONE)
    with tally_serve(new_endpoints(), tmp_path, *options, key=OPERATOR_KEY) as process:
        children = process.children()
        assert len(children) == 4
        process.process.kill()
        for child in children:
            wait_until_gone(child)


def test_a_worker_that_waits_for_its_writer_ends_when_its_supervisor_is_gone(
    ends: Endpoints, tmp_path: Path
) -> None:
    """As where both are killed while it is started again: nobody starts a writer any more."""
    ours, theirs = socket.socketpair()
    with (
        writer_sockets() as sockets,
        socket.create_server(("127.0.0.1", 0)) as listener,
        theirs,
        ours,
    ):
        given = Given(
            line=theirs.fileno(),
            listener=listener.fileno(),
            ways=dict(sockets.ways),
            data=str(tmp_path),
            workers=2,
            writers=1,
            is_first=False,
        )
        environment = {
            **os.environ,
            "TALLY_WRITER_URL": ends.database.writer,
            "TALLY_QUERY_URL": str(ends.database.query),
            "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
        }
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "api.worker", msgspec.json.encode(given).decode()],
            env=environment,
            pass_fds=[given.line, given.listener, *given.ways.values()],
        ) as worker:
            try:
                theirs.close()
                connection, _ = _accepted(sockets.listeners[1])
                with connection:  # it is not greeted
                    ours.close()
                    assert worker.wait(60) == 1
            finally:
                worker.kill()


def _accepted(listener: socket.socket) -> tuple[socket.socket, object]:
    listener.settimeout(30)
    return listener.accept()

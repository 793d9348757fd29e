"""`tally serve` as a process: its first key, its child, and how it stops."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from api.container import Endpoints
from tests.api.problems import problem
from tests.api.served import OPERATOR_KEY, Api, done

_KEY = re.compile(r"tally_live_\S+")


class Process:
    """A running `tally serve` and what it printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.printed = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.printed += line
            if "listens on" in line:
                break
        found = re.search(r"http://\S+", self.printed)
        assert found, self.printed
        self.base_url = found[0]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop and answer its exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)

    def children(self) -> set[int]:
        """The pids of its children."""
        path = Path(f"/proc/{self.process.pid}/task")
        texts = [(task / "children").read_text() for task in path.iterdir()]
        return {int(pid) for text in texts for pid in text.split()}

    def child(self, what: str) -> int:
        """The pid of the child whose command line has this word."""
        (found,) = [
            pid
            for pid in self.children()
            if what in Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        ]
        return found


@contextmanager
def tally_serve(
    ends: Endpoints | None,
    data: Path,
    *options: str,
    key: str | None = None,
    says: Mapping[str, str] | None = None,
    under: Sequence[str] = (),
) -> Iterator[Process]:
    """A service of its own; `says` is in its environment, `under` begins its command line."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment.pop("TALLY_OPERATOR_KEY", None)
    environment |= says or {}
    if ends is not None:
        environment["TALLY_DATABASE_URL"] = ends.database.owner
        environment["TALLY_CLICKHOUSE_URL"] = ends.clickhouse_url
    if key is not None:
        environment["TALLY_OPERATOR_KEY"] = key
    command = [*under, sys.executable, "-P", "-m", "api.cli.main", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--data", str(data), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    ) as process:
        try:
            yield Process(process)
        finally:
            process.kill()


@pytest.fixture
def empty(new_endpoints: Callable[[], Endpoints]) -> Endpoints:
    return new_endpoints()


def test_the_first_start_prints_an_operator_key_once(empty: Endpoints, tmp_path: Path) -> None:
    with tally_serve(empty, tmp_path, "--no-projections") as first:
        secret = _KEY.findall(first.printed)
        assert "NO REAL MONEY MOVES" not in first.printed  # the database is a server
        assert len(secret) == 1
        with httpx.Client(base_url=first.base_url) as http:
            done(Api(http, secret[0]).send("/v1/orgs", {"id": "acme", "name": "Acme"}))
        assert first.stop() == 0
    with tally_serve(empty, tmp_path, "--no-projections") as second:
        assert not _KEY.findall(second.printed)
        with httpx.Client(base_url=second.base_url) as http:
            assert len(done(Api(http, secret[0]).get("/v1/orgs"))["data"]) == 1
        assert second.stop(signal.SIGINT) == 0


def test_an_operator_key_of_the_environment_opens_every_org(
    empty: Endpoints, tmp_path: Path
) -> None:
    with tally_serve(empty, tmp_path, "--no-projections", key=OPERATOR_KEY) as process:
        assert not _KEY.findall(process.printed)
        with httpx.Client(base_url=process.base_url) as http:
            assert done(Api(http, OPERATOR_KEY).get("/v1/orgs"))["data"] == []
            stranger = Api(http, OPERATOR_KEY + "x").get("/v1/orgs")
            problem(stranger, 401, "unauthenticated", "Authorization")


def test_a_short_operator_key_is_refused_with_a_sentence(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-P", "-m", "api.cli.main", "serve", "--data", str(tmp_path)],
        env={**os.environ, "TALLY_OPERATOR_KEY": "x" * 31},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 2
    assert "at least 32 characters" in result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_the_writer_comes_back_when_it_dies_and_ends_with_the_service(
    empty: Endpoints, tmp_path: Path
) -> None:
    options = ("--no-jobs", "--no-seal", "--no-projections")
    with tally_serve(empty, tmp_path, *options, key=OPERATOR_KEY) as process:
        with httpx.Client(base_url=process.base_url, timeout=30) as http:
            done(Api(http, OPERATOR_KEY).send("/v1/orgs", {"id": "acme", "name": "Acme"}))
            operator = Api(http, OPERATOR_KEY, x_org="acme")
            for number in range(2):
                os.kill(process.child("api.writer"), signal.SIGKILL)
                answers = until_done(operator, f"deposit {number}")
                assert {each.status_code for each in answers[:-1]} <= {503}
                assert all(each.headers["Retry-After"] for each in answers[:-1])
                assert http.get("/readyz").status_code == 200
            assert operator.balance("ada")["available"] == "2"
        child = process.child("api.writer")
        process.process.kill()
        wait_until_gone(child)


def until_done(api: Api, key: str) -> list[httpx.Response]:
    """The answers to a deposit that is sent again, with the same key, until it is done."""
    answers: list[httpx.Response] = []
    deadline = time.monotonic() + 90
    while not answers or not answers[-1].is_success:
        assert time.monotonic() < deadline, answers[-1].text
        answers.append(api.send("/v1/billing/deposits", {"user": "ada", "amount": "1"}, key=key))
    return answers


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 90
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline, "the child outlived the service"
        time.sleep(0.05)


def test_the_read_models_come_back_when_their_process_dies_and_end_with_the_service(
    empty: Endpoints, tmp_path: Path
) -> None:
    with tally_serve(empty, tmp_path, "--no-jobs", "--no-seal", key=OPERATOR_KEY) as process:
        with httpx.Client(base_url=process.base_url, timeout=30) as http:
            done(Api(http, OPERATOR_KEY).send("/v1/orgs", {"id": "acme", "name": "Acme"}))
            operator = Api(http, OPERATOR_KEY, x_org="acme")
            for _ in range(2):
                child = process.child("project")
                os.kill(child, signal.SIGKILL)
                sequence = operator.deposit("ada", "1")["sequence"]
                listed = wait_for(operator, sequence)
                assert listed["as_of_sequence"] >= sequence
        child = process.child("project")
        process.process.kill()
        wait_until_gone(child)


def wait_for(operator: Api, sequence: int) -> dict[str, int]:
    """A list that has seen a sequence; the child may need more than the 5 s a request waits."""
    for _ in range(5):
        answer = operator.get("/v1/billing/transactions", min_sequence=sequence)
        if answer.status_code != 503:
            break
    value: dict[str, int] = done(answer)
    return value


def test_stopping_answers_what_was_taken(empty: Endpoints, tmp_path: Path) -> None:
    """Every answer given is 201 or 503, and what was answered 201 is there after a start."""
    accepted: list[str] = []
    with tally_serve(empty, tmp_path, "--no-projections", key=OPERATOR_KEY) as process:
        with httpx.Client(base_url=process.base_url) as http:
            done(Api(http, OPERATOR_KEY).send("/v1/orgs", {"id": "acme", "name": "Acme"}))
        threads = [
            threading.Thread(target=_use_until_stopped, args=(process.base_url, name, accepted))
            for name in ("ada", "bob", "eve")
        ]
        for thread in threads:
            thread.start()
        time.sleep(1)
        assert process.stop() == 0
        for thread in threads:
            thread.join()
    assert accepted
    with (
        tally_serve(empty, tmp_path, "--no-projections", key=OPERATOR_KEY) as process,
        httpx.Client(base_url=process.base_url) as http,
    ):
        operator = Api(http, OPERATOR_KEY, x_org="acme")
        users = {name: sum(each == name for each in accepted) for name in ("ada", "bob", "eve")}
        for name, count in users.items():
            assert int(operator.balance(name)["debt"]) in (count, count + 1)


def _use_until_stopped(base_url: str, user: str, accepted: list[str]) -> None:
    with httpx.Client(base_url=base_url) as http:
        operator = Api(http, OPERATOR_KEY, x_org="acme")
        while True:
            try:
                answer = operator.use(user, "1")
            except httpx.TransportError:
                return  # the answer was lost: the use may be recorded or not
            assert answer.status_code in (201, 503), answer.text
            if answer.status_code == 201:
                accepted.append(user)


FEW = 600
"""Descriptors of a service that has few; it keeps enough of them back."""


def test_more_connections_than_descriptors_wait_and_the_writer_still_comes_back(
    empty: Endpoints, tmp_path: Path
) -> None:
    limited = ["sh", "-c", f'ulimit -n {FEW}; ulimit -S -n 128; exec "$0" "$@"']
    options = ("--no-jobs", "--no-seal", "--no-projections")
    with tally_serve(empty, tmp_path, *options, key=OPERATOR_KEY, under=limited) as process:
        limits = Path(f"/proc/{process.process.pid}/limits").read_text()
        assert re.search(rf"Max open files +{FEW} +{FEW}", limits), limits
        at = ("127.0.0.1", httpx.URL(process.base_url).port or 0)
        with (
            httpx.Client(base_url=process.base_url, timeout=30) as http,
            ExitStack() as silent,
        ):
            done(Api(http, OPERATOR_KEY).send("/v1/orgs", {"id": "acme", "name": "Acme"}))
            for _ in range(FEW):
                silent.enter_context(socket.create_connection(at))
            os.kill(process.child("api.writer"), signal.SIGKILL)
            assert httpx.get(f"{process.base_url}/healthz", timeout=30).status_code == 200
            _use_until_answered(Api(http, OPERATOR_KEY, x_org="acme"))


def _use_until_answered(operator: Api) -> None:
    while (answer := operator.use("ada", "1")).status_code == 503:
        assert answer.headers["Retry-After"]
    done(answer)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_in_use_is_said_in_a_sentence(tmp_path: Path, workers: int) -> None:
    """Also one that its holder would share: two services must not get each other's requests."""
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-P", "-m", "api.cli.main", "serve", "--port", port]
        result = subprocess.run(
            [*command, "--workers", str(workers)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert result.returncode == 2
    assert "Cannot listen" in result.stdout


@pytest.mark.slow
def test_a_service_whose_engines_nobody_keeps_ends_and_comes_back_whole(tmp_path: Path) -> None:
    """So that its own supervisor starts it again, instead of refusing until a person comes."""
    with tally_serve(None, tmp_path, key=OPERATOR_KEY) as process:
        with httpx.Client(base_url=process.base_url) as http:
            done(Api(http, OPERATOR_KEY).send("/v1/orgs", {"id": "acme", "name": "Acme"}))
        os.kill(process.child("adapters.embedded"), signal.SIGKILL)
        assert process.process.wait(60) == 1
        assert process.process.stdout is not None
        assert "start the service again" in process.process.stdout.read()
    with (
        tally_serve(None, tmp_path, key=OPERATOR_KEY) as process,
        httpx.Client(base_url=process.base_url) as http,
    ):
        assert len(done(Api(http, OPERATOR_KEY).get("/v1/orgs"))["data"]) == 1
        assert process.stop() == 0

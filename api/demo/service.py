"""A service of its own for a demonstration or a benchmark: started, set up, stopped."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from api.environment import whole_environment

START_S = 90.0
STOP_S = 30.0
SEALED_WITHIN_S = 60.0
AGAIN_S = 0.1
PATIENCE_S = 60.0
"""How long what a service cannot take now is sent again: a busy machine is not a refusal."""


class ServiceError(Exception):
    """The service did not do what a demonstration needs."""


@dataclass(frozen=True)
class Service:
    """A running `tally serve`."""

    url: str
    operator_key: str
    client: httpx.Client

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        org: str | None = None,
        patience_s: float = PATIENCE_S,
    ) -> dict[str, Any]:
        """Return one request as the operator; raises when it is refused. What cannot be taken now
        is sent again for as long as there is patience."""
        headers = {"Authorization": f"Bearer {self.operator_key}"}
        if org is not None:
            headers["X-Org"] = org
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        deadline = time.monotonic() + patience_s
        while True:
            answer = self.client.request(method, self.url + path, json=body, headers=headers)
            if answer.status_code < 400:
                return dict(answer.json())
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() >= deadline:
                raise ServiceError(f"{method} {path}: {answer.status_code} {answer.text}")
            time.sleep(AGAIN_S)

    def wait_until_sealed(self, org: str) -> None:
        """Wait until all that an org has recorded is signed, or too long: verification will say so
        then.

        What was not signed cannot be checked against its signature, and a short run is over before
        the sealer has begun.
        """
        (newest,) = self.call("GET", "/v1/audit/events?limit=1", org=org)["data"]
        path = f"/v1/audit/checkpoint?size={newest['sequence']}"
        deadline = time.monotonic() + SEALED_WITHIN_S
        while time.monotonic() < deadline:
            try:
                self.call("GET", path, org=org)
            except ServiceError:
                time.sleep(AGAIN_S)
            else:
                return


@contextmanager
def service(
    data: Path, *arguments: str, environment: dict[str, str] | None = None
) -> Iterator[Service]:
    """Start `tally serve` on a free port with everything in `data`, and stop it at the end."""
    key = secrets.token_urlsafe(32)
    port = free_port()
    data.mkdir(parents=True, exist_ok=True)
    log = data / "service.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli.main", "serve", "--port", str(port),
             "--data", str(data), *arguments],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env=whole_environment(**environment or {}, TALLY_OPERATOR_KEY=key),
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url, process, log)
        with client() as http:
            yield Service(url, key, http)
    finally:
        stop(process)


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop(process: subprocess.Popen[bytes]) -> None:
    """Let a service finish what is waiting; kill one that does not end."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def client() -> httpx.Client:
    """Return a client for services on this machine, whatever proxy the environment names."""
    return httpx.Client(timeout=60, trust_env=False)


def wait_until_ready(
    url: str, process: subprocess.Popen[bytes], log: Path, path: str = "/readyz"
) -> None:
    """Wait until a service answers; raise with the end of its log when it does not."""
    deadline = time.monotonic() + START_S
    last_answer = ""
    with client() as http:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                answer = http.get(url + path)
                if answer.status_code == 200:
                    return
                last_answer = answer.text
            except httpx.HTTPError as error:
                last_answer = repr(error)
            time.sleep(0.05)
    written = log.read_text("utf-8")[-2000:]
    raise ServiceError(f"the service did not start: {last_answer}\n{written}")

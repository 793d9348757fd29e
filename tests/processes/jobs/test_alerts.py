"""An alert is posted to the operator's webhook, once for who looks at its id, despite kill -9."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from api.container import clock_us
from api.demo.service import Service, client, free_port, wait_until_ready
from ledger.kernel.times import format_time
from tests.contracts.effects.hostile import Receiver, receiving

from .store import SECOND, Store, wait_for

KEY = secrets.token_urlsafe(32)
TALLY = (sys.executable, "-m", "api.cli.main")
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of every service of these tests: they sign with its keys."""
    return tmp_path_factory.mktemp("served")


def environment(store: Store, receiver: Receiver) -> dict[str, str]:
    return {
        **os.environ,
        "TALLY_DATABASE_URL": store.ends.database.owner,
        "TALLY_CLICKHOUSE_URL": store.ends.clickhouse_url,
        "TALLY_OPERATOR_KEY": KEY,
        "TALLY_ALERTS_URL": receiver.url,
        "TALLY_ALERTS_SECRET": SECRET,
    }


@contextmanager
def served(store: Store, receiver: Receiver, folder: Path) -> Iterator[Service]:
    """`tally serve` that ends by kill -9, with all its processes."""
    port, log = free_port(), folder / "service.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*TALLY, "serve", "--port", str(port), "--data", str(folder / "data")],
            env=environment(store, receiver),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url, process, log)
        with client() as http:
            yield Service(url, KEY, http)
    finally:
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for child in children:
            child.kill()
        process.wait()
        psutil.wait_procs(children, 20)


def cross(running: Service, org: str) -> None:
    """Cross the threshold of a cap of a new org."""
    running.call("POST", "/v1/orgs", {"id": org, "name": org})
    cap = {"id": "monthly", "scope": {}, "period": "month", "limit": "10", "thresholds": [50]}
    running.call("PUT", "/v1/billing/caps", {"caps": [cap]}, org=org)
    running.call("POST", "/v1/billing/deposits", {"user": "ada", "amount": "10"}, org=org)
    running.call("POST", "/v1/billing/usage", {"id": "u1", "user": "ada", "amount": "6"}, org=org)


@pytest.mark.slow
@pytest.mark.parametrize("killed", ["between calls", "during a call"])
def test_a_crossed_cap_is_told_once_though_the_service_is_killed(
    store: Store, receiver: Receiver, folder: Path, killed: str
) -> None:
    if killed == "between calls":
        receiver.answer = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    else:  # it has taken it, and never comes to the end of saying so
        receiver.answer, receiver.endless = b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"
        receiver.pause_s = 0.05
    org = f"alerts-{killed.partition(' ')[0]}"
    with served(store, receiver, folder) as running:
        cross(running, org)
        wait_for(lambda: len(receiver.headers) > 0)
    called = len(receiver.headers)
    receiver.answer, receiver.endless = b"HTTP/1.1 204 No Content\r\n\r\n", b""
    ended = "SELECT count(*) FROM tally.effects WHERE org = %s AND outcome = 'done'"
    with served(store, receiver, folder):
        wait_for(lambda: store.rows(ended, [org]) == [(1,)])
    assert len(receiver.headers) > called
    ((id, content),) = receiver.taken.items()
    assert {each["idempotency-key"] for each in receiver.headers} == {id}
    assert all(each["webhook-signature"].startswith("v1,") for each in receiver.headers)
    ((sequence, recorded_us),) = store.rows(
        "SELECT sequence, recorded_us FROM tally.events WHERE org = %s AND type = %s",
        [org, "credits.AlertRaised"],
    )
    alert = json.loads(content)
    assert alert["what"].pop("period_from").endswith("01T00:00:00.000000Z")
    assert alert == {
        "id": f"cap-alerts/{org}/{sequence}",
        "type": "cap.threshold_crossed",
        "org": org,
        "time": format_time(recorded_us),
        "what": {
            "sequence": sequence,
            "cap": "monthly",
            "values": [],
            "percent": 50,
            "spent": "6",
            "limit": "10",
        },
    }
    store.verify(folder / "data")


def jobs_once(store: Store, receiver: Receiver, folder: Path) -> None:
    done = subprocess.run(
        [*TALLY, "jobs", "--once", "--data", str(folder)],
        env=environment(store, receiver),
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def test_a_witness_is_told_of_once_for_each_time_it_falls_behind(
    store: Store, receiver: Receiver, folder: Path
) -> None:
    def fall_behind(seconds: int) -> int:
        """A checkpoint that was signed so long ago, and not delivered."""
        signed_us = clock_us() - seconds * SECOND
        store.rows(
            "INSERT INTO tally.checkpoints (org, size, root, recorded_us, note, sealed_us) "
            "VALUES ('behind', %s, %s, 0, 'a note', %s) RETURNING 1",
            [signed_us, bytes(32), signed_us],
        )
        return signed_us

    def has_got(seconds: int) -> None:
        """The witness has got what was signed until so long ago."""
        until_us = clock_us() - seconds * SECOND
        store.rows("UPDATE tally.witnesses SET delivered_us = %s RETURNING 1", [until_us])

    store.rows("INSERT INTO tally.witnesses (name) VALUES ('https://witness/p') RETURNING 1")
    fall_behind(20)
    has_got(25)
    jobs_once(store, receiver, folder)
    assert receiver.taken == {}  # not behind yet
    since = fall_behind(900)
    has_got(901)
    for _ in range(2):
        jobs_once(store, receiver, folder)
    (content,) = receiver.taken.values()
    alert = json.loads(content)
    assert (alert["type"], alert["org"]) == ("witness.behind", "platform")
    assert alert["what"] == {"witness": "https://witness/p", "since": format_time(since)}
    assert len(receiver.headers) == 1
    has_got(0)
    jobs_once(store, receiver, folder)
    fall_behind(800)
    has_got(801)
    jobs_once(store, receiver, folder)
    assert len(receiver.taken) == len(receiver.headers) == 2

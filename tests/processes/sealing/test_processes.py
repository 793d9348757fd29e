"""`tally seal` as processes: killed and resumed, standing by, and as a part of `tally serve`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from api.cli.seal import STARTED
from api.container import Endpoints
from api.demo.service import service
from ledger.proof.checkpoint import open_checkpoint
from ledger.proof.note import VerifierKey
from tests.processes.jobs.store import wait_for
from tests.processes.sealing.store import NAME, SealedStore


@contextmanager
def tally_seal(
    store: SealedStore,
    clickhouse_url: str,
) -> Iterator[subprocess.Popen[str]]:
    """A sealing process, and what it prints."""
    log = store.folder / "seal.log"
    log.write_text("")
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, "-P", "-m", "api.cli.main", "seal", "--data", str(store.folder)],
            env=os.environ
            | {
                "TALLY_DATABASE_URL": store.owner,
                "TALLY_CLICKHOUSE_URL": clickhouse_url,
                "TALLY_NAME": NAME,
                "TALLY_WITNESSES": str(store.folder / "witness"),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        try:
            wait_for(lambda: STARTED in log.read_text() or process.poll() is not None)
            yield process
        finally:
            process.kill()


WAITING = "SELECT count(*) FROM tally.witness_state() WHERE waiting_us IS NOT NULL"
"""Witnesses that have not got everything."""


def has_sealed(store: SealedStore, size: int) -> bool:
    return any(each.size == size for each in store.checkpoints("a"))


def test_a_killed_process_is_followed_by_another_without_a_leaf_lost(
    store: SealedStore, ends: Endpoints
) -> None:
    for sealed in (3, 6):
        with tally_seal(store, ends.clickhouse_url) as process:
            store.append(*["a"] * 3, "b")
            wait_for(partial(has_sealed, store, sealed))
            process.send_signal(signal.SIGKILL)
            process.wait(60)
        store.check("a", "b")
    with tally_seal(store, ends.clickhouse_url) as process:
        wait_for(lambda: any((store.folder / "witness").glob("*.jsonl")))
        wait_for(lambda: store.rows(WAITING) == [(0,)])
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert "Traceback" not in (store.folder / "seal.log").read_text()
    assert store.rows(WAITING) == [(0,)]


def test_a_served_ledger_answers_signed_checkpoints_by_itself(
    ends: Endpoints, tmp_path: Path
) -> None:
    """The keys are made at the first start, and the service lists them."""
    witness = tmp_path / "witness"
    environment = {
        "TALLY_DATABASE_URL": ends.database.owner,
        "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
        "TALLY_WITNESSES": str(witness),
    }
    with service(tmp_path / "data", "--no-projections", environment=environment) as running:
        running.call("POST", "/v1/orgs", {"id": "acme", "name": "Acme"})
        running.wait_until_sealed("acme")
        found = running.call("GET", "/v1/audit/checkpoint", org="acme")
        (key,) = [VerifierKey.parse(each) for each in found["verifier_keys"]]
        assert open_checkpoint(found["note"], [key], "tallystick/acme").size == found["size"] == 1
        wait_for(lambda: any('"acme"' in each.read_text() for each in witness.glob("*.jsonl")))
    assert (tmp_path / "data" / "signing-keys").stat().st_mode & 0o777 == 0o600

"""Every witness gets every changed checkpoint, in order, also after it was down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore

from adapters.witnesses import FolderWitness, HttpWitness, ObjectStoreWitness, witness_at
from api.container import clock_us
from api.sealing.witness_delivery import Delivery
from api.settings import SettingRefused, Settings
from ledger.proof.checkpoint import open_checkpoint, origin_of
from ledger.proof.witnesses import UnknownWitness, Witness, WitnessFailed, witness_name
from tests.processes.jobs.store import wait_for
from tests.processes.sealing.store import NAME, SealedStore

Files = dict[str, bytes]


class HttpReceiver:
    """A server that takes files, or answers what it is told to."""

    def __init__(self) -> None:
        self.files: Files = {}
        self.types: set[str | None] = set()
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.status == 200:
                    receiver.files[self.headers["Idempotency-Key"]] = content
                    receiver.types.add(self.headers["Content-Type"])
                self.send_response(receiver.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/checkpoints"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.close()


def checkpoints_in(store: SealedStore, files: Files) -> list[dict[str, int]]:
    """The sizes by org that each file says, in the order of names; each note is checked."""
    verifiers = store.keys.ring().verifiers
    found = []
    for name in sorted(files):
        assert len(name) == len("checkpoints-.jsonl") + 20
        lines = [json.loads(line) for line in files[name].splitlines()]
        assert [sorted(line) for line in lines] == [["note", "org"]] * len(lines)
        found.append(
            {
                line["org"]: open_checkpoint(
                    line["note"], verifiers, origin_of(NAME, line["org"])
                ).size
                for line in lines
            }
        )
    return found


def files_of(folder: Path) -> Files:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


@contextmanager
def delivery(store: SealedStore, url: str, witness: Witness | None = None) -> Iterator[Delivery]:
    """A process's delivery to one witness, the only one configured."""
    state = store.witnesses()
    state.configure([witness_name(url)])
    made = witness or witness_at(url)
    yield Delivery(url, state, clock_us, lambda _: made)
    state.close()


def grow(store: SealedStore, *orgs: str) -> None:
    store.append(*orgs)
    store.seal()


@pytest.mark.parametrize("kind", ["path", "file", "http", "memory", "local"])
def test_every_kind_of_witness_gets_one_file_with_what_changed(
    store: SealedStore, receiver: HttpReceiver, tmp_path: Path, kind: str
) -> None:
    folder, memory = tmp_path / "a witness", MemoryStore()
    url = {
        "path": str(folder),
        "file": folder.as_uri(),
        "http": receiver.url,
    }.get(kind, "s3://bucket/path")
    local = LocalStore(folder, mkdir=True)
    stores: dict[str, LocalStore | MemoryStore] = {"memory": memory, "local": local}
    witness = ObjectStoreWitness(stores[kind]) if kind in stores else None

    with delivery(store, url, witness) as to:
        assert not to.deliver()
        grow(store, "a", "b", "b")
        assert to.deliver()
        assert not to.deliver()
        grow(store, "b")
        assert to.deliver()

    files = receiver.files
    if kind == "memory":
        names = [each["path"] for page in obstore.list(memory) for each in page]
        files = {name: obstore.get(memory, name).bytes().to_bytes() for name in names}
    elif kind != "http":
        files = files_of(folder)
    assert checkpoints_in(store, files) == [{"a": 1, "b": 2}, {"b": 3}]
    assert receiver.types == ({"application/jsonl"} if kind == "http" else set())


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_failed_waits_as_one_file_of_the_newest_and_survives_a_restart(
    store: SealedStore, receiver: HttpReceiver, status: int
) -> None:
    with delivery(store, receiver.url) as to:
        grow(store, "a", "b")
        assert to.deliver()
        receiver.status = status
        for _ in range(3):
            grow(store, "a")
            with pytest.raises(WitnessFailed, match=str(status)):
                to.deliver()
        grow(store, "c")
    receiver.status = 200
    with delivery(store, receiver.url) as restarted:
        assert restarted.deliver()
        assert not restarted.deliver()
    assert checkpoints_in(store, receiver.files) == [{"a": 1, "b": 1}, {"a": 4, "c": 1}]


def test_an_answer_that_was_lost_is_the_same_file_again(store: SealedStore, tmp_path: Path) -> None:
    folder = tmp_path / "witness"

    class Forgetful(FolderWitness):
        """Takes it, and dies before it says so."""

        def deliver(self, name: str, content: bytes) -> None:
            super().deliver(name, content)
            raise WitnessFailed("gone")

    grow(store, "a", "b")
    with delivery(store, str(folder), Forgetful(folder)) as to, pytest.raises(WitnessFailed):
        to.deliver()
    first = files_of(folder)
    with delivery(store, str(folder)) as to:
        assert to.deliver()
    assert files_of(folder) == first


def test_one_witness_that_is_down_delays_no_other(store: SealedStore, tmp_path: Path) -> None:
    up, down = tmp_path / "up", tmp_path / "down"
    down.write_text("a file where a folder should be")
    urls = [str(up), str(down)]
    state = store.witnesses()
    state.configure(urls)
    stop, wakes = threading.Event(), [threading.Event(), threading.Event()]
    threads = [
        threading.Thread(
            target=Delivery(url, store.witnesses(), clock_us).run, args=(stop, wake), daemon=True
        )
        for url, wake in zip(urls, wakes, strict=True)
    ]
    for thread in threads:
        thread.start()
    grow(store, "a")
    for wake in wakes:
        wake.set()
    errors = "SELECT name, error IS NULL, delivered_us > 0 FROM tally.witnesses ORDER BY name"
    wait_for(lambda: store.rows(errors) == [(str(down), False, False), (str(up), True, True)])
    assert checkpoints_in(store, files_of(up)) == [{"a": 1}]
    down.unlink()
    wait_for(lambda: down.is_dir() and len(files_of(down)) == 1)
    wait_for(lambda: store.rows(errors) == [(str(down), True, True), (str(up), True, True)])
    stop.set()
    for thread in threads:
        thread.join(60)
    state.close()


def test_a_witness_a_minute_behind_is_an_alarm(
    store: SealedStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    grow(store, "a")
    state, stop = store.witnesses(), threading.Event()
    state.configure([str(blocked)])
    later = Delivery(str(blocked), state, lambda: clock_us() + 61_000_000)
    thread = threading.Thread(target=later.run, args=(stop, threading.Event()), daemon=True)
    thread.start()
    wait_for(lambda: "ALARM" in caplog.text)
    stop.set()
    thread.join(60)
    assert f"the witness {blocked} is 61 s behind" in caplog.text


def test_a_new_witness_gets_the_newest_checkpoint_of_every_org(
    store: SealedStore, tmp_path: Path
) -> None:
    for orgs in ("ab", "b", "c"):
        grow(store, *orgs)
    with delivery(store, str(tmp_path / "new")) as to:
        assert to.deliver()
    assert checkpoints_in(store, files_of(tmp_path / "new")) == [{"a": 1, "b": 2, "c": 1}]


def test_a_name_shows_no_password() -> None:
    assert witness_name("https://user:secret@host:8443/p?token=x#y") == "https://host:8443/p"
    assert witness_name("/var/witness") == "/var/witness"


def test_what_can_be_no_witness_is_refused_before_anything_starts() -> None:
    for url in ("ftp://host/path", "sftp://x", "javascript://x"):
        with pytest.raises(SettingRefused, match="TALLY_WITNESSES"):
            Settings(witnesses=(url,))
    with pytest.raises(UnknownWitness):
        witness_at("s3://")
    with pytest.raises(WitnessFailed):
        HttpWitness("http://127.0.0.1:1/").deliver("checkpoints-0.jsonl", b"")

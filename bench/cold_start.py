"""How long from starting the command to the first recorded debit, with a million wallets?

Once after the service was stopped as it should be, once after `kill -9` while it was writing. The
clock starts with the new process, and PostgreSQL and ClickHouse start with it.
"""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

from api.demo.service import free_port, stop
from bench.answer import Answer, Target
from bench.load import Load
from bench.question import Question
from bench.report import main
from bench.session import BASELINE, Session
from bench.stand import ORG, end, keys_of, start
from bench.traffic import Door, SingleLines

TARGET = Target(must=3.0, aim=1.0, at_most=True)
PATIENCE_S = 120.0
WRITING_S = 0.3
CONNECTIONS = 64


def answer(session: Session) -> list[Answer]:
    """Seconds to the first 201, by how the service before it ended."""
    starts = _Starts(session, session.copy(session.crowded()))
    starts.once(kill=False)
    stopped, killed = [], []
    for _ in range(session.scale.runs):
        stopped.append(starts.once(kill=True))
        killed.append(starts.once(kill=False))
    work = f"{session.scale.known:,} wallets: start to first debit, after"
    return [
        Answer(f"{work} a stop", "s", stopped, TARGET),
        Answer(f"{work} kill -9", "s", killed, TARGET),
    ]


class _Starts:
    """One store, served again and again."""

    def __init__(self, session: Session, data: Path) -> None:
        self._session = session
        self._data = data

    def once(self, *, kill: bool) -> float:
        """Seconds from the start to the first debit; then end this one as the next needs it."""
        port = free_port()
        door = Door(f"127.0.0.1:{port}", keys_of(self._data)[ORG])
        requests = SingleLines(door, self._session.scale.wallets)
        started = time.perf_counter()
        process = start(self._data, port, *BASELINE)
        try:
            _record(process, port, next(iter(requests)))
            took = time.perf_counter() - started
            load = Load(f"http://127.0.0.1:{port}", requests, CONNECTIONS, WRITING_S)
            writing = self._session.start_load(load)
            if kill:
                time.sleep(WRITING_S / 2)
                end(process)
                writing.exception()  # its connections are gone: that is what we wanted
            else:
                writing.result()
            return took
        finally:
            if process.poll() is None:
                stop(process)


def _record(process: subprocess.Popen[bytes], port: int, request: bytes) -> None:
    """Send one debit as soon as somebody listens, and wait for its answer."""
    with _connected(process, port) as connection:
        connection.sendall(request)
        status = connection.recv(1 << 16)[9:12]
        assert status == b"201", status


def _connected(process: subprocess.Popen[bytes], port: int) -> socket.socket:
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        except ConnectionRefusedError:
            time.sleep(0.002)
    raise RuntimeError("the service did not start")


QUESTION = Question("cold_start", "Start to first debit with a million wallets", 50, answer)

if __name__ == "__main__":
    main(QUESTION)

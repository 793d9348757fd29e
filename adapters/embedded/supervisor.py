"""Supervisor: the process that starts the engines, keeps them, and takes them with it when it
ends."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Sequence
from types import FrameType

from adapters.embedded.engine_process import AwaitedProcess, EngineProcess, say
from adapters.embedded.errors import EmbeddedEngineError
from adapters.embedded.folder import DataFolder, EngineUrls

_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_STARTING_PAUSE = 0.01  # seconds between two looks while an engine starts
_STEADY_PAUSE = 0.5
_ENGINES_MAY_STOP_FOR = 20.0


class Supervisor:
    """One thread, one loop. `parent` is the pid of the process we belong to, whose end of our
    standard input closes when it dies; None when a person started us."""

    def __init__(
        self, folder: DataFolder, processes: Sequence[EngineProcess], parent: int | None
    ) -> None:
        self._folder = folder
        self._processes = processes
        self._parent = parent
        self._stopping = False
        self._wake = _signal_pipe()

    def run(self) -> None:
        """Serve until a signal, or until the parent is gone. Raises EmbeddedEngineError when an
        engine never comes up."""
        for number in _STOPPING:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake the loop
        try:
            while not self._stopping:
                self._look()
                self._sleep()
        finally:
            self._end()

    def _look(self) -> None:
        changes = [process.tick() for process in self._processes]
        if any(changes) and all(process.has_been_ready for process in self._processes):
            self._folder.publish(self._urls())

    def _sleep(self) -> None:
        steady = all(process.ready for process in self._processes)
        watched = [self._wake] if self._parent is None else [self._wake, 0]
        pause = _STEADY_PAUSE if steady else _STARTING_PAUSE
        readable, _, _ = select.select(watched, [], [], pause)
        if self._wake in readable:
            os.read(self._wake, 512)
        if (0 in readable and not os.read(0, 512)) or self._is_orphan():
            say("the process we belong to is gone: stopping")
            self._stopping = True

    def _is_orphan(self) -> bool:
        # A fork of the parent may hold the other end of our input open after it died.
        return self._parent is not None and os.getppid() != self._parent

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> None:
        self._folder.forget()
        for process in self._processes:
            process.ask_to_stop()
        for process in self._processes:
            process.wait_stopped(_ENGINES_MAY_STOP_FOR)
            process.engine.release()

    def _urls(self) -> EngineUrls:
        by_name = {process.engine.name: process for process in self._processes}
        postgres, clickhouse = by_name.get("postgres"), by_name.get("clickhouse")
        nats, stripe = by_name.get("nats"), by_name.get("stripe")
        return EngineUrls(
            database_url=postgres.engine.url() if postgres else None,
            clickhouse_url=clickhouse.engine.url() if clickhouse else None,
            nats_url=nats.engine.url() if nats else None,
            postgres_pid=postgres.pid if postgres else None,
            clickhouse_pid=clickhouse.pid if clickhouse else None,
            nats_pid=nats.pid if nats else None,
            supervisor_pid=os.getpid(),
            stripe_url=stripe.engine.url() if stripe else None,
        )


def serve(
    folder: DataFolder,
    *,
    postgres: bool,
    clickhouse: bool,
    nats: bool,
    notify: str | None,
    parent: int | None,
) -> None:
    """Lock the folder and keep the engines that were asked for. Returns when told to stop."""
    os.umask(0o077)
    folder.create()
    folder.lock()
    folder.forget()
    processes = _processes(folder, postgres, clickhouse, nats)
    if notify is not None:
        from adapters.embedded.stripe import Stripe

        processes.append(AwaitedProcess(Stripe(folder, notify)))
    Supervisor(folder, processes, parent).run()


def _processes(
    folder: DataFolder, postgres: bool, clickhouse: bool, nats: bool
) -> list[EngineProcess]:
    """Return the engines, ClickHouse first: it loads while initdb runs."""
    processes = list[EngineProcess]()
    if clickhouse:
        from adapters.embedded.clickhouse import ClickHouse

        processes.append(EngineProcess(ClickHouse(folder)))
    if postgres:
        from adapters.embedded.postgres import Postgres

        processes.append(EngineProcess(Postgres(folder)))
    if nats:
        from adapters.embedded.nats import Nats

        processes.append(EngineProcess(Nats(folder)))
    if not processes:
        raise EmbeddedEngineError("No engine was asked for: there is nothing to supervise.")
    return processes


def _signal_pipe() -> int:
    """Return the readable end of a pipe that gets a byte whenever a signal arrives."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    return readable

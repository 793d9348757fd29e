"""Starts the embedded engines for a process that needs them, and stops them with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.embedded.errors import EmbeddedEngineError
from adapters.embedded.folder import DataFolder, EngineUrls
from adapters.embedded.process import environment, import_path, passed_on
from ledger.kernel.errors import NoLedger

__all__ = ["EngineUrls", "Engines", "require_kept", "running_engines"]

_SUPERVISOR_MAY_STOP_FOR = 40.0


class Engines:
    """The engines of one data folder, as a context manager.

    `notify`: a URL that a sandbox of Stripe tells of everything; None: there is no sandbox.

    They live in a process of their own and never outlive this one, however it ends. Engines
    that die come back by themselves under the same URLs.
    """

    def __init__(
        self,
        data: Path,
        *,
        postgres: bool = True,
        clickhouse: bool = True,
        nats: bool = True,
        notify: str | None = None,
    ) -> None:
        self._folder = DataFolder(Path(data))
        self._notify = notify
        self._wanted = {"postgres": postgres, "clickhouse": clickhouse, "nats": nats}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, timeout_s: float = 60) -> EngineUrls:
        """Start the supervisor and wait until every engine answers.

        Raises EmbeddedEngineError with a sentence and the end of the logs when the folder is
        in use, an engine does not start, or `timeout_s` seconds pass.
        """
        if self.alive():
            return self.urls()
        self.stop()  # of a supervisor that died, the pipe is still open
        self._folder.create()
        self._process = self._spawn()
        try:
            return self._wait_ready(self._process, time.monotonic() + timeout_s)
        except BaseException:
            self.stop()
            raise

    def urls(self) -> EngineUrls:
        """Return where the engines are now: the URLs stay, the pids change when one is
        restarted."""
        urls = self._folder.published()
        if urls is None or self._process is None or urls.supervisor_pid != self._process.pid:
            raise EmbeddedEngineError(f"The engines of {self._folder.path} are not running.")
        return urls

    def alive(self) -> bool:
        """Tell whether the supervisor runs. It keeps the engines; one may be on its way back."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop the engines and wait until they are gone. Does nothing when not started."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(_SUPERVISOR_MAY_STOP_FOR)
        except subprocess.TimeoutExpired:
            process.kill()  # the kernel takes its children with it
            process.wait()
        if process.stdin:
            process.stdin.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _spawn(self) -> subprocess.Popen[bytes]:
        """Return the supervisor, in a session of its own: our Ctrl-C is ours to handle. Its
        standard input is a pipe that nobody writes to; it closes when we die, in whatever way."""
        log = self._folder.open_log("supervisor")
        try:
            return subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment(PYTHONPATH=import_path(), **passed_on()),
                start_new_session=True,
            )
        finally:
            os.close(log)

    def _command(self) -> list[str]:
        # -P: a folder named `adapters` in the current directory is not ours.
        command = [sys.executable, "-P", "-m", "adapters.embedded"]
        command += ["--data", str(self._folder.path), "--parent", str(os.getpid())]
        if self._notify is not None:
            command += ["--notify", self._notify]
        return command + [f"--no-{name}" for name, wanted in self._wanted.items() if not wanted]

    def _wait_ready(self, process: subprocess.Popen[bytes], deadline: float) -> EngineUrls:
        while process.poll() is None:
            urls = self._folder.published()
            if urls is not None and urls.supervisor_pid == process.pid:
                return urls
            if time.monotonic() > deadline:
                raise EmbeddedEngineError(self._with_logs("The engines did not start in time."))
            time.sleep(0.01)
        raise EmbeddedEngineError(self._with_logs("The engines did not start."))

    def _with_logs(self, sentence: str) -> str:
        """Return the supervisor's last line says why; the engines' logs say more."""
        parts = [sentence, self._folder.log_tail("supervisor", lines=5)]
        for name, wanted in self._wanted.items():
            tail = self._folder.log_tail(name)
            if wanted and tail:
                parts.append(f"--- the end of {self._folder.log_path(name)}:\n{tail}")
        return "\n".join(parts)


def running_engines(data: Path) -> EngineUrls | None:
    """Return where the engines of that folder are, if a supervisor serves it now: for a second
    command beside `tally serve`. A file left by a supervisor that is gone is not believed."""
    return DataFolder(Path(data)).published()


def require_kept(data: Path, *, postgres: bool, clickhouse: bool) -> None:
    """Raise NoLedger unless these engines have kept data in the folder before; makes nothing."""
    for name, wanted in (("postgres", postgres), ("clickhouse", clickhouse)):
        if wanted and not (data / name).is_dir():
            raise NoLedger(
                f"there is no ledger in {data}: name its folder with --data. "
                "`tally serve` or `tally migrate` makes a new one."
            )

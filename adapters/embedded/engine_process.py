"""Keeps one engine running: starts it, sees it die, starts it again a little later."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress

from adapters.embedded.engine import AwaitedEngine, Engine
from adapters.embedded.errors import EmbeddedEngineError

_FIRST_DELAY = 0.1
_LONGEST_DELAY = 5.0
_STEADY_AFTER = 30.0  # an engine that ran so long starts again with the first delay
_FIRST_START_MAY_TAKE = 15.0  # seconds of failing before we say that it will not start


class EngineProcess:
    """The one process of an engine, and when to try again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ready = False
        self._process: subprocess.Popen[bytes] | None = None
        self._was_ready = False
        self._delay = _FIRST_DELAY
        self._next_try = self._started = self._first_try = time.monotonic()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self.ready else None

    @property
    def has_been_ready(self) -> bool:
        return self._was_ready

    def tick(self) -> bool:
        """Do what is due. True when the engine became ready or was lost."""
        if self._process is None:
            if time.monotonic() >= self._next_try:
                self._start()
            return False
        if self._process.poll() is not None:
            return self._lost(self._process.returncode)
        if not self.ready and self.engine.is_ready(self._process):
            self.ready = self._was_ready = True
            return True
        return False

    def ask_to_stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(self.engine.stop_signal)

    def wait_stopped(self, seconds: float) -> None:
        """Wait for the process; what does not go in time is killed."""
        if self._process is None:
            return
        for patience, then in ((seconds, signal.SIGQUIT), (2.0, signal.SIGKILL)):
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                say(f"{self.engine.name} does not stop: sending {then.name}")
                self._process.send_signal(then)
        self._process.wait()

    def _start(self) -> None:
        self._started = time.monotonic()
        try:
            self._process = self.engine.spawn()
        except OSError as error:
            self._try_later(f"could not be started ({error})")

    def _lost(self, code: int) -> bool:
        was_ready, self.ready, self._process = self.ready, False, None
        self._try_later(f"ended with code {code}")
        return was_ready

    def _try_later(self, what: str) -> None:
        now = time.monotonic()
        if not self._was_ready and now - self._first_try > _FIRST_START_MAY_TAKE:
            raise EmbeddedEngineError(f"{self.engine.name} {what} and does not come up.")
        if now - self._started > _STEADY_AFTER:
            self._delay = _FIRST_DELAY
        say(f"{self.engine.name} {what}: next start in {self._delay:.1f} s")
        self._next_try = now + self._delay
        self._delay = min(self._delay * 2, _LONGEST_DELAY)


class AwaitedProcess(EngineProcess):
    """The process of an engine that is started when somebody first wants it: it is ready before."""

    def __init__(self, engine: AwaitedEngine) -> None:
        super().__init__(engine)
        self._awaited = engine
        self.ready = self._was_ready = True

    def tick(self) -> bool:
        """Start the process when it is wanted; nobody is told when it ends."""
        if self._process is not None or self._awaited.is_wanted():
            super().tick()
            self.ready = True
        return False


def say(sentence: str) -> None:
    """Write one line of the supervisor's log."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    with suppress(OSError):  # a full disk must not end the supervisor
        print(f"{stamp} UTC {sentence}", file=sys.stderr, flush=True)

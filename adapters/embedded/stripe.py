"""Stripe, as a sandbox in a process of its own that starts when somebody first connects."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

from adapters.embedded.folder import DataFolder
from adapters.embedded.process import environment, import_path, spawn
from adapters.embedded.stripe_sandbox.access import access_of
from adapters.embedded.stripe_sandbox.listener import listener_of


class Stripe:
    """The sandbox of one data folder, in `stripe/` of it; `notify` is told of everything.

    The supervisor holds its socket: whoever connects waits there while it starts. A kill is safe
    at any moment, as its state is one file of SQLite.
    """

    name = "stripe"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: DataFolder, notify: str) -> None:
        self._folder = folder
        self._notify = notify
        self._home = folder.path / "stripe"
        self._home.mkdir(mode=0o700, exist_ok=True)
        self._listener = listener_of(self._home)

    def url(self) -> str:
        return access_of(self._home).url_with_secrets()

    def is_wanted(self) -> bool:
        """Tell whether somebody waits to be let in. Never waits."""
        readable, _, _ = select.select([self._listener], [], [], 0)
        return bool(readable)

    def spawn(self) -> subprocess.Popen[bytes]:
        listener = self._listener.fileno()
        log = self._folder.open_log(self.name)
        command = [sys.executable, "-P", "-m", "adapters.embedded.stripe_sandbox"]
        command += ["--home", str(self._home), "--listen", str(listener)]
        try:
            return spawn(
                [*command, "--notify", self._notify],
                log=log,
                death_signal=signal.SIGKILL,
                env=environment(PYTHONPATH=import_path()),
                keep=[listener],
            )
        finally:
            os.close(log)

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Tell that it is: its socket was there before it."""
        return True

    def release(self) -> None:
        self._listener.close()

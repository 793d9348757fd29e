"""ClickHouse (chdb) in one process of its own, as the supervisor sees it."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from adapters.embedded import sockets
from adapters.embedded.clickhouse_access import configure
from adapters.embedded.errors import EmbeddedEngineError
from adapters.embedded.folder import DataFolder
from adapters.embedded.process import environment, import_path, spawn

USER = "tally"


class ClickHouse:
    """The server of one data folder, in `clickhouse/` of it.

    It runs as our own user. A kill is safe at any moment (parts are written whole), so that is
    what it gets when the supervisor dies.
    """

    name = "clickhouse"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: DataFolder) -> None:
        if find_spec("chdb") is None:
            raise EmbeddedEngineError(
                "The embedded ClickHouse is not installed: pip install 'tallystick[embedded]', "
                "or set TALLY_CLICKHOUSE_URL."
            )
        self._folder = folder
        self._home = folder.path / "clickhouse"
        self._home.mkdir(mode=0o700, exist_ok=True)
        self._secret = _kept_secret(self._home / "secret")
        self._listener = sockets.loopback()
        self._ready: int | None = None

    def url(self) -> str:
        port = self._listener.getsockname()[1]
        return f"http://{USER}:{self._secret}@127.0.0.1:{port}/default"

    def spawn(self) -> subprocess.Popen[bytes]:
        self._close_ready()
        home = os.open(self._home, os.O_PATH | os.O_DIRECTORY)
        configure(self._home, f"/proc/self/fd/{home}")
        self._ready, tell = os.pipe()
        os.set_blocking(self._ready, False)
        log = self._folder.open_log(self.name)
        listener = self._listener.fileno()
        try:
            return spawn(
                [
                    *_python(),
                    "--home",
                    str(home),
                    "--listen",
                    str(listener),
                    "--ready",
                    str(tell),
                ],
                log=log,
                death_signal=signal.SIGKILL,
                env=environment(PYTHONPATH=import_path(), **_libraries()),
                keep=[home, listener, tell],
            )
        finally:
            os.close(home)
            os.close(tell)
            os.close(log)

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        with suppress(BlockingIOError):
            return self._ready is not None and os.read(self._ready, 1) == b"1"
        return False

    def release(self) -> None:
        self._close_ready()
        self._listener.close()

    def _close_ready(self) -> None:
        if self._ready is not None:
            os.close(self._ready)
            self._ready = None


def _python() -> list[str]:
    return [sys.executable, "-P", "-m", "adapters.embedded.clickhouse_server"]


def _libraries() -> dict[str, str]:
    """Return the variable as it is: some Pythons find their own library only through it."""
    path = os.environ.get("LD_LIBRARY_PATH")
    return {"LD_LIBRARY_PATH": path} if path else {}


def _kept_secret(path: Path) -> str:
    """Return the password of this folder: made once, readable by its owner only."""
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(24))
    if not (secret := path.read_text().strip()):  # we were killed between making and writing it
        path.unlink()
        return _kept_secret(path)
    return secret

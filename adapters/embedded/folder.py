"""The data folder: its lock, its log files, and the state file that says where the engines are."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from adapters.embedded.errors import EmbeddedEngineError

_LOG_LIMIT = 16 * 1024 * 1024
_LOCK_PATIENCE = 0.5  # seconds: somebody who only asks for the owner holds it for a moment


@dataclass(frozen=True)
class EngineUrls:
    """Where the engines answer. A URL is None when that engine was not asked for;
    a pid is None while the supervisor is bringing that engine back."""

    database_url: str | None
    clickhouse_url: str | None
    nats_url: str | None
    postgres_pid: int | None
    clickhouse_pid: int | None
    nats_pid: int | None
    supervisor_pid: int
    stripe_url: str | None = None
    """With the key of the sandbox as its user, and the secret of its notices as the password."""


class DataFolder:
    """One folder, served by at most one supervisor at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    def create(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedEngineError(
                f"The data folder {self.path} cannot be made: {error.strerror}."
            ) from error

    def lock(self) -> None:
        """Hold the folder until this process ends. The kernel drops the lock with the process,
        so a lock file left by a killed supervisor stops nobody."""
        handle = self._open_lock(os.O_RDWR | os.O_CREAT)
        give_up = time.monotonic() + _LOCK_PATIENCE
        while not _try_lock(handle, fcntl.LOCK_EX):
            if time.monotonic() > give_up:
                owner = os.pread(handle, 32, 0).decode().strip() or "unknown"
                raise EmbeddedEngineError(
                    f"The data folder {self.path} is already served by the supervisor with "
                    f"pid {owner}: stop that one, or choose another folder."
                )
            time.sleep(0.013)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._lock = handle

    def lock_owner(self) -> int | None:
        """Return the pid of the supervisor that holds the folder now, or None."""
        try:
            handle = self._open_lock(os.O_RDWR)
        except EmbeddedEngineError:
            return None
        try:
            text = os.pread(handle, 32, 0).decode().strip()
            held = not _try_lock(handle, fcntl.LOCK_SH)
            return int(text) if held and text.isdigit() else None
        finally:
            os.close(handle)

    def publish(self, urls: EngineUrls) -> None:
        """Write engines.json, which holds the passwords of all engines."""
        self.keep(self._state, json.dumps(asdict(urls), indent=1))

    def keep(self, file: Path, text: str) -> None:
        """Write a file for ourselves alone, whole or not at all."""
        new = file.with_name(f"{file.name}.new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as written:
            written.write(text)
            written.flush()
            os.fsync(handle)
        new.replace(file)

    def forget(self) -> None:
        self._state.unlink(missing_ok=True)

    def published(self) -> EngineUrls | None:
        """Return what the supervisor of now says; never what one that is gone once said."""
        owner = self.lock_owner()
        try:
            urls = EngineUrls(**json.loads(self._state.read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return urls if owner is not None and urls.supervisor_pid == owner else None

    def open_log(self, name: str) -> int:
        """Return a handle that appends to a log of this folder, moved aside first if it grew
        large."""
        log = self.log_path(name)
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def log_path(self, name: str) -> Path:
        return self.path / f"{name}.log"

    def log_tail(self, name: str, lines: int = 15) -> str:
        try:
            with self.log_path(name).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
                return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    @property
    def _state(self) -> Path:
        return self.path / "engines.json"

    def _open_lock(self, flags: int) -> int:
        try:
            return os.open(self.path / "lock", flags | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EmbeddedEngineError(
                f"The data folder {self.path} cannot be used: {error.strerror}."
            ) from error


def _try_lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

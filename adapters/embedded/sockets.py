"""Sockets: where an engine listens: a private folder for a Unix socket, a loopback port for
HTTP."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import tempfile
from pathlib import Path

from adapters.embedded.process import Account

_LONGEST = 80  # a socket path must stay under 107 bytes, and ".s.PGSQL.5432.lock" comes after


def private_folder(record: Path, account: Account | None) -> Path:
    """Return a 0700 folder with a short path, the same one for the same data folder.

    The data folder may be too deep for a socket, so the folder lies in $XDG_RUNTIME_DIR or
    /tmp; `record` (a file of the data folder) remembers which. Its name is random and its
    owner and mode are checked, so nobody can prepare it for us.
    """
    owner = account.uid if account else os.geteuid()
    known = _recorded(record)
    if known is not None and _is_private(known, owner):
        return known
    folder = Path(tempfile.mkdtemp(prefix="tally-", dir=_short_home()))
    if account:
        os.chown(folder, account.uid, account.gid)
    record.write_text(str(folder))
    return folder


def empty(folder: Path) -> None:
    """Remove what a killed server left. Its lock file names a pid that may be another's now."""
    for entry in folder.iterdir():
        entry.unlink()


def remove(record: Path) -> None:
    folder = _recorded(record)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    record.unlink(missing_ok=True)


def loopback() -> socket.socket:
    """Return a listening socket on a free port. The supervisor holds it, the engine inherits it:
    the address survives a restart of the engine, and requests in between wait instead of
    failing."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    return listener


def _short_home() -> str:
    home = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = home and os.geteuid() != 0 and len(home) < _LONGEST
    if usable and Path(home).is_dir() and Path(home).stat().st_uid == os.geteuid():
        return home
    return "/tmp"  # noqa: S108  # only its parent: the folder itself is private and checked


def _recorded(record: Path) -> Path | None:
    try:
        folder = Path(record.read_text())
    except OSError:
        return None
    return folder if folder.name.startswith("tally-") else None


def _is_private(folder: Path, owner: int) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == owner
        and stat.S_IMODE(found.st_mode) == 0o700
    )
